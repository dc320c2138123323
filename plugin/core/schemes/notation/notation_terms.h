// NotationTerms: what somebody asks of a Notary Project signature before it
// counts: a native signer, or a statement of an imported trust policy
// (trust-store-trust-policy.md).
#ifndef ASSAY_CORE_SCHEMES_NOTATION_NOTATION_TERMS_H_
#define ASSAY_CORE_SCHEMES_NOTATION_NOTATION_TERMS_H_

#include <chrono>
#include <cstdint>

#include "core/schemes/notation/signer_identities.h"
#include "core/schemes/notation/trust_store.h"

namespace assay {

// What a failed check does: it refuses the signature, or is only noted.
enum class CheckAction : std::uint8_t { kEnforce = 0, kNote };

// What becomes of certificates that have been revoked, or of which nobody
// knows.
enum class RevocationRule : std::uint8_t {
  kStrict = 0,  // both refuse the signature
  kSoftFail,    // what is not known is only noted
  kNote,        // both are only noted
  kOff,         // nobody is asked
};

struct NotationTerms {
  TrustStore authorities;            // for the scheme notary.x509
  TrustStore signing_authorities;    // for notary.x509.signingAuthority
  TrustStore timestamp_authorities;  // roots; empty: time stamps do not count
  // Whether a time stamp is asked for while all certificates are valid, too.
  bool always_stamped = true;
  SignerIdentities identities;

  // Of trust and identity, of the times certificates are valid in, and of the
  // signature's own expiry. What the signature is made of is always enforced.
  CheckAction authenticity = CheckAction::kEnforce;
  CheckAction times = CheckAction::kEnforce;
  CheckAction expiry = CheckAction::kEnforce;

  RevocationRule revocation = RevocationRule::kStrict;
  // Of the certificates behind a time stamp.
  RevocationRule stamp_revocation = RevocationRule::kStrict;
  // How long after its next update was due an answer still counts.
  std::chrono::seconds revocation_staleness{0};
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_NOTATION_TERMS_H_
