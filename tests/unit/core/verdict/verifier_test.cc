#include "core/verdict/verifier.h"

#include <stdexcept>

#include "tests/support/catch.h"
#include "tests/support/walk.h"

using namespace assay;
using namespace assay::test;

namespace {

const TestKey& KeyA() {
  static const TestKey kKey = TestKey::Make(KeyKind::kEcdsaP256);
  return kKey;
}

const TestKey& KeyB() {
  static const TestKey kKey = TestKey::Make(KeyKind::kEcdsaP256);
  return kKey;
}

std::shared_ptr<const Policy> PolicyOf(const std::string& text) {
  return MakePolicy("version = 1\n" + text,
                    {{"a.pub", KeyA()}, {"b.pub", KeyB()}});
}

const std::string kSigners = R"(
[signers.a]
type = "openssl"
keys = ["a.pub"]
folder = "/signatures"
[signers.b]
type = "openssl"
keys = ["b.pub"]
folder = "/signatures"
)";

std::shared_ptr<const Policy> Requires(const std::string& require,
                                       const std::string& more = "") {
  return PolicyOf("[[rule]]\nscope = \"registry.example.com/**\"\nrequire = " +
                  require + "\n" + more + kSigners);
}

// A registry whose usual place has `usual`, and which has `elsewhere`, too.
class PlacedEvidence : public EvidenceSource {
 public:
  EvidenceSet Collect(const EvidenceRequest& request) override {
    asked.push_back(request.reach);
    EvidenceSet found;
    if (request.reach >= Reach::kUsual) found.artifacts = usual;
    if (request.reach == Reach::kNetwork) {
      found.artifacts.insert(found.artifacts.end(), elsewhere.begin(),
                             elsewhere.end());
    }
    found.reach = looked.value_or(request.reach);
    return found;
  }
  std::vector<UntrustedArtifact> usual, elsewhere;
  std::optional<Reach> looked;
  std::vector<Reach> asked;
};

struct PlacedWalk : Walk {
  Verdict Decide(const std::shared_ptr<const Policy>& policy) {
    return Verifier(resolver, placed, layers, bases).Decide(question, policy);
  }
  PlacedEvidence placed;
};

}  // namespace

TEST_CASE("a signature over the manifest is accepted and proven") {
  Walk walk;
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "M")};
  const Verdict verdict = walk.Decide(Requires("\"a\""));
  REQUIRE(verdict.accepted());
  CHECK(verdict.reason() == Reason::kSigned);
  CHECK(*verdict.proof()->manifest() == Digest::Of("M"));
  CHECK(verdict.proof()->signatures().at(0).signer() == "a");
  CHECK(walk.evidence.network_reads == 0);
  CHECK(walk.layers.checks == 1);
}

TEST_CASE("a signature over an index that lists the manifest counts") {
  Walk walk;
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "I")};
  CHECK(walk.Decide(Requires("\"a\"")).accepted());
}

TEST_CASE("a signature over another document does not count") {
  Walk walk;
  UntrustedArtifact other = SignedFile(KeyA(), "another manifest");
  other.target = Digest::Of("M");
  walk.evidence.on_disk.artifacts = {other};
  const Verdict verdict = walk.Decide(Requires("\"a\""));
  CHECK(verdict.reason() == Reason::kSignatureInvalid);
  CHECK(verdict.ending() == Ending::kRejected);
}

TEST_CASE("a pull is accepted by the rule of any namespace, a start is not") {
  Walk walk;
  walk.evidence.on_disk.artifacts = {SignedFile(KeyB(), "M")};
  const auto policy = PolicyOf(
      "[[rule]]\nscope = \"registry.example.com/**\"\nrequire = \"a\"\n"
      "[[rule]]\nscope = \"registry.example.com/**\"\nnamespaces = [\"b\"]\n"
      "require = \"b\"\n" +
      kSigners);
  walk.question.hook = Hook::kPull;
  const Verdict pulled = walk.Decide(policy);
  REQUIRE(pulled.accepted());
  CHECK(pulled.proof()->signatures().at(0).signer() == "b");
  for (const Hook hook : {Hook::kCreate, Hook::kRun, Hook::kVerify}) {
    walk.question.hook = hook;
    CHECK(walk.Decide(policy).reason() == Reason::kSignatureInvalid);
  }
  walk.question.hook = Hook::kPull;
  walk.evidence.on_disk.artifacts.clear();
  CHECK(walk.Decide(policy).reason() == Reason::kNoSignature);
}

