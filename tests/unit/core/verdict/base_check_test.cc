#include "core/verdict/base_check.h"

#include "base/bytes.h"
#include "tests/support/built_image.h"
#include "tests/support/catch.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr const char* kApp = "registry.example.com/app:1";
constexpr const char* kBase = "registry.example.com/base:1";

const TestKey& AppKey() {
  static const TestKey kKey = TestKey::Make(KeyKind::kEcdsaP256);
  return kKey;
}

const TestKey& BaseKey() {
  static const TestKey kKey = TestKey::Make(KeyKind::kEcdsaP256);
  return kKey;
}

std::shared_ptr<const Policy> PolicyOf(const std::string& base_signer) {
  return MakePolicy(R"(version = 1
[[rule]]
scope = "registry.example.com/**"
require = "app"
base = { any_of = ["base-team"] }
[signers.app]
type = "openssl"
keys = ["app.pub"]
folder = "/signatures"
[signers.base-team]
keys = ["base.pub"]
)" + base_signer,
                    {{"app.pub", AppKey()}, {"base.pub", BaseKey()}});
}

std::shared_ptr<const Policy> BasePolicy() {
  static const auto kPolicy =
      PolicyOf("type = \"openssl\"\nfolder = \"/signatures\"\n");
  return kPolicy;
}

// A walk about an image that the app's key has signed.
Walk WalkOf(const BuiltImage& image) {
  Walk walk(kApp);
  Subject& subject = *walk.resolver.subject;
  subject.config = Digest::Of(image.config);
  subject.images = {
      {image.digest(), ImageManifest::Parse(image.manifest).value(), {}}};
  subject.documents = {{image.digest(), image.manifest}};
  walk.bases.config = image.config;
  walk.evidence.on_disk.artifacts = {SignedFile(AppKey(), image.manifest)};
  return walk;
}

void Sign(Walk& walk, const TestKey& key, const std::string& document) {
  auto& artifacts = walk.evidence.on_disk.artifacts;
  artifacts.push_back(SignedFile(key, document));
  artifacts.back().where = "signature " + std::to_string(artifacts.size());
}

Reason Decide(Walk& walk) { return walk.Decide(BasePolicy()).reason(); }

const BuiltImage& App() {
  static const BuiltImage kImage = Build({"1", "2", "3"});
  return kImage;
}

const BuiltImage& Base() {
  static const BuiltImage kImage = Build({"1", "2"});
  return kImage;
}

// One cosign signature in its older form over `digest`, for `repository`.
UntrustedArtifact CosignedFor(const std::string& repository,
                              const Digest& digest) {
  const std::string payload =
      R"({"critical":{"identity":{"docker-reference":")" + repository +
      R"("},"image":{"docker-manifest-digest":")" + digest.str() +
      R"("},"type":"cosign container image signature"},"optional":null})";
  Descriptor layer{"application/vnd.dev.cosign.simplesigning.v1+json",
                   Digest::Of(payload),
                   static_cast<std::int64_t>(payload.size()),
                   "",
                   {{"dev.cosignproject.cosign/signature",
                     Base64Encode(BaseKey().Sign({}, payload))}},
                   std::nullopt};
  const ImageManifest manifest{
      std::string(kOciManifest), "", layer, {layer}, std::nullopt, {}};
  return {ArtifactOrigin::kCosignTag,
          digest,
          "a tag",
          manifest,
          {{layer, payload}}};
}

}  // namespace

TEST_CASE("an image upon a signed base is accepted, and the proof says so") {
  Walk walk = WalkOf(App());
  walk.bases.on_disk.candidates = {Base().AsBase({kBase})};
  Sign(walk, BaseKey(), Base().manifest);
  const Verdict verdict = walk.Decide(BasePolicy());
  REQUIRE(verdict.accepted());
  CHECK(verdict.reason() == Reason::kSigned);
  CHECK(*verdict.proof()->manifest() == App().digest());
  REQUIRE(verdict.proof()->signatures().size() == 1);
  CHECK(verdict.proof()->signatures()[0].signer() == "app");
  REQUIRE(verdict.proof()->base());
  const ProvenBase& base = *verdict.proof()->base();
  CHECK(base.manifest == Base().digest());
  CHECK(base.name.str() == kBase);
  REQUIRE(base.met.signatures.size() == 1);
  CHECK(base.met.signatures[0].signer() == "base-team");
  CHECK(verdict.trail().base_requirement == "base-team");
  CHECK(walk.layers.checks == 1);
  CHECK(walk.evidence.network_reads == 0);
}

