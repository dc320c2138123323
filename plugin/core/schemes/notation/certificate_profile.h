// What the Notary Project asks of the certificates of a signature
// (signature-specification.md, "Certificate Requirements"), walked by hand:
// OpenSSL's own judgement of a path refuses what the specification accepts,
// such as unknown critical extensions, and knows no code-signing rules.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_CERTIFICATE_PROFILE_H_
#define ASSAY_CORE_SCHEMES_NOTATION_CERTIFICATE_PROFILE_H_

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/trust/certificate.h"

namespace assay {

enum class ChainUse : std::uint8_t { kSigning = 1, kStamping };

// The certificates of a chain, leaf first. Errors: kCertificateMalformed.
Result<std::vector<Certificate>> ReadChain(
    std::span<const std::string> certificates);

// That the chain is whole, in order, signed link by link up to a self-signed
// root, and that each certificate may do what it does there. Says nothing about
// trust and nothing about time. Errors: kCertificateProfile,
// kCertificateUntrusted (a link that does not hold), kKeyUnsupported.
Status CheckChain(std::span<const Certificate> chain, ChainUse use);

// Errors: kCertificateExpired, naming the first that was not valid then.
Status CheckValidAt(std::span<const Certificate> chain, Time time);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_CERTIFICATE_PROFILE_H_
