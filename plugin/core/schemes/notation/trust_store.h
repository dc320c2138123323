// TrustStore: certificates that the operator trusts for one purpose
// (trust-store-trust-policy.md, "Trust Store"). A signature is authentic when
// one certificate of its chain is byte for byte one of these, so an
// intermediate or a leaf can be pinned as well as a root.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_TRUST_STORE_H_
#define ASSAY_CORE_SCHEMES_NOTATION_TRUST_STORE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/toml.h"
#include "core/schemes/trust_files.h"
#include "core/trust/certificate.h"

namespace assay {

// Who stands in it: authorities, or roots of time stamps alone.
enum class StoreUse : std::uint8_t { kSigning = 1, kStamping };

class TrustStore {
 public:
  // The files and folders named by `key` of a signer's table, PEM or DER; empty
  // where the key is absent. Certificates that are neither an authority nor
  // self-signed are refused. nullopt after a Diagnostic.
  static std::optional<TrustStore> Read(TomlReader& table, std::string_view key,
                                        TrustFiles& files);

  // All of the files; certificates that may not stand there are refused, and so
  // is a store without any. Errors: kCertificateProfile, kPolicyMalformed, and
  // those of Certificate's parsers.
  static Result<TrustStore> Of(std::span<const TrustFile> files, StoreUse use);

  void Add(const TrustStore& other);

  bool empty() const { return certificates_.empty(); }
  const std::vector<Certificate>& certificates() const { return certificates_; }
  bool Holds(std::span<const Certificate> chain) const;

 private:
  std::vector<Certificate> certificates_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_TRUST_STORE_H_
