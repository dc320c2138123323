// The payload of simple signing (containers/image,
// docs/containers-signature.5.md), as tools of containers sign it with OpenPGP,
// cosign in its legacy form and Binary Authorization in its attestations.
// Parsed only after its bytes have been verified.
#ifndef ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_PAYLOAD_H_
#define ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_PAYLOAD_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

// Whose signature it is, which the payload must say.
enum class SimpleSigningType : std::uint8_t {
  kCosign = 1,  // "cosign container image signature"
  kAtomic,      // "atomic container signature", of OpenPGP
  // "Google cloud binauthz container signature", however it is spelt.
  kBinaryAuthorization,
};

struct SimpleSigning {
  Digest manifest;               // critical.image.docker-manifest-digest
  std::string docker_reference;  // critical.identity.docker-reference
  std::map<std::string, std::string> annotations;  // strings of `optional`

  // Exactly the members of the format, each once; `optional` may be null for
  // cosign alone, and Binary Authorization has none. Errors: those of
  // Json::Parse, kTooLarge, kPayloadMalformed, kPayloadType, kDigestMalformed.
  static Result<SimpleSigning> Parse(std::string_view payload,
                                     SimpleSigningType type);
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_PAYLOAD_H_
