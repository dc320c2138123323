// The sigstore bundle (protobuf-specs sigstore_bundle.proto, JSON mapping),
// versions 0.1 to 0.3, as far as signatures by keys need it. Reading a bundle
// verifies nothing.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_BUNDLE_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_BUNDLE_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// Every bundle's artifact and layer type starts with it.
inline constexpr std::string_view kBundleTypePrefix =
    "application/vnd.dev.sigstore.bundle";

// A bundle that a key signed: a DSSE envelope with exactly one signature and
// no certificate.
struct KeyBundle {
  std::string hint;  // names the key; a hint, "" when absent
  std::string payload_type;
  std::string payload;
  std::string signature;

  // In the order of the checks: version (kBundleVersion), verification
  // material (kBundleMaterial, kBundleMalformed), content (kBundleContent,
  // kBundleMalformed), log entries and timestamps (kBundleMalformed); before
  // that, the errors of Json::Parse.
  static Result<KeyBundle> Parse(std::string_view bytes);

  // What the signature is over: DSSE's pre-authentication encoding
  // (secure-systems-lab/dsse, protocol.md).
  std::string SignedBytes() const;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_BUNDLE_H_
