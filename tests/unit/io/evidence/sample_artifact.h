// Artifacts as registries hold them, with bytes of the test's choosing.
#ifndef ASSAY_TESTS_UNIT_IO_EVIDENCE_SAMPLE_ARTIFACT_H_
#define ASSAY_TESTS_UNIT_IO_EVIDENCE_SAMPLE_ARTIFACT_H_

#include <string>
#include <vector>

#include "io/evidence/found_artifact.h"

namespace assay::testing {

inline constexpr std::int64_t kSampleTime = 1'790'000'000;

inline std::string DescriptorJson(std::string_view media_type,
                                  std::string_view bytes) {
  return R"({"mediaType":")" + std::string(media_type) + R"(","digest":")" +
         Digest::Of(bytes).str() + R"(","size":)" +
         std::to_string(bytes.size()) + "}";
}

// `subject` is left out when empty.
inline std::string ManifestJson(const std::vector<std::string>& layers,
                                const std::string& subject_digest,
                                std::string_view artifact_type) {
  std::string json =
      R"({"schemaVersion":2,"mediaType":")" + std::string(kOciManifest) + "\"";
  if (!artifact_type.empty()) {
    json += R"(,"artifactType":")" + std::string(artifact_type) + "\"";
  }
  json += R"(,"config":)" +
          DescriptorJson("application/vnd.oci.empty.v1+json", "{}") +
          R"(,"layers":[)";
  for (const std::string& layer : layers) {
    if (json.back() != '[') json += ',';
    json += DescriptorJson("application/octet-stream", layer);
  }
  json += "]";
  if (!subject_digest.empty()) {
    json += R"(,"subject":{"mediaType":")" + std::string(kOciManifest) +
            R"(","digest":")" + subject_digest + R"(","size":7})";
  }
  return json + "}";
}

inline FoundArtifact Sample(const Digest& target,
                            const std::vector<std::string>& layers,
                            ArtifactOrigin origin = ArtifactOrigin::kReferrer) {
  const std::string manifest = ManifestJson(
      layers, origin == ArtifactOrigin::kReferrer ? target.str() : "",
      "application/vnd.dev.sigstore.bundle.v0.3+json");
  FoundArtifact found{origin,
                      target,
                      "registry.example.com/app:somewhere",
                      Time(std::chrono::seconds(kSampleTime)),
                      Digest::Of(manifest),
                      manifest,
                      {}};
  for (const std::string& layer : layers) {
    found.blobs.push_back({{"application/octet-stream",
                            Digest::Of(layer),
                            static_cast<std::int64_t>(layer.size()),
                            "",
                            {},
                            std::nullopt},
                           layer});
  }
  return found;
}

}  // namespace assay::testing

#endif  // ASSAY_TESTS_UNIT_IO_EVIDENCE_SAMPLE_ARTIFACT_H_
