// Unpacking the compressed packet of an OpenPGP message.
#ifndef ASSAY_CORE_TRUST_OPENPGP_INFLATE_H_
#define ASSAY_CORE_TRUST_OPENPGP_INFLATE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

enum class Deflated : std::uint8_t {
  kRaw = 1,  // RFC 1951, "ZIP" of RFC 4880 section 9.3
  kZlib,     // RFC 1950
};

// All of `packed`, which must end where its stream does. Never makes more than
// `most` bytes. Errors: kTooLarge, kOpenpgpMalformed.
Result<std::string> Inflate(std::string_view packed, Deflated form,
                            std::size_t most);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_OPENPGP_INFLATE_H_
