// TimestampToken: a decoded token of RFC 3161 and what it says; for the .cc
// files that judge one. Whom to believe is theirs to know.
#ifndef ASSAY_CORE_TRUST_TIMESTAMP_TOKEN_H_
#define ASSAY_CORE_TRUST_TIMESTAMP_TOKEN_H_

#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/trust/certificate.h"

namespace assay {

// Between these the message existed, both included: the stated time widened by
// its accuracy to whole seconds.
struct StampedTime {
  Time stated{};
  Time earliest{};
  Time latest{};
};

// One owner thread.
class TimestampToken {
 public:
  // DER, without trailing bytes; exactly one signer. Errors:
  // kTimestampMalformed (also for a response that was not granted).
  static Result<TimestampToken> OfResponse(std::string_view der);
  // The bare token (RFC 5652 ContentInfo).
  static Result<TimestampToken> OfToken(std::string_view der);

  TimestampToken(TimestampToken&&) noexcept;
  TimestampToken& operator=(TimestampToken&&) noexcept;
  ~TimestampToken();

  // That it is over `message`, by a hash of the SHA-2 family. Errors:
  // kTimestampInvalid.
  Status CheckImprint(std::string_view message) const;
  // Errors: kTimestampMalformed.
  Result<StampedTime> ReadTime() const;
  // The certificates it carries; nothing says that they are any good. Errors:
  // kCertificateMalformed.
  Result<std::vector<Certificate>> Certificates() const;
  // The certificate that signed it, its signature verified; nothing says yet
  // that the certificate was valid. `trusted` ends its path, `known` may stand
  // in for what the token does not hold. Errors: kTimestampInvalid.
  Result<Certificate> FindSigner(const std::vector<Certificate>& trusted,
                                 const std::vector<Certificate>& known) const;
  // That its one signer names its certificate by a strong hash (RFC 5816), in
  // the version of RFC 3161. Errors: kTimestampInvalid.
  Status CheckSignerAttributes() const;

 private:
  struct Decoded;
  explicit TimestampToken(std::unique_ptr<Decoded> decoded);

  std::unique_ptr<Decoded> decoded_;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_TIMESTAMP_TOKEN_H_
