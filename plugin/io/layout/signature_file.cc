#include "io/layout/signature_file.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr std::string_view kSigstoreFormat("\0sigstore-json\n", 15);

}  // namespace

Result<std::optional<UntrustedArtifact>> ReadSignatureFile(
    std::string_view bytes, const Digest& target) {
  if (!bytes.starts_with(kSigstoreFormat)) {
    return std::optional<UntrustedArtifact>();
  }
  const auto json = Json::Parse(bytes.substr(kSigstoreFormat.size()),
                                limits::kArtifactBlobBytes);
  if (!json) return json.error();
  const auto* type = json->FindString("mimeType");
  const auto* encoded = json->FindString("payload");
  auto payload = encoded == nullptr ? std::nullopt : Base64Decode(*encoded);
  auto annotations = ReadAnnotations(*json);
  if (type == nullptr || !payload || !annotations) {
    return Fail(Reason::kEvidenceTampered, "it is no sigstore signature");
  }
  Descriptor layer{*type,
                   Digest::Of(*payload),
                   static_cast<std::int64_t>(payload->size()),
                   "",
                   *std::move(annotations),
                   std::nullopt};
  ImageManifest manifest{
      std::string(kOciManifest), "", layer, {layer}, std::nullopt, {}};
  return std::optional(
      UntrustedArtifact{ArtifactOrigin::kCosignTag,
                        target,
                        "",
                        std::move(manifest),
                        {{std::move(layer), *std::move(payload)}}});
}

}  // namespace assay