TEST_CASE("what was proven is kept once, and keeping it decides nothing") {
  Walk walk = WalkOf(App());
  walk.bases.on_disk.candidates = {Base().AsBase({kBase})};
  Sign(walk, BaseKey(), Base().manifest);
  walk.bases.keeping = Fail(Reason::kDiskFull);
  const Verdict verdict = walk.Decide(BasePolicy());
  CHECK(verdict.accepted());
  REQUIRE(verdict.trail().failures.size() == 1);
  CHECK(verdict.trail().failures[0].reason == Reason::kDiskFull);
  CHECK(walk.bases.kept ==
        std::vector<std::string>{App().digest().str() + " " + kBase + " " +
                                 Base().digest().str()});
  walk.bases.on_disk.candidates[0].stored = true;
  CHECK(walk.Decide(BasePolicy()).accepted());
  CHECK(walk.bases.kept.size() == 1);
}

TEST_CASE("a base is no substitute for the image's own signature") {
  Walk walk = WalkOf(App());
  walk.bases.on_disk.candidates = {Base().AsBase({kBase})};
  walk.evidence.on_disk.artifacts.clear();
  Sign(walk, BaseKey(), Base().manifest);
  CHECK_FALSE(walk.Decide(BasePolicy()).accepted());
  CHECK(walk.bases.kept.empty());
}

TEST_CASE("a signed base that is not below is none") {
  const std::vector<std::string> layers = GENERATE(
      std::vector<std::string>{"2", "1"}, std::vector<std::string>{"1", "3"},
      std::vector<std::string>{"1", "2", "3", "4"},
      std::vector<std::string>{"other"}, std::vector<std::string>{});
  const BuiltImage base = Build(layers);
  Walk walk = WalkOf(App());
  walk.bases.on_disk.candidates = {base.AsBase({kBase})};
  Sign(walk, BaseKey(), base.manifest);
  const Verdict verdict = walk.Decide(BasePolicy());
  CHECK(verdict.reason() == Reason::kBaseMismatch);
  CHECK(verdict.ending() == Ending::kRejected);
  CHECK(walk.bases.kept.empty());
}

TEST_CASE("a base as long as the image counts") {
  const BuiltImage base = Build({"1", "2", "3"}, {}, {}, "another config");
  Walk walk = WalkOf(App());
  walk.bases.on_disk.candidates = {base.AsBase({kBase})};
  Sign(walk, BaseKey(), base.manifest);
  CHECK(Decide(walk) == Reason::kSigned);
}

TEST_CASE("a base below that nobody or a stranger signed is unsigned") {
  Walk walk = WalkOf(App());
  walk.bases.on_disk.candidates = {Base().AsBase({kBase})};
  const Verdict nobody = walk.Decide(BasePolicy());
  CHECK(nobody.reason() == Reason::kBaseUnsigned);
  CHECK(nobody.ending() == Ending::kRejected);
  CHECK(nobody.detail().find("no-signature") == 0);
  CHECK(nobody.detail().find("registry.example.com/base@" +
                             Base().digest().str()) != std::string::npos);
  Sign(walk, AppKey(), Base().manifest);
  const Verdict stranger = walk.Decide(BasePolicy());
  CHECK(stranger.reason() == Reason::kBaseUnsigned);
  CHECK(stranger.detail().find("signature-invalid") == 0);
}

TEST_CASE("a signature over another image's manifest does not sign the base") {
  Walk walk = WalkOf(App());
  walk.bases.on_disk.candidates = {Base().AsBase({kBase})};
  const BuiltImage other = Build({"1"});
  UntrustedArtifact artifact = SignedFile(BaseKey(), other.manifest);
  artifact.target = Base().digest();
  walk.evidence.on_disk.artifacts.push_back(artifact);
  CHECK(Decide(walk) == Reason::kBaseUnsigned);
}

TEST_CASE("of several candidates one good one is enough") {
  Walk walk = WalkOf(App());
  const BuiltImage small = Build({"1"});
  walk.bases.on_disk.candidates = {Build({"9"}).AsBase({kBase}),
                                   Base().AsBase({kBase}),
                                   small.AsBase({"other.example.com/small"})};
  Sign(walk, BaseKey(), small.manifest);
  const Verdict verdict = walk.Decide(BasePolicy());
  REQUIRE(verdict.accepted());
  CHECK(verdict.proof()->base()->manifest == small.digest());
}

