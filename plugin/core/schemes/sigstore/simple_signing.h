// The payload of a cosign signature in its legacy form ("simple signing",
// containers/image docs/containers-signature.5.md, field names as cosign
// writes them). Parsed only after its bytes have been verified.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_SIMPLE_SIGNING_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_SIMPLE_SIGNING_H_

#include <map>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

struct SimpleSigning {
  Digest manifest;               // critical.image.docker-manifest-digest
  std::string docker_reference;  // critical.identity.docker-reference
  std::map<std::string, std::string> annotations;  // strings of `optional`

  // Exactly the members of the format, each once. Errors: those of
  // Json::Parse, kTooLarge, kPayloadMalformed, kPayloadType,
  // kDigestMalformed.
  static Result<SimpleSigning> Parse(std::string_view payload);
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_SIMPLE_SIGNING_H_
