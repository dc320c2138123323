// TrustedRoot: the logs and authorities of a sigstore deployment that the
// operator trusts, as trusted_root.json names them (protobuf-specs
// sigstore_trustroot.proto). Immutable and thread-safe, parsed once a reload.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_TRUSTED_ROOT_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_TRUSTED_ROOT_H_

#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/trust/certificate_authority.h"
#include "core/trust/timestamp.h"
#include "core/trust/transparency_log.h"

namespace assay {

class TrustedRoot {
 public:
  // Keys of a kind Assay does not verify are left out; anything malformed,
  // twice there or without the start of its validity fails the whole root.
  // Errors: kTrustedRootMalformed.
  static Result<TrustedRoot> Parse(std::string_view json);
  // Of a deployment that is described otherwise. No two logs have one id.
  static TrustedRoot Of(std::vector<TransparencyLog> logs,
                        std::vector<CertificateAuthority> authorities);

  // Null where there is no such log.
  const TransparencyLog* FindLog(std::string_view id) const;
  const TransparencyLog* FindCertificateLog(std::string_view id) const;
  const std::vector<TransparencyLog>& logs() const { return logs_; }
  const std::vector<TransparencyLog>& certificate_logs() const {
    return certificate_logs_;
  }
  const std::vector<CertificateAuthority>& authorities() const {
    return authorities_;
  }
  const std::vector<TimestampAuthority>& timestamp_authorities() const {
    return timestamp_authorities_;
  }

 private:
  friend class TrustedRootReader;
  TrustedRoot() = default;

  std::vector<TransparencyLog> logs_;
  std::vector<TransparencyLog> certificate_logs_;
  std::vector<CertificateAuthority> authorities_;
  std::vector<TimestampAuthority> timestamp_authorities_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_TRUSTED_ROOT_H_