TEST_CASE("an index that lists the base may carry its signature") {
  Walk walk = WalkOf(App());
  UntrustedBase base = Base().AsBase({kBase});
  const std::string index = Base().Index();
  base.indexes = {{Digest::Of(index), index}};
  walk.bases.on_disk.candidates = {base};
  Sign(walk, BaseKey(), index);
  CHECK(Decide(walk) == Reason::kSigned);

  // One that lists another image does not.
  const std::string foreign = Build({"1"}).Index();
  walk.bases.on_disk.candidates[0].indexes = {{Digest::Of(foreign), foreign}};
  Sign(walk, BaseKey(), foreign);
  CHECK(Decide(walk) == Reason::kBaseUnsigned);
}

TEST_CASE("documents that do not hash to their digests prove nothing") {
  Walk walk = WalkOf(App());
  const BuiltImage other = Build({"7"});
  Sign(walk, BaseKey(), other.manifest);
  UntrustedBase lie = Base().AsBase({kBase});
  SECTION("the manifest is said to be a signed one") {
    lie.manifest.digest = other.digest();
  }
  SECTION("a signed manifest with a configuration that would fit") {
    lie.manifest = {other.digest(), other.manifest};
  }
  walk.bases.on_disk.candidates = {lie};
  CHECK(Decide(walk) == Reason::kBaseMismatch);
}

TEST_CASE("no base known is base-missing, after the network was asked") {
  Walk walk = WalkOf(Build({"1", "2"}, {{kBaseNameAnnotation, kBase}}));
  const Verdict verdict = walk.Decide(BasePolicy());
  CHECK(verdict.reason() == Reason::kBaseMissing);
  CHECK(verdict.ending() == Ending::kRejected);
  CHECK(verdict.detail() == std::string("it names ") + kBase);
  CHECK(walk.evidence.network_reads > 0);
  REQUIRE(walk.bases.hint);
  CHECK(walk.bases.hint->name->str() == kBase);
}

TEST_CASE("a base that only the registry has is enough") {
  Walk walk = WalkOf(App());
  walk.bases.in_registry.candidates = {Base().AsBase({kBase})};
  Sign(walk, BaseKey(), Base().manifest);
  CHECK(Decide(walk) == Reason::kSigned);
  walk.question.offline = true;
  CHECK(Decide(walk) == Reason::kBaseMissing);
}

TEST_CASE("how far the image's signatures are is not how far its base is") {
  // Evidence that is all in a folder: there is nowhere else to look for it.
  struct InFolder : GivenEvidence {
    EvidenceSet Collect(const EvidenceRequest& request) override {
      EvidenceSet found = GivenEvidence::Collect(request);
      found.reach = Reach::kNetwork;
      return found;
    }
  };
  Walk walk = WalkOf(App());
  InFolder folder;
  folder.on_disk = walk.evidence.on_disk;
  const auto decide = [&] {
    walk.bases.asked.clear();
    return Verifier(walk.resolver, folder, walk.layers, walk.bases)
        .Decide(walk.question, BasePolicy())
        .reason();
  };
  CHECK(decide() == Reason::kBaseMissing);
  CHECK(walk.bases.asked ==
        std::vector{Reach::kDisk, Reach::kUsual, Reach::kNetwork});
  walk.question.offline = true;
  CHECK(decide() == Reason::kBaseMissing);
  CHECK(walk.bases.asked == std::vector{Reach::kDisk});
}

TEST_CASE("a base that could not be read leaves it undetermined") {
  Walk walk = WalkOf(App());
  walk.bases.in_registry.failures = {Fail(Reason::kRegistryUnreachable, "x")};
  const Verdict verdict = walk.Decide(BasePolicy());
  CHECK(verdict.reason() == Reason::kBaseUnavailable);
  CHECK(verdict.ending() == Ending::kUndetermined);
  CHECK(verdict.detail() == "registry-unreachable: x");

  // A good one is not hidden by it.
  walk.bases.on_disk.candidates = {Base().AsBase({kBase})};
  Sign(walk, BaseKey(), Base().manifest);
  CHECK(Decide(walk) == Reason::kSigned);
}

TEST_CASE("signatures of the base that could not be fetched: undetermined") {
  Walk walk = WalkOf(App());
  walk.bases.on_disk.candidates = {Base().AsBase({kBase})};
  walk.evidence.in_registry.failures = {Fail(Reason::kRegistryThrottled)};
  CHECK(Decide(walk) == Reason::kBaseUnavailable);
}

TEST_CASE("the image's own configuration must be its own") {
  Walk walk = WalkOf(App());
  walk.bases.on_disk.candidates = {Base().AsBase({kBase})};
  Sign(walk, BaseKey(), Base().manifest);
  walk.bases.config = Base().config;
  CHECK(Decide(walk) == Reason::kConfigDigestMismatch);
  walk.bases.config = Fail(Reason::kConfigMissing);
  CHECK(Decide(walk) == Reason::kBaseUnavailable);
}

