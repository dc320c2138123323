// The grammar of policy.json, and which scope decides about an image.
#include "core/schemes/containers_policy/policy_document.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

const std::string kReject = R"([{"type":"reject"}])";

std::string Docker(const std::string& scopes) {
  return R"({"default":)" + kReject + R"(,"transports":{"docker":{)" + scopes +
         "}}}";
}

// The one requirement for all images.
Result<PolicyRequirement> Read(const std::string& requirement) {
  auto policy = ContainersPolicy::Parse(R"({"default":[)" + requirement + "]}");
  if (!policy) return policy.error();
  REQUIRE(policy->scopes().size() == 1);
  REQUIRE(policy->scopes()[0].all.size() == 1);
  return policy->scopes()[0].all[0];
}

std::string Why(const std::string& text) {
  const auto policy = ContainersPolicy::Parse(text);
  INFO(text);
  REQUIRE_FALSE(policy);
  CHECK(policy.error().reason == Reason::kPolicyMalformed);
  return policy.error().detail;
}

TEST_CASE("a document says what holds by default") {
  const auto policy = ContainersPolicy::Parse(
      R"({"default":[{"type":"insecureAcceptAnything"}]})");
  REQUIRE(policy);
  REQUIRE(policy->scopes().size() == 1);
  CHECK(policy->scopes()[0].name == "default");
  CHECK(std::holds_alternative<AcceptsAnything>(policy->scopes()[0].all[0]));
  CHECK(Why("{}") == "default: it is missing");
  CHECK(Why(R"({"transports":{}})") == "default: it is missing");
}

TEST_CASE("whatever is not of the format refuses the whole document") {
  const auto* text = GENERATE(
      "", "[]", "null", R"({"default":[]})", R"({"default":null})",
      R"({"default":{}})", R"({"default":[[]]})", R"({"default":["reject"]})",
      R"({"default":[{}]})", R"({"default":[{"type":"Reject"}]})",
      R"({"default":[{"type":null}]})",
      R"({"default":[{"type":"reject","x":1}]})",
      R"({"default":[{"type":"reject","type":"reject"}]})",
      R"({"default":[{"type":"insecureAcceptAnything","note":""}]})",
      R"({"default":[{"type":"reject"}],"default":[{"type":"reject"}]})",
      R"({"default":[{"type":"reject"}],"version":1})",
      R"({"Default":[{"type":"reject"}]})",
      R"({"default":[{"type":"reject"}],"transports":[]})",
      R"({"default":[{"type":"reject"}],"transports":{"docker":[]}})",
      R"({"default":[{"type":"reject"}],"transports":{"docker":{"":[]}}})",
      R"({"default":[{"type":"reject"}]} {})",
      R"({"default":[{"type":"reject"}],})",
      "// all\n{\"default\":[{\"type\":\"reject\"}]}",
      "\xef\xbb\xbf{\"default\":[{\"type\":\"reject\"}]}");
  Why(text);
}

TEST_CASE("other transports are read and judge no image here") {
  const std::string lead = R"({"default":)" + kReject + R"(,"transports":{)";
  for (const auto* good :
       {R"("atomic":{"":R,"host":R,"host:8443/ns/stream:1":R})",
        R"("dir":{"/var/images":R})", R"("docker-daemon":{"":R})",
        R"("oci":{"/a/b":R},"oci-archive":{"/a.tar":R},"sif":{"/a.sif":R})",
        R"("containers-storage":{"[/var/lib]":R,"[overlay@/var/lib]a.b/c":R})",
        R"("unheard":{"any thing":R})", R"("docker":{})"}) {
    std::string text = lead + good + "}}";
    for (auto at = text.find(":R"); at != text.npos; at = text.find(":R")) {
      text.replace(at, 2, ":" + kReject);
    }
    INFO(text);
    const auto policy = ContainersPolicy::Parse(text);
    REQUIRE(policy);
    CHECK(policy->scopes().size() == 1);
  }
  for (const auto* bad :
       {R"("atomic":{"a/b/c/d":R})", R"("atomic":{"a/b:1":R})",
        R"("dir":{"images":R})", R"("dir":{"/":R})", R"("dir":{"/a//b":R})",
        R"("dir":{"/a/../b":R})", R"("dir":{"/a/":R})",
        R"("docker-archive":{"/a":R})", R"("tarball":{"x":R})",
        R"("oci":{"./a":R})", R"("containers-storage":{"a.b/c":R})",
        R"("containers-storage":{"[var]":R})", R"("unheard":{"a":[]})"}) {
    std::string text = lead + bad + "}}";
    const auto at = text.find(":R");
    if (at != text.npos) text.replace(at, 2, ":" + kReject);
    Why(text);
  }
}