TEST_CASE("no signature is no-signature, after the registry was asked") {
  Walk walk;
  const Verdict verdict = walk.Decide(Requires("\"a\""));
  CHECK(verdict.reason() == Reason::kNoSignature);
  CHECK(walk.evidence.network_reads == 1);
  walk.question.offline = true;
  CHECK(walk.Decide(Requires("\"a\"")).reason() == Reason::kNoSignature);
  CHECK(walk.evidence.network_reads == 1);
}

TEST_CASE("evidence that only the registry has is enough") {
  Walk walk;
  walk.evidence.in_registry.artifacts = {SignedFile(KeyA(), "M")};
  CHECK(walk.Decide(Requires("\"a\"")).accepted());
}

TEST_CASE("the usual place is asked before the others, and may be enough") {
  PlacedWalk walk;
  walk.placed.usual = {SignedFile(KeyA(), "M")};
  CHECK(walk.Decide(Requires("\"a\"")).accepted());
  CHECK(walk.placed.asked == std::vector{Reach::kDisk, Reach::kUsual});
}

TEST_CASE("junk in the usual place does not hide a good signature elsewhere") {
  PlacedWalk walk;
  walk.placed.usual = {SignedFile(KeyB(), "M")};
  walk.placed.elsewhere = {SignedFile(KeyA(), "M")};
  CHECK(walk.Decide(Requires("\"a\"")).accepted());
  CHECK(walk.placed.asked.back() == Reach::kNetwork);
  const std::string both = R"({ at_least = 2, of = ["a", "b"] })";
  CHECK(walk.Decide(Requires(both)).accepted());
}

TEST_CASE("no refusal is final before every place was asked") {
  PlacedWalk walk;
  walk.placed.usual = {SignedFile(KeyB(), "M")};
  CHECK(walk.Decide(Requires("\"a\"")).reason() == Reason::kSignatureInvalid);
  CHECK(walk.placed.asked ==
        std::vector{Reach::kDisk, Reach::kUsual, Reach::kNetwork});

  // A source that has looked everywhere is not asked again, one that claims to
  // have looked less far than it was asked to is taken at the request's word.
  walk.placed.asked.clear();
  walk.placed.looked = Reach::kNetwork;
  CHECK_FALSE(walk.Decide(Requires("\"a\"")).accepted());
  CHECK(walk.placed.asked == std::vector{Reach::kDisk});
  walk.placed.asked.clear();
  walk.placed.looked = Reach::kDisk;
  CHECK_FALSE(walk.Decide(Requires("\"a\"")).accepted());
  CHECK(walk.placed.asked.size() == 3);
}

TEST_CASE("what could not be fetched makes a refusal undetermined") {
  Walk walk;
  walk.evidence.in_registry.failures = {Fail(Reason::kRegistryUnreachable)};
  const Verdict verdict = walk.Decide(Requires("\"a\""));
  CHECK(verdict.reason() == Reason::kRegistryUnreachable);
  CHECK(verdict.ending() == Ending::kUndetermined);
}

TEST_CASE("a fetch failure does not hide a good signature") {
  Walk walk;
  walk.evidence.on_disk.failures = {Fail(Reason::kEvidenceTampered)};
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "M")};
  CHECK(walk.Decide(Requires("\"a\"")).accepted());
}

TEST_CASE("a threshold counts distinct signers") {
  const std::string both = R"({ at_least = 2, of = ["a", "b"] })";
  Walk walk;
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "M"),
                                     SignedFile(KeyA(), "I")};
  CHECK(walk.Decide(Requires(both)).reason() == Reason::kThresholdNotMet);
  walk.evidence.on_disk.artifacts.push_back(SignedFile(KeyB(), "I"));
  CHECK(walk.Decide(Requires(both)).accepted());
}

TEST_CASE("damaged layers refuse although the signature is good") {
  Walk walk;
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "M")};
  walk.layers.status = Fail(Reason::kLayerDigestMismatch, "sha256:...");
  const Verdict verdict = walk.Decide(Requires("\"a\""));
  CHECK(verdict.reason() == Reason::kLayerDigestMismatch);
  CHECK(walk.evidence.network_reads == 0);
  CHECK(walk.Decide(Requires("\"a\"", "integrity = \"manifest\"")).accepted());
}

TEST_CASE("unpacked files are compared where the rule says so, after layers") {
  Walk walk;
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "M")};
  walk.layers.unpacked = Fail(Reason::kRootfsFileChanged, "/bin/sh");
  CHECK(walk.Decide(Requires("\"a\"")).accepted());
  CHECK(walk.Decide(Requires("\"a\"", "integrity = \"manifest\"")).accepted());
  CHECK(walk.layers.unpacked_checks == 0);
  const auto rootfs = Requires("\"a\"", "integrity = \"rootfs\"");
  CHECK(walk.Decide(rootfs).reason() == Reason::kRootfsFileChanged);
  CHECK(walk.evidence.network_reads == 0);
  walk.layers.status = Fail(Reason::kLayerDigestMismatch);
  CHECK(walk.Decide(rootfs).reason() == Reason::kLayerDigestMismatch);
  CHECK(walk.layers.unpacked_checks == 1);
  walk.layers.status = Ok();
  walk.layers.unpacked = Ok();
  const Verdict verdict = walk.Decide(rootfs);
  REQUIRE(verdict.accepted());
  CHECK(verdict.proof()->integrity() == Integrity::kRootfs);
}

