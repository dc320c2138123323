// Certificate: an immutable, parsed X.509 certificate (RFC 5280). Nothing here
// makes one trusted; certificate_authority.h judges paths.
#ifndef ASSAY_CORE_TRUST_CERTIFICATE_H_
#define ASSAY_CORE_TRUST_CERTIFICATE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/trust/public_key.h"
#include "core/trust/validity.h"

namespace assay {

// One subject alternative name; `value` is as the certificate holds it.
struct AlternativeName {
  enum class Kind : std::uint8_t { kOther = 0, kEmail, kUri, kDns };

  Kind kind = Kind::kOther;
  std::string type;   // of kOther: the name's OID, else ""
  std::string value;  // of kOther: the text of a UTF8String, else ""
};

// Copies share one parsed certificate; all operations are thread-safe.
class Certificate {
 public:
  // One DER certificate without trailing bytes. Errors: kCertificateMalformed
  // (also for an extension that occurs twice, or a name that holds a NUL).
  static Result<Certificate> ParseDer(std::string_view der);
  // All PEM "CERTIFICATE" blocks of a text, in order; at least one.
  static Result<std::vector<Certificate>> ParsePem(std::string_view pem);

  const std::string& der() const;
  const std::string& spki() const;
  const Validity& validity() const;
  bool is_authority() const;  // basic constraints: CA
  bool IsSelfIssued() const;  // subject and issuer are one name
  // The subject, as people read it.
  std::string Subject() const;

  // Whether the key may make digital signatures (key usage).
  bool MaySign() const;
  // Whether the extended key usage holds this purpose, by its OID; false where
  // there is no such extension.
  bool HasPurpose(std::string_view oid) const;
  bool HasPurposes() const;
  // Whether it is the only one, in an extension that is marked critical.
  bool OnlyPurpose(std::string_view oid) const;
  bool ConstrainsNames() const;  // it has that extension

  const std::vector<AlternativeName>& alternative_names() const;

  // The value of an extension, by its OID; null when it is not there.
  const std::string* Extension(std::string_view oid) const;

  // Errors: kKeyMalformed, kKeyUnsupported.
  Result<PublicKey> Key() const;

  friend bool operator==(const Certificate& a, const Certificate& b) {
    return a.der() == b.der();
  }

 private:
  friend struct CertificateAccess;  // for the OpenSSL code of this folder
  struct Parsed;
  explicit Certificate(std::shared_ptr<const Parsed> parsed);

  std::shared_ptr<const Parsed> parsed_;
};

inline constexpr std::string_view kCodeSigning = "1.3.6.1.5.5.7.3.3";
inline constexpr std::string_view kTimeStamping = "1.3.6.1.5.5.7.3.8";

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_CERTIFICATE_H_