TEST_CASE("what is signed by OpenPGP keys") {
  const auto read =
      Read(R"({"type":"signedBy","keyType":"GPGKeys","keyPaths":["/a","/b"]})");
  REQUIRE(read);
  const auto& signed_by = std::get<SignedBy>(*read);
  REQUIRE(signed_by.keyrings.size() == 2);
  CHECK(signed_by.keyrings[1].path == "/b");
  CHECK(signed_by.identity.kind() ==
        IdentityMatch::Kind::kMatchRepoDigestOrExact);
  const auto data =
      Read(R"({"type":"signedBy","keyType":"GPGKeys","keyData":"a2V5"})");
  REQUIRE(data);
  CHECK(std::get<SignedBy>(*data).keyrings[0].data == "key");
  // Kinds of keys that containers/image reads and never believes.
  for (const auto* type :
       {"signedByGPGKeys", "X509Certificates", "signedByX509CAs"}) {
    const auto never = Read(R"({"type":"signedBy","keyPath":"/a","keyType":")" +
                            std::string(type) + "\"}");
    REQUIRE(never);
    CHECK(std::holds_alternative<RejectsAll>(*never));
  }
}

TEST_CASE("what a signedBy may not say") {
  const auto* members = GENERATE(
      R"("keyPath":"/a")", R"("keyType":"GPGKeys")",
      R"("keyType":"gpg","keyPath":"/a")",
      R"("keyType":"GPGKeys","keyPath":"")",
      R"("keyType":"GPGKeys","keyPath":null)",
      R"("keyType":"GPGKeys","keyPath":"a.gpg")",
      R"("keyType":"GPGKeys","keyPaths":[])",
      R"("keyType":"GPGKeys","keyPaths":"/a")",
      R"("keyType":"GPGKeys","keyPaths":[""])",
      R"("keyType":"GPGKeys","keyData":"")",
      R"("keyType":"GPGKeys","keyData":"a2V")",
      R"("keyType":"GPGKeys","keyPath":"/a","keyData":"a2V5")",
      R"("keyType":"GPGKeys","keyPath":"/a","keyPaths":["/a"])",
      R"("keyType":"GPGKeys","keyDatas":["a2V5"])",
      R"("keyType":"GPGKeys","keyPath":"/a","rekorPublicKeyPath":"/b")",
      R"("keyType":"GPGKeys","keyPath":"/a","signedIdentity":null)",
      R"("keyType":"GPGKeys","keyPath":"/a","signedIdentity":"matchExact")");
  Why(R"({"default":[{"type":"signedBy",)" + std::string(members) + "}]}");
}

TEST_CASE("a base layer and its like are read and never found") {
  const auto read = Read(
      R"({"type":"signedBaseLayer","baseLayerIdentity":{"type":"matchExact"}})");
  REQUIRE(read);
  CHECK(std::get<RejectsAll>(*read).why ==
        "signedBaseLayer is never fulfilled");
  Why(R"({"default":[{"type":"signedBaseLayer"}]})");
  Why(R"({"default":[{"type":"signedBaseLayer","baseLayerIdentity":{}}]})");
}