TEST_CASE("a proof is used again only while the unpacked files are intact") {
  Walk walk;
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "M")};
  const Verdict verdict =
      walk.Decide(Requires("\"a\"", "integrity = \"rootfs\""));
  REQUIRE(verdict.accepted());
  const Verifier verifier(walk.resolver, walk.evidence, walk.layers,
                          walk.bases);
  CHECK(verifier.StillIntact(walk.question, *walk.resolver.subject,
                             *verdict.proof()));
  walk.layers.unpacked = Fail(Reason::kRootfsFileExtra, "/x");
  const Status later = verifier.StillIntact(
      walk.question, *walk.resolver.subject, *verdict.proof());
  REQUIRE_FALSE(later);
  CHECK(later.error().reason == Reason::kRootfsFileExtra);
}

TEST_CASE("who cannot compare unpacked files does not accept them") {
  class LayersOnly : public LayerIntegrity {
   public:
    Status Check(const ImageManifest& /*manifest*/,
                 const std::string& /*blob_dir*/,
                 Deadline /*deadline*/) override {
      return Ok();
    }
  };
  Walk walk;
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "M")};
  LayersOnly layers;
  const Verdict verdict =
      Verifier(walk.resolver, walk.evidence, layers, walk.bases)
          .Decide(walk.question, Requires("\"a\"", "integrity = \"rootfs\""));
  CHECK(verdict.reason() == Reason::kRootfsUnsupported);
}

TEST_CASE("a container whose content store is unknown is not called intact") {
  Walk walk;
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "M")};
  walk.resolver.subject->blob_dir.clear();
  CHECK(walk.Decide(Requires("\"a\"")).reason() == Reason::kLayerMissing);
  CHECK(walk.layers.checks == 0);
}

TEST_CASE("rules that need no signature") {
  Walk walk;
  const auto allow = PolicyOf("[[rule]]\nscope = \"**\"\naction = \"allow\"\n");
  CHECK(walk.Decide(allow).reason() == Reason::kAllowedByRule);
  CHECK(walk.Decide(allow).accepted());
  const auto reject =
      PolicyOf("[[rule]]\nscope = \"**\"\naction = \"reject\"\n");
  CHECK(walk.Decide(reject).reason() == Reason::kRuleRejects);
  const auto elsewhere = PolicyOf(
      "[[rule]]\nscope = \"other.example.com/**\"\naction = \"allow\"\n");
  CHECK(walk.Decide(elsewhere).reason() == Reason::kNoRuleMatches);
  CHECK(walk.evidence.disk_reads == 0);
}

TEST_CASE("of several names any may accept, and the trail tells which") {
  Walk walk("registry.example.com/strict:1");
  walk.resolver.subject->names.push_back(
      *Reference::Parse("other.example.com/free:1"));
  const auto policy = Requires("\"a\"", R"(
[[rule]]
scope = "other.example.com/**"
action = "allow"
)");
  const Verdict verdict = walk.Decide(policy);
  REQUIRE(verdict.accepted());
  CHECK(verdict.trail().name == "other.example.com/free:1");
}

TEST_CASE("of several refusals an unsure one is reported") {
  Walk walk("elsewhere.example.com/app:1");
  walk.resolver.subject->names.push_back(
      *Reference::Parse("registry.example.com/app:1"));
  walk.evidence.in_registry.failures = {Fail(Reason::kRegistryThrottled)};
  CHECK(walk.Decide(Requires("\"a\"")).reason() == Reason::kRegistryThrottled);
}

TEST_CASE("without policy, with a clock of 1970, without subject: refused") {
  Walk walk;
  CHECK(walk.Decide(nullptr).reason() == Reason::kPolicyMissing);
  const auto allow = PolicyOf("[[rule]]\nscope = \"**\"\naction = \"allow\"\n");
  walk.question.now = Time{};
  CHECK(walk.Decide(allow).reason() == Reason::kClockImplausible);
  walk.question.now = kNow;
  walk.resolver.subject = Fail(Reason::kSubjectUnbound);
  CHECK(walk.Decide(allow).reason() == Reason::kSubjectUnbound);
}

