// Whether the certificates of a chain have been revoked, by OCSP and by lists
// with their deltas, as the Notary Project asks (trust-store-trust-policy.md,
// "Certificate Revocation Evaluation").
//
// What is kept is used until its next update is due; then the place is asked,
// if it may be, and what is kept has to do for as long as the terms allow. What
// once revoked a certificate is never forgotten for being old, nor for what an
// older document says that a place answers with now.
#ifndef ASSAY_CORE_TRUST_REVOCATION_REVOCATION_CHECK_H_
#define ASSAY_CORE_TRUST_REVOCATION_REVOCATION_CHECK_H_

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/trust/certificate.h"
#include "core/trust/revocation/revocation_source.h"

namespace assay {

// When an answer of OCSP without a next update is due: its responder has newer
// ones at all times, but not every container can wait for one.
inline constexpr std::chrono::hours kOcspDefaultDue{1};

struct RevocationTerms {
  Time now{};
  // How long after its next update was due an answer still counts.
  std::chrono::seconds staleness{0};
  // The time of signing that an authority vouches for: a certificate that was
  // revoked for what happened later counts.
  std::optional<Time> signed_at;
  // Until when places may be asked; nullopt: what is kept must do.
  std::optional<Deadline> fetch_until;
};

struct RevocationFindings {
  // When the first answer stops counting; nullopt where there was none to ask.
  std::optional<Time> until;
  // Subjects of certificates that name no place to ask.
  std::vector<std::string> unasked;
};

// Of every certificate but the last, which is the root. The chain must hold
// already: leaf first, each signed by the next. Errors: kCertificateRevoked as
// soon as one is; else kRevocationUnknown where one could not be told.
Result<RevocationFindings> CheckRevocation(std::span<const Certificate> chain,
                                           RevocationSource& source,
                                           const RevocationTerms& terms);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_REVOCATION_REVOCATION_CHECK_H_