TEST_CASE("every way to say how a name must be signed") {
  using Kind = IdentityMatch::Kind;
  const auto kind = [](const std::string& identity) {
    const auto read =
        Read(R"({"type":"sigstoreSigned","keyPath":"/a","signedIdentity":)" +
             identity + "}");
    INFO(identity);
    REQUIRE(read);
    return std::get<SigstoreSigned>(*read).identity.kind();
  };
  CHECK(kind(R"({"type":"matchExact"})") == Kind::kMatchExact);
  CHECK(kind(R"({"type":"matchRepoDigestOrExact"})") ==
        Kind::kMatchRepoDigestOrExact);
  CHECK(kind(R"({"type":"matchRepository"})") == Kind::kMatchRepository);
  CHECK(kind(R"({"type":"exactReference","dockerReference":"a.b/c:1"})") ==
        Kind::kExactReference);
  CHECK(kind(R"({"type":"exactRepository","dockerRepository":"a.b/c"})") ==
        Kind::kExactRepository);
  CHECK(
      kind(R"({"type":"remapIdentity","prefix":"a.b","signedPrefix":"c.d"})") ==
      Kind::kRemapIdentity);
  const auto* bad = GENERATE(
      R"({})", R"({"type":"matchAll"})", R"({"type":"matchExact","x":1})",
      R"({"type":"matchExact","dockerReference":"a.b/c:1"})",
      R"({"type":"exactReference"})",
      R"({"type":"exactReference","dockerReference":"a.b/c"})",
      R"({"type":"exactReference","dockerRepository":"a.b/c:1"})",
      R"({"type":"exactRepository","dockerRepository":"A B"})",
      R"({"type":"exactRepository","dockerRepository":""})",
      R"({"type":"remapIdentity","prefix":"a.b"})",
      R"({"type":"remapIdentity","prefix":"a.b","signedPrefix":""})",
      R"({"type":"remapIdentity","prefix":"a.b/c:1","signedPrefix":"c.d"})");
  Why(R"({"default":[{"type":"sigstoreSigned","keyPath":"/a",)"
      R"("signedIdentity":)" +
      std::string(bad) + "}]}");
}

std::string Sigstore(const std::string& members) {
  return R"({"type":"sigstoreSigned",)" + members + "}";
}

const std::string kFulcio =
    R"("fulcio":{"caPath":"/ca","oidcIssuer":"https://i","subjectEmail":"a@b"})";
const std::string kPki = R"("pki":{"caRootsPath":"/ca","subjectEmail":"a@b"})";

TEST_CASE("every way to say who signed for sigstore") {
  for (const auto* keys :
       {R"("keyPath":"/a")", R"("keyPaths":["/a"])", R"("keyData":"a2V5")",
        R"("keyDatas":["a2V5","a2V5"],"rekorPublicKeyDatas":["a2V5"])",
        R"("keyPath":"/a","rekorPublicKeyPath":"/b")"}) {
    const auto read = Read(Sigstore(keys));
    INFO(keys);
    REQUIRE(read);
    CHECK(std::holds_alternative<std::vector<PolicyMaterial>>(
        std::get<SigstoreSigned>(*read).by));
  }
  const auto fulcio =
      Read(Sigstore(kFulcio + R"(,"rekorPublicKeyPaths":["/r","/s"])"));
  REQUIRE(fulcio);
  const auto& by =
      std::get<FulcioAuthority>(std::get<SigstoreSigned>(*fulcio).by);
  CHECK(by.issuer == "https://i");
  CHECK(by.email == "a@b");
  CHECK(std::get<SigstoreSigned>(*fulcio).logs.size() == 2);
  const auto pki =
      Read(Sigstore(R"("pki":{"caRootsData":"a2V5","caIntermediatesPath":"/i",)"
                    R"("subjectHostname":"a.b"})"));
  REQUIRE(pki);
  const auto& of = std::get<PkiAuthority>(std::get<SigstoreSigned>(*pki).by);
  CHECK(of.roots.data == "key");
  CHECK(of.intermediates->path == "/i");
  CHECK(of.host == "a.b");
  CHECK(of.email.empty());
}

