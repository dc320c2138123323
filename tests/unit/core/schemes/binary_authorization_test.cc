#include "core/schemes/detached/binary_authorization.h"

#include "base/bytes.h"
#include "core/schemes/detached/openssl_signer.h"
#include "tests/support/catch.h"
#include "tests/unit/core/schemes/signing_fixture.h"

namespace assay {
namespace {

using namespace test;

constexpr const char* kType = "Google cloud binauthz container signature";

std::string Payload(const std::string& digest, const std::string& type = kType,
                    const std::string& more = "") {
  return R"({"critical":{"identity":{"docker-reference":)"
         R"("registry.example.com/app"},"image":{"docker-manifest-digest":")" +
         digest + R"("},"type":")" + type + "\"" + more + "}}";
}

std::string Occurrence(const std::string& payload, const std::string& signature,
                       const std::string& key_id = "") {
  return R"({"kind":"ATTESTATION","name":"projects/p/occurrences/1",)"
         R"("attestation":{"serializedPayload":")" +
         Base64Encode(payload) + R"(","signatures":[{"publicKeyId":")" +
         key_id + R"(","signature":")" + Base64Encode(signature) + "\"}]}}";
}

UntrustedArtifact Exported(const std::string& bytes) {
  return {ArtifactOrigin::kDetachedFile,
          ImageDigest(),
          "/signatures/x.sig",
          std::nullopt,
          {{DescriptorOf(kDetachedLayerType, bytes), bytes}}};
}

Reason ReasonFor(const TestKey& key, const std::string& file,
                 const KeyringOptions& options = {}) {
  const OpensslSigner signer("attestor", RingOf(key, KeyUse::kOpenssl, options),
                             "/signatures",
                             DetachedFormat::kBinaryAuthorization);
  return OnlyReason(Judge(signer, TargetOf(), {Exported(file)}));
}

std::string Signed(const TestKey& key, const std::string& payload) {
  return Occurrence(payload, key.Sign({}, payload));
}

TEST_CASE("an exported attestation by each kind of key") {
  const auto kind = GENERATE(KeyKind::kEcdsaP256, KeyKind::kEcdsaP384,
                             KeyKind::kEcdsaP521, KeyKind::kRsa2048);
  const auto& key = TestKey::Of(kind);
  const auto payload = Payload(ImageDigest().str());
  CHECK(ReasonFor(key, Signed(key, payload)) == Reason::kSigned);
  CHECK(ReasonFor(key, "[" + Signed(key, payload) + "]") == Reason::kSigned);
  CHECK(ReasonFor(key, "{\"occurrences\":[" + Signed(key, payload) + "]}") ==
        Reason::kSigned);
}

TEST_CASE("the hash and the padding that were chosen for the attestor") {
  const auto& key = TestKey::Of(KeyKind::kRsa2048);
  const auto payload = Payload(ImageDigest().str());
  KeyringOptions options;
  options.hash = HashAlgorithm::kSha512;
  options.padding = Padding::kPss;
  const auto file = Occurrence(
      payload, key.Sign({HashAlgorithm::kSha512, Padding::kPss}, payload));
  CHECK(ReasonFor(key, file, options) == Reason::kSigned);
  CHECK(ReasonFor(key, file) == Reason::kSignatureInvalid);
}

TEST_CASE("a list holds where any of it does") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  const auto& other = TestKey::Of(KeyKind::kEcdsaP384);
  const auto payload = Payload(ImageDigest().str());
  CHECK(ReasonFor(key, "[" + Signed(other, payload) + "," +
                           Signed(key, payload) + "]") == Reason::kSigned);
  CHECK(ReasonFor(key, "[]") == Reason::kSignatureInvalid);
}

TEST_CASE("what was attested is this image and nothing else") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  const auto other = Digest::Of("another image").str();
  CHECK(ReasonFor(key, Signed(key, Payload(other))) ==
        Reason::kSignatureOtherImage);
  const auto payload = Payload(ImageDigest().str());
  CHECK(ReasonFor(key, Occurrence(payload, key.Sign({}, Payload(other)))) ==
        Reason::kSignatureInvalid);
}

TEST_CASE("a payload that is not of the format, though it is signed") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  const auto digest = ImageDigest().str();
  CHECK(ReasonFor(key, Signed(key, Payload(digest,
                                           "cosign container image "
                                           "signature"))) ==
        Reason::kPayloadType);
  CHECK(ReasonFor(key, Signed(key, Payload(digest, kType, R"(,"more":1)"))) ==
        Reason::kPayloadMalformed);
  CHECK(ReasonFor(key, Signed(key, "{}")) == Reason::kPayloadMalformed);
  CHECK(ReasonFor(key, Signed(key, "no JSON")) == Reason::kJsonMalformed);
  CHECK(ReasonFor(key, Signed(key, Payload(digest) + "x")) ==
        Reason::kJsonMalformed);
  CHECK(ReasonFor(key, Signed(key, Payload("sha256:AB"))) ==
        Reason::kDigestMalformed);
}

TEST_CASE("a key that the attestation names and we do not have") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  const auto& other = TestKey::Of(KeyKind::kEcdsaP384);
  const auto payload = Payload(ImageDigest().str());
  const std::string named =
      "ni:///sha-256;" + Base64Encode(std::string(32, 'k'));
  CHECK(ReasonFor(key, Occurrence(payload, other.Sign({}, payload), named)) ==
        Reason::kSignatureForeignKey);
  // A claim decides nothing: ours holds whatever it is called.
  CHECK(ReasonFor(key, Occurrence(payload, key.Sign({}, payload), named)) ==
        Reason::kSigned);
}

TEST_CASE("an export that is none") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  CHECK(ReasonFor(key, "{}") == Reason::kPayloadMalformed);
  CHECK(ReasonFor(key, R"({"attestation":{}})") == Reason::kPayloadMalformed);
  CHECK(ReasonFor(key, R"({"attestation":{"serializedPayload":"e30=",)"
                       R"("signatures":[{"signature":"*"}]}})") ==
        Reason::kPayloadMalformed);
  CHECK(ReasonFor(key, "plain bytes") == Reason::kJsonMalformed);
  CHECK(ReasonFor(key, "{\"a\":1,\"a\":1}") == Reason::kJsonDuplicate);
  const auto payload = Payload(ImageDigest().str());
  std::string many = "[";
  for (int i = 0; i < 65; ++i) {
    many += (i == 0 ? "" : ",") + Occurrence(payload, "x");
  }
  CHECK(ReasonFor(key, many + "]") == Reason::kEvidenceTooMany);
  CHECK(ReasonFor(key, std::string(200'000, ' ')) == Reason::kTooLarge);
}

TEST_CASE("a plain signature is none of these, and these are no plain one") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  const OpensslSigner plain("ops", RingOf(key, KeyUse::kOpenssl, {}),
                            "/signatures");
  const auto file = Signed(key, Payload(ImageDigest().str()));
  CHECK(OnlyReason(Judge(plain, TargetOf(), {Exported(file)})) ==
        Reason::kSignatureInvalid);
  CHECK_FALSE(OpensslSigner("a", RingOf(key, KeyUse::kOpenssl, {}), "/s",
                            DetachedFormat::kBinaryAuthorization)
                  .Places()
                  .referrers);
}

}  // namespace
}  // namespace assay