TEST_CASE("a subject without names selects no rule") {
  Walk walk;
  walk.resolver.subject->names.clear();
  const auto allow = PolicyOf("[[rule]]\nscope = \"**\"\naction = \"allow\"\n");
  CHECK(walk.Decide(allow).reason() == Reason::kSubjectNoName);
}

TEST_CASE("a rejected digest does not start under a tag") {
  Walk walk;
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "M")};
  const auto rejecting = [](const std::string& document) {
    return Requires("\"a\"", "[[rule]]\nscope = \"registry.example.com/app@" +
                                 Digest::Of(document).str() +
                                 "\"\naction = \"reject\"\n");
  };
  CHECK(walk.Decide(rejecting("M")).reason() == Reason::kRuleRejects);
  CHECK(walk.Decide(rejecting("I")).reason() == Reason::kRuleRejects);
  CHECK(walk.Decide(rejecting("another")).accepted());
}

// A volume whose manifest is "V" in the container of manifest "M".
Subject WithVolume(const std::string& name) {
  Subject subject = MakeSubject("registry.example.com/app:1");
  subject.workload.pod_namespace = "shop";
  Subject volume = MakeSubject(name);
  volume.images.front().manifest = Digest::Of("V");
  volume.images.front().indexes.clear();
  volume.mounted_at = "/models";
  volume.workload = subject.workload;
  subject.volumes.push_back(std::move(volume));
  return subject;
}

TEST_CASE("an image volume is decided under the rule of its own name") {
  Walk walk;
  walk.resolver.subject = WithVolume("registry.example.com/model:1");
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "M"),
                                     SignedFile(KeyA(), "V")};
  const Verdict verdict = walk.Decide(Requires("\"a\""));
  REQUIRE(verdict.accepted());
  CHECK(*verdict.proof()->manifest() == Digest::Of("M"));
  REQUIRE(verdict.proof()->volumes().size() == 1);
  CHECK(*verdict.proof()->volumes()[0]->manifest() == Digest::Of("V"));

  walk.evidence.on_disk.artifacts.pop_back();
  const Verdict refused = walk.Decide(Requires("\"a\""));
  REQUIRE_FALSE(refused.accepted());
  CHECK(refused.reason() == Reason::kArtifactSubject);
  CHECK(refused.detail().find("image volume at /models") != std::string::npos);
  CHECK(refused.trail().name == "registry.example.com/model:1");
  CHECK(refused.trail().subject->mounted_at.empty());
}

TEST_CASE("an accepted volume does not carry a refused container") {
  Walk walk;
  walk.resolver.subject = WithVolume("registry.example.com/model:1");
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "V")};
  const Verdict verdict = walk.Decide(Requires("\"a\""));
  REQUIRE_FALSE(verdict.accepted());
  CHECK(verdict.trail().name == "registry.example.com/app:1");
}

TEST_CASE("of container and volume, what is enforced outweighs what is not") {
  const auto policy = PolicyOf(R"(
[[rule]]
scope = "registry.example.com/audited"
mode = "audit"
require = "a"
[[rule]]
scope = "registry.example.com/**"
require = "a"
)" + kSigners);
  Walk walk;
  Subject subject = WithVolume("registry.example.com/model:1");
  subject.names = MakeSubject("registry.example.com/audited:1").names;
  walk.resolver.subject = subject;
  const Verdict by_volume = walk.Decide(policy);
  CHECK(by_volume.trail().mode == Mode::kEnforce);
  CHECK(by_volume.trail().name == "registry.example.com/model:1");

  walk.resolver.subject = WithVolume("registry.example.com/audited:1");
  const Verdict by_container = walk.Decide(policy);
  CHECK(by_container.trail().mode == Mode::kEnforce);
  CHECK(by_container.trail().name == "registry.example.com/app:1");
}

TEST_CASE("a proof is used again only with the volumes it is of") {
  Walk walk;
  walk.resolver.subject = WithVolume("registry.example.com/model:1");
  walk.evidence.on_disk.artifacts = {SignedFile(KeyA(), "M"),
                                     SignedFile(KeyA(), "V")};
  const Verdict verdict = walk.Decide(Requires("\"a\""));
  REQUIRE(verdict.accepted());
  Subject subject = *walk.resolver.subject;
  const auto intact = [&] {
    return Verifier(walk.resolver, walk.evidence, walk.layers, walk.bases)
        .StillIntact(walk.question, subject, *verdict.proof());
  };
  CHECK(intact());
  subject.volumes.push_back(subject.volumes.front());
  CHECK(intact().error().reason == Reason::kSubjectUnbound);
  subject.volumes.pop_back();
  subject.volumes.front().images.front().manifest = Digest::Of("W");
  CHECK(intact().error().reason == Reason::kSubjectUnbound);
}
