// Signed artifacts as a registry would hold them, and the verdict on them.
#ifndef ASSAY_TESTS_UNIT_CORE_SCHEMES_SIGNING_FIXTURE_H_
#define ASSAY_TESTS_UNIT_CORE_SCHEMES_SIGNING_FIXTURE_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/schemes/keyring.h"
#include "core/schemes/sigstore/key_signer.h"
#include "core/schemes/sigstore/legacy.h"
#include "tests/support/test_key.h"

namespace assay::test {

inline Digest ImageDigest() { return Digest::Of("the image's manifest"); }

inline SigningTarget TargetOf(std::vector<Digest> digests = {ImageDigest()}) {
  return {Reference::Parse("registry.example.com/payments/api:1").value(),
          std::move(digests), Time(std::chrono::seconds(1'760'000'000)),
          nullptr};
}

inline Descriptor DescriptorOf(std::string_view media_type,
                               std::string_view bytes) {
  Descriptor descriptor{std::string(media_type),
                        Digest::Of(bytes),
                        static_cast<std::int64_t>(bytes.size()),
                        {},
                        {},
                        std::nullopt};
  return descriptor;
}

inline UntrustedArtifact Artifact(
    ArtifactOrigin origin,
    const std::vector<std::pair<Descriptor, std::string>>& layers) {
  UntrustedArtifact artifact{origin, ImageDigest(), "where", std::nullopt, {}};
  artifact.manifest = ImageManifest{
      std::string(kOciManifest),
      "",
      DescriptorOf("application/vnd.oci.image.config.v1+json", "{}"),
      {},
      std::nullopt,
      {}};
  for (const auto& [descriptor, bytes] : layers) {
    artifact.manifest->layers.push_back(descriptor);
    artifact.blobs.push_back({descriptor, bytes});
  }
  return artifact;
}

inline Keyring RingOf(const TestKey& key, KeyUse use = KeyUse::kSigstore,
                      const KeyringOptions& options = {}) {
  return Keyring::Make({key.Public()}, use, options).value();
}

// The one finding's reason; kSigned for a verified signature. Fails the
// caller's check where there is not exactly one finding.
inline Reason OnlyReason(const Findings& findings) {
  if (findings.verified.size() + findings.failed.size() != 1) {
    return Reason::kUnspecified;
  }
  return findings.verified.empty() ? findings.failed.front().error.reason
                                   : Reason::kSigned;
}

inline Findings Judge(const Signer& signer, const SigningTarget& target,
                      const std::vector<UntrustedArtifact>& artifacts) {
  Findings findings;
  signer.Verify(target, artifacts, findings);
  return findings;
}

}  // namespace assay::test

#endif  // ASSAY_TESTS_UNIT_CORE_SCHEMES_SIGNING_FIXTURE_H_
