#include "tests/support/attested.h"

#include "base/bytes.h"

namespace assay::test {
namespace {

constexpr const char* kBundleType =
    "application/vnd.dev.sigstore.bundle.v0.3+json";

Descriptor Describe(std::string_view media_type, std::string_view bytes) {
  return {std::string(media_type),
          Digest::Of(bytes),
          static_cast<std::int64_t>(bytes.size()),
          "",
          {},
          std::nullopt};
}

std::string Envelope(const SignedStatement& statement, const TestKey& key) {
  const std::string payload = statement.Payload();
  const std::string& type = statement.payload_type;
  const std::string signed_bytes =
      "DSSEv1 " + std::to_string(type.size()) + " " + type + " " +
      std::to_string(payload.size()) + " " + payload;
  return R"({"payload":")" + Base64Encode(payload) + R"(","payloadType":")" +
         type + R"(","signatures":[{"sig":")" +
         Base64Encode(key.Sign({}, signed_bytes)) + R"("}]})";
}

UntrustedArtifact Artifact(ArtifactOrigin origin, Descriptor layer,
                           std::string bytes) {
  const ImageManifest manifest{std::string(kOciManifest),
                               "",
                               Describe("application/json", "{}"),
                               {layer},
                               {},
                               {}};
  return {origin,
          Digest::Of("M"),
          "somewhere",
          manifest,
          {{std::move(layer), std::move(bytes)}}};
}

}  // namespace

std::string SignedStatement::Payload() const {
  return R"({"_type":")" + type + R"(","subject":[{"name":"x","digest":)" +
         R"({"sha256":")" + Digest::Of(subject).hex() +
         R"("}}],"predicateType":")" + predicate_type + "\"" +
         (predicate.empty() ? "" : ",\"predicate\":" + predicate) + "}";
}

UntrustedArtifact SignedStatement::Legacy(const TestKey& key) const {
  std::string envelope = Envelope(*this, key);
  Descriptor layer =
      Describe("application/vnd.dsse.envelope.v1+json", envelope);
  layer.annotations = {{"dev.cosignproject.cosign/signature", ""},
                       {"predicateType", predicate_type}};
  return Artifact(ArtifactOrigin::kAttestationTag, std::move(layer),
                  std::move(envelope));
}

UntrustedArtifact SignedStatement::Bundle(const TestKey& key) const {
  std::string bundle =
      std::string(R"({"mediaType":")") + kBundleType +
      R"(","verificationMaterial":{"publicKey":{"hint":""}},"dsseEnvelope":)" +
      Envelope(*this, key) + "}";
  Descriptor layer = Describe(kBundleType, bundle);
  auto artifact =
      Artifact(ArtifactOrigin::kReferrer, std::move(layer), std::move(bundle));
  artifact.manifest->artifact_type = kBundleType;
  artifact.manifest->subject = Describe(kOciManifest, "M");
  artifact.manifest->annotations = {
      {"dev.sigstore.bundle.predicateType", predicate_type}};
  return artifact;
}

}  // namespace assay::test
