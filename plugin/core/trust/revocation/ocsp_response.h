// OcspResponse: what a responder answers about certificates (RFC 6960). Nothing
// in it is believed before AnswerFor.
#ifndef ASSAY_CORE_TRUST_REVOCATION_OCSP_RESPONSE_H_
#define ASSAY_CORE_TRUST_REVOCATION_OCSP_RESPONSE_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "core/trust/certificate.h"

namespace assay {

enum class OcspStatus : std::uint8_t { kUnknown = 0, kGood, kRevoked };

struct OcspAnswer {
  OcspStatus status = OcspStatus::kUnknown;
  Time this_update{};
  std::optional<Time> next_update;
  Time revoked_at{};                  // of kRevoked
  bool on_hold = false;               // of kRevoked: it may be taken back
  std::optional<Time> invalid_since;  // of kRevoked, where it is said
};

// How far an authority's clock may be ahead of this node's.
inline constexpr std::chrono::minutes kAuthorityClockSkew{5};

inline constexpr std::string_view kOcspSigning = "1.3.6.1.5.5.7.3.9";

// The DER of a request about `one`: one certificate, named by SHA-1 as every
// responder understands it, without nonce. The same bytes every time.
std::string OcspRequestFor(const Certificate& one, const Certificate& issuer);

// Copies share one parsed response; all operations are thread-safe.
class OcspResponse {
 public:
  // One DER response without trailing bytes, of at most
  // limits::kOcspResponseBytes. Errors: kRevocationMalformed (also for a
  // response that reports an error).
  static Result<OcspResponse> ParseDer(std::string_view der);

  // What it says about `one`, where it says so once, and the issuer, or a
  // certificate that the issuer made for this purpose and that is valid at
  // `now`, signed it with a hash of the SHA-2 family. An answer from times to
  // come is none, by more than kAuthorityClockSkew. What revokes is believed of
  // either: also of a certificate that was valid when it was said. Whether that
  // certificate has been revoked itself is not asked. Errors:
  // kRevocationInvalid.
  Result<OcspAnswer> AnswerFor(const Certificate& one,
                               const Certificate& issuer, Time now) const;

 private:
  struct Parsed;
  explicit OcspResponse(std::shared_ptr<const Parsed> parsed);

  Status CheckResponder(const Certificate& one, const Certificate& issuer,
                        Time when) const;

  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_REVOCATION_OCSP_RESPONSE_H_
