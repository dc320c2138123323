// The sigstore bundle (protobuf-specs sigstore_bundle.proto, JSON mapping),
// versions 0.1 to 0.3. Reading a bundle verifies nothing.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_BUNDLE_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_BUNDLE_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "core/schemes/sigstore/candidate.h"

namespace assay {

// Every bundle's artifact and layer type starts with it.
inline constexpr std::string_view kBundleTypePrefix =
    "application/vnd.dev.sigstore.bundle";

struct Bundle {
  Material material;
  std::string signature;
  // Exactly one of them: a signed envelope, or the digest of signed bytes.
  std::optional<Envelope> envelope;
  std::optional<Digest> message;

  // In the order of the checks: version (kBundleVersion), verification
  // material (kBundleMaterial, kBundleMalformed), content (kBundleContent,
  // kBundleMalformed), log entries and timestamps (kBundleMalformed); before
  // that, the errors of Json::Parse.
  static Result<Bundle> Parse(std::string_view bytes);
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_BUNDLE_H_