TEST_CASE("what a sigstoreSigned may not say") {
  const auto members = GENERATE(
      as<std::string>(), R"("keyPath":"/a","keyData":"a2V5")",
      R"("keyType":"GPGKeys","keyPath":"/a")", R"("keyPaths":[])",
      R"("keyDatas":[])", R"("keyDatas":["!"])", R"("keyPath":"a")",
      R"("keyPath":"/a","rekorPublicKeyPath":"/b","rekorPublicKeyData":"a2V5")",
      R"("keyPath":"/a","rekorPublicKeyPaths":[])", kFulcio,
      kFulcio + R"(,"keyPath":"/a","rekorPublicKeyPath":"/r")",
      kFulcio + "," + kPki + R"(,"rekorPublicKeyPath":"/r")",
      kPki + R"(,"rekorPublicKeyPath":"/r")", kPki + R"(,"keyPath":"/a")",
      R"("fulcio":{},"rekorPublicKeyPath":"/r")",
      R"("fulcio":{"caPath":"/ca","caData":"a2V5","oidcIssuer":"i",)"
      R"("subjectEmail":"a@b"},"rekorPublicKeyPath":"/r")",
      R"("fulcio":{"caPath":"/ca","subjectEmail":"a@b"},)"
      R"("rekorPublicKeyPath":"/r")",
      R"("fulcio":{"caPath":"/ca","oidcIssuer":"i"},"rekorPublicKeyPath":"/r")",
      R"("fulcio":{"caPaths":["/ca"],"oidcIssuer":"i","subjectEmail":"a@b"},)"
      R"("rekorPublicKeyPath":"/r")",
      R"("pki":{"caRootsPath":"/ca"})", R"("pki":{"subjectEmail":"a@b"})",
      R"("pki":{"caRootsPath":"/ca","subjectEmail":""})",
      R"("pki":{"caRootsPath":"/ca","subjectEmail":"a@b","x":1})",
      R"("pki":{"caRootsPath":"/ca","caIntermediatesPath":"/i",)"
      R"("caIntermediatesData":"a2V5","subjectEmail":"a@b"})",
      R"("signedIdentity":{"type":"matchExact"})");
  Why(R"({"default":[)" + Sigstore(members) + "]}");
}

// Of a document with these scopes of docker, the one that decides.
std::string Chosen(const std::vector<std::string>& scopes,
                   const std::string& image) {
  std::string text;
  for (const std::string& scope : scopes) {
    text += (text.empty() ? "\"" : ",\"") + scope + "\":" + kReject;
  }
  const auto policy = ContainersPolicy::Parse(Docker(text));
  INFO(text);
  REQUIRE(policy);
  return policy->scopes()[policy->Find(*Reference::Parse(image))].name;
}

TEST_CASE("the most exact scope decides alone") {
  const std::string digest = "@sha256:" + std::string(64, 'a');
  // Each decides where all before it are left out.
  const std::vector<std::string> order = {"a.b.example.com:5000/x/y/z:1",
                                          "a.b.example.com:5000/x/y/z",
                                          "a.b.example.com:5000/x/y",
                                          "a.b.example.com:5000/x",
                                          "a.b.example.com:5000",
                                          "*.b.example.com",
                                          "*.example.com",
                                          "*.com",
                                          ""};
  const std::string& image = order[0];
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::string name =
        order[i].empty() ? "docker" : "docker, " + order[i];
    CHECK(Chosen({order.begin() + static_cast<std::ptrdiff_t>(i), order.end()},
                 image) == name);
  }
  CHECK(Chosen({}, image) == "default");
  CHECK(Chosen({order[1] + digest, order[1]}, order[1] + digest) ==
        "docker, " + order[1] + digest);
  // A tag beside a digest chose nothing.
  CHECK(Chosen({order[0]}, order[0] + digest) == "default");
}

TEST_CASE("what looks like a scope of an image and is none") {
  const std::string image = "a.example.com:5000/team/app:1";
  for (const auto* scope :
       {"a.example.com", "a.example.com:5000/te", "a.example.com:5000/team/ap",
        "a.example.com:5000/team/app:2", "a.example.com:5000/team/app/x",
        "*.a.example.com", "*.example.com:5000", "*.ample.com", "*.xample.com",
        "a.example.com:5000/team/app:1x", "team/app", "example.com"}) {
    INFO(scope);
    CHECK(Chosen({scope}, image) == "default");
  }
  CHECK(Chosen({"docker.io/library"}, "busybox") ==
        "docker, docker.io/library");
  CHECK(Chosen({"busybox", "library/busybox"}, "busybox") == "default");
}

TEST_CASE("scopes that no image is in are told, or refused") {
  const auto policy = ContainersPolicy::Parse(
      Docker(R"("busybox:tag":)" + kReject + R"(,"a.b/c/":)" + kReject +
             R"(,"a.b/c:1":)" + kReject + R"(,"*.a.b":)" + kReject +
             R"(,"a.*":)" + kReject + R"(,"localhost:5000":)" + kReject));
  REQUIRE(policy);
  CHECK(policy->unmatchable() ==
        std::vector<std::string>{"a.*", "a.b/c/", "busybox:tag"});
  CHECK(Why(Docker(R"("A.b/c":)" + kReject)).starts_with("transports.docker"));
  Why(Docker(R"("*.B.c":)" + kReject));
}

}  // namespace
}  // namespace assay