TEST_CASE("a base that is run as it is lies below itself") {
  Walk walk = WalkOf(Base());
  CHECK(Decide(walk) == Reason::kBaseMissing);
  Sign(walk, BaseKey(), Base().manifest);
  const Verdict verdict = walk.Decide(BasePolicy());
  REQUIRE(verdict.accepted());
  CHECK(verdict.proof()->base()->manifest == Base().digest());
  CHECK(walk.bases.kept.empty());
}

TEST_CASE("an image without layers has no base, not even itself") {
  const BuiltImage empty = Build({});
  Walk walk = WalkOf(empty);
  Sign(walk, BaseKey(), empty.manifest);
  CHECK(Decide(walk) == Reason::kBaseMissing);
}

TEST_CASE("a verdict ends with the signatures of the base") {
  Walk walk = WalkOf(App());
  walk.bases.on_disk.candidates = {Base().AsBase({kBase})};
  Sign(walk, BaseKey(), Base().manifest);
  const auto until = [](const std::string& time) {
    return PolicyOf(
        "type = \"openssl\"\nfolder = \"/s\"\nvalid_until = " + time + "\n");
  };
  const Verdict verdict = walk.Decide(until("2030-01-01"));
  REQUIRE(verdict.accepted());
  REQUIRE(verdict.proof()->valid_until());
  CHECK(verdict.proof()->valid_until()->time_since_epoch().count() ==
        1'893'456'000);
  CHECK(walk.Decide(until("2020-01-02")).reason() == Reason::kBaseUnsigned);
}

TEST_CASE("a signature made for another repository signs no base here") {
  const auto policy = PolicyOf("type = \"sigstore-key\"\n");
  Walk walk = WalkOf(App());
  const std::string name =
      GENERATE("registry.example.com/base:1", "registry.example.com/stolen:1");
  walk.bases.on_disk.candidates = {Base().AsBase({name})};
  walk.evidence.on_disk.artifacts.push_back(
      CosignedFor("registry.example.com/base", Base().digest()));
  const Verdict verdict = walk.Decide(policy);
  if (name == kBase) {
    CHECK(verdict.accepted());
  } else {
    CHECK(verdict.reason() == Reason::kBaseUnsigned);
    CHECK(verdict.detail().find("signature-other-repository") == 0);
  }
}

TEST_CASE("a rule without base looks for none") {
  Walk walk = WalkOf(App());
  const auto policy = MakePolicy(R"(version = 1
[[rule]]
scope = "**"
require = "app"
[signers.app]
type = "openssl"
keys = ["app.pub"]
folder = "/signatures"
)",
                                 {{"app.pub", AppKey()}});
  walk.bases.config = Fail(Reason::kInternal);
  const Verdict verdict = walk.Decide(policy);
  REQUIRE(verdict.accepted());
  CHECK_FALSE(verdict.proof()->base());
  CHECK(verdict.trail().base_requirement.empty());
}

// The workload's namespace chooses the policy of a base as it does that of the
// image.
TEST_CASE("a namespace's own policy decides about bases there") {
  const auto policy = MakePolicy(
      R"(version = 1
[[rule]]
scope = "registry.example.com/**"
require = "app"
base = "system"
[signers.app]
type = "openssl"
keys = ["app.pub"]
folder = "/signatures"
[signers.system]
type = "containers-policy"
policy = "/p.json"
registries_d = "/r"
namespace_policies = "/crio"
)",
      {{"app.pub", AppKey()}},
      {{"/p.json", R"({"default":[{"type":"sigstoreSigned","keyData":")" +
                       Base64Encode(BaseKey().Pem()) + "\"}]}"},
       {"/r/all.yaml", "default-docker: {use-sigstore-attachments: true}\n"},
       {"/crio/team.json", R"({"default":[{"type":"reject"}]})"}});
  Walk walk = WalkOf(App());
  walk.bases.on_disk.candidates = {Base().AsBase({kBase})};
  walk.evidence.on_disk.artifacts.push_back(
      CosignedFor(kBase, Base().digest()));
  std::string& pod_namespace = walk.resolver.subject->workload.pod_namespace;
  pod_namespace = "other";
  CHECK(walk.Decide(policy).reason() == Reason::kSigned);
  pod_namespace = "team";
  const Verdict verdict = walk.Decide(policy);
  CHECK(verdict.reason() == Reason::kBaseUnsigned);
  CHECK(verdict.detail().starts_with("imported-policy-rejects"));
}
