// The two forms of an ECDSA signature: r and s side by side (RFC 7518 section
// 3.4, RFC 9053 section 2.1), and DER (RFC 3279 section 2.2.3).
#ifndef ASSAY_CORE_TRUST_ECDSA_SIGNATURE_H_
#define ASSAY_CORE_TRUST_ECDSA_SIGNATURE_H_

#include <optional>
#include <string>
#include <string_view>

#include "core/trust/public_key.h"

namespace assay {

// The DER form of `raw`; nullopt where `raw` has not the one length of the
// curve, or `kind` is no ECDSA key.
std::optional<std::string> EcdsaDer(KeyKind kind, std::string_view raw);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_ECDSA_SIGNATURE_H_
