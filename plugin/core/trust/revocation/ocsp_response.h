// OcspResponse: what a responder answers about one certificate (RFC 6960).
// Nothing in it is believed before AnswerFor.
#ifndef ASSAY_CORE_TRUST_REVOCATION_OCSP_RESPONSE_H_
#define ASSAY_CORE_TRUST_REVOCATION_OCSP_RESPONSE_H_

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
  std::optional<Time> invalid_since;  // of kRevoked, where it is said
};

// The DER of a request about `one`: one certificate, named by SHA-1 as every
// responder understands it, without nonce.
std::string OcspRequestFor(const Certificate& one, const Certificate& issuer);

// Copies share one parsed response; all operations are thread-safe.
class OcspResponse {
 public:
  // One DER response without trailing bytes, of at most
  // limits::kOcspResponseBytes. Errors: kRevocationMalformed (also for a
  // response that reports an error).
  static Result<OcspResponse> ParseDer(std::string_view der);

  // What it says about `one`, if the issuer, or a certificate that the issuer
  // made for this purpose and that is valid at `now`, signed it. Errors:
  // kRevocationInvalid.
  Result<OcspAnswer> AnswerFor(const Certificate& one,
                               const Certificate& issuer, Time now) const;

 private:
  struct Parsed;
  explicit OcspResponse(std::shared_ptr<const Parsed> parsed);

  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_REVOCATION_OCSP_RESPONSE_H_
