// Property: a bundle that reads has content to verify, its signed bytes hold
// payload and type in full, and no input is a signature by a key that never
// signed it. What an identity's signer accepts is what that identity signed.
#include <cstdint>
#include <string>

#include "core/schemes/sigstore/bundle.h"
#include "core/schemes/sigstore/key_signer.h"
#include "tests/fuzz/recorded.h"

namespace {

using assay::fuzz::Require;

// Its private half was thrown away.
constexpr const char* kKey =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEHR+Bm+S4/N9m65j5PKZM6rmCO9V2\n"
    "khr/8BfQlfgLlONuTbURWd1iEIwpx8xT744Xzpo0OVnIWVE59SVUKui6kg==\n"
    "-----END PUBLIC KEY-----\n";

const assay::SigstoreKeySigner& Signer() {
  static const assay::SigstoreKeySigner signer(
      "nobody", {assay::Keyring::Make(assay::PublicKey::ParsePem(kKey).value(),
                                      assay::KeyUse::kSigstore, {})
                     .value(),
                 {{}, std::nullopt},
                 {}});
  return signer;
}

// The referrer of an image that has the input for its bundle.
assay::UntrustedArtifact Referrer(const assay::Digest& digest,
                                  const std::string& input) {
  const assay::Descriptor image{"", digest, 5, {}, {}, std::nullopt};
  const assay::Descriptor layer{std::string(assay::kBundleTypePrefix),
                                assay::Digest::Of(input),
                                static_cast<std::int64_t>(input.size()),
                                {},
                                {},
                                std::nullopt};
  assay::UntrustedArtifact artifact{
      assay::ArtifactOrigin::kReferrer, image.digest, "here", std::nullopt, {}};
  artifact.manifest = assay::ImageManifest{
      std::string(assay::kOciManifest), "", image, {layer}, image, {}};
  artifact.blobs.push_back({layer, input});
  return artifact;
}

void RequireRecorded(const std::string& input) {
  const auto& recorded = assay::fuzz::FirstGeneration();
  const auto artifact = Referrer(recorded.target.digests.front(), input);
  if (!recorded.Accepts(artifact)) return;
  const auto read = assay::Bundle::Parse(input);
  Require(read && read->envelope &&
          read->envelope->payload == recorded.candidate.envelope->payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const assay::SigningTarget target{
      assay::Reference::Parse("registry.example.com/a").value(),
      {assay::Digest::Of("image")},
      {},
      nullptr};
  assay::Findings findings;
  const auto artifact = Referrer(target.digests.front(), input);
  Signer().Verify(target, {&artifact, 1}, findings);
  Require(findings.verified.empty() && findings.failed.size() == 1);

  RequireRecorded(input);

  const auto read = assay::Bundle::Parse(input);
  if (!read) return 0;
  Require(!read->signature.empty());
  Require(read->envelope.has_value() != read->message.has_value());
  if (!read->envelope) return 0;
  const auto& [type, payload] = *read->envelope;
  const std::string bytes = read->envelope->SignedBytes();
  Require(!payload.empty() && !type.empty() && bytes.ends_with(payload));
  Require(bytes.starts_with("DSSEv1 " + std::to_string(type.size()) + " " +
                            type + " "));
  return 0;
}
