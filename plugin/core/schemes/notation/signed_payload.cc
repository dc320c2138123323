#include "core/schemes/notation/signed_payload.h"

#include <algorithm>

#include "base/json.h"
#include "base/limits.h"

namespace assay {
namespace {

Error Other(const std::string& what) {
  return Fail(Reason::kSignatureOtherImage, what);
}

// The media type a manifest gives itself; an OCI one need not.
std::string OwnMediaType(std::string_view document) {
  const auto json = Json::Parse(document, limits::kManifestBytes);
  const auto* type = json ? json->FindString("mediaType") : nullptr;
  return type == nullptr ? std::string() : *type;
}

}  // namespace

Result<SignedPayload> SignedPayload::Parse(std::string_view bytes) {
  const auto json = Json::Parse(bytes, limits::kSimpleSigningBytes);
  if (!json) return json.error();
  const auto* artifact = json->Find("targetArtifact");
  if (artifact == nullptr || json->AsObject()->size() != 1) {
    return Fail(Reason::kPayloadMalformed,
                "it must hold targetArtifact and nothing else");
  }
  auto descriptor = Descriptor::Read(*artifact);
  if (!descriptor) {
    return Fail(Reason::kPayloadMalformed, descriptor.error().detail);
  }
  return SignedPayload{*std::move(descriptor)};
}

Status SignedPayload::CheckNames(const SigningTarget& target) const {
  const auto& digests = target.digests;
  if (std::find(digests.begin(), digests.end(), artifact.digest) ==
      digests.end()) {
    return Other("it is over " + artifact.digest.str());
  }
  if (target.documents == nullptr) return Ok();
  const auto found = target.documents->find(artifact.digest);
  if (found == target.documents->end()) return Ok();
  if (static_cast<std::int64_t>(found->second.size()) != artifact.size) {
    return Other("it states another size");
  }
  const std::string type = OwnMediaType(found->second);
  if (!type.empty() && type != artifact.media_type) {
    return Other("it states another media type");
  }
  return Ok();
}

}  // namespace assay
