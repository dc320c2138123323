// TrustStore: certificates that the operator trusts for one purpose
// (trust-store-trust-policy.md, "Trust Store"). A signature is authentic when
// one certificate of its chain is byte for byte one of these, so an
// intermediate or a leaf can be pinned as well as a root.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_TRUST_STORE_H_
#define ASSAY_CORE_SCHEMES_NOTATION_TRUST_STORE_H_

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/toml.h"
#include "core/schemes/trust_files.h"
#include "core/trust/certificate.h"

namespace assay {

class TrustStore {
 public:
  // The files and folders named by `key` of a signer's table, PEM or DER; empty
  // where the key is absent. Certificates that are neither an authority nor
  // self-signed are refused. nullopt after a Diagnostic.
  static std::optional<TrustStore> Read(TomlReader& table, std::string_view key,
                                        TrustFiles& files);

  bool empty() const { return certificates_.empty(); }
  const std::vector<Certificate>& certificates() const { return certificates_; }
  bool Holds(std::span<const Certificate> chain) const;

 private:
  std::vector<Certificate> certificates_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_TRUST_STORE_H_
