// RevocationList: an immutable, parsed list of the certificates that an
// authority has revoked (RFC 5280 section 5), whole or a delta. Nothing in it
// is believed before CheckSignedBy.
#ifndef ASSAY_CORE_TRUST_REVOCATION_REVOCATION_LIST_H_
#define ASSAY_CORE_TRUST_REVOCATION_REVOCATION_LIST_H_

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/trust/certificate.h"
#include "core/trust/revocation/distribution_point.h"

namespace assay {

// The number of a list: not negative, of at most 20 octets.
struct ListNumber {
  std::string bytes;  // big endian, without leading zeros

  std::strong_ordering operator<=>(const ListNumber& other) const;
  bool operator==(const ListNumber&) const = default;
};

// What a list says about one certificate (RFC 5280 section 5.3). An entry whose
// reason or time cannot be read has none: it revokes for good.
struct RevocationEntry {
  Time revoked_at{};
  bool on_hold = false;  // reason 6
  bool removed = false;  // reason 8: no longer on hold
  std::optional<Time> invalid_since;
};

// Copies share one parsed list; all operations are thread-safe.
class RevocationList {
 public:
  // One DER list of version 2 without trailing bytes, of at most
  // limits::kRevocationListBytes. Errors: kRevocationMalformed.
  static Result<RevocationList> ParseDer(std::string_view der);

  // That the issuer, an authority that may sign lists, signed it with a hash of
  // the SHA-2 family, that neither it nor an entry holds a critical extension
  // that is not understood, and that it is about certificates of this issuer.
  // Errors: kRevocationInvalid.
  Status CheckSignedBy(const Certificate& issuer) const;

  // Whether a certificate of the list's signer that has no entry is not
  // revoked, as far as one whole list can tell: whether the list speaks about
  // it, in the name of the distribution point that was asked, for all reasons.
  // A delta does not. Errors: kRevocationInvalid.
  Status CheckSpeaksOf(const Certificate& one,
                       const DistributionPoint& point) const;

  // Whether the delta, of the same signer, changes this whole list (RFC 5280
  // section 5.2.4; equal numbers are refused, for then it changes nothing).
  // Errors: kRevocationInvalid.
  Status CheckChangedBy(const RevocationList& delta) const;

  // Whether both speak of the same certificates, and both are deltas or none.
  bool IsLike(const RevocationList& other) const;

  // Whether it revokes for good everybody whom the other one does, of the same
  // signer.
  bool RevokesAllOf(const RevocationList& other) const;

  Time this_update() const;
  const std::optional<Time>& next_update() const;
  const std::optional<ListNumber>& number() const;
  // Of a delta: the number of the list that it changes.
  const std::optional<ListNumber>& base_number() const;
  // Where deltas of this list are.
  const std::vector<std::string>& freshest_urls() const;

  // Every entry about the certificate, which the list's signer issued.
  std::vector<RevocationEntry> Find(const Certificate& one) const;

 private:
  struct Parsed;
  explicit RevocationList(std::shared_ptr<const Parsed> parsed);

  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_REVOCATION_REVOCATION_LIST_H_
