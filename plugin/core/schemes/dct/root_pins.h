// RootPins: which roots of trust data the policy believes: by public key, by
// the key id of Notary v1, or by an authority. Nothing is believed because it
// came first.
//
// A key of the root role counts only in a certificate whose common name is the
// repository, or ends in "*" and begins it: that is all that ties a publisher's
// key to one repository (notary trustpinning/certs.go).
#ifndef ASSAY_CORE_SCHEMES_DCT_ROOT_PINS_H_
#define ASSAY_CORE_SCHEMES_DCT_ROOT_PINS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/toml.h"
#include "core/schemes/dct/metadata.h"
#include "core/schemes/trust_files.h"
#include "core/trust/certificate_authority.h"
#include "core/trust/validity.h"

namespace assay::dct {

// By a key's fingerprint, when its certificate is valid.
using RootSigners = std::map<Digest, Validity>;

// The keys of `root`'s own root role that signed `envelope` and that may sign
// for the repository.
RootSigners RootSignersOf(const Root& root, std::string_view repository,
                          const Envelope& envelope);

// Immutable and thread-safe.
class RootPins {
 public:
  // Reads the keys `root_keys` (files with public keys or certificates),
  // `root_key_ids` and `root_ca` of a signer's table. nullopt after at least
  // one Diagnostic, also where nothing is pinned.
  static std::optional<RootPins> Read(TomlReader& table, TrustFiles& files);

  // Of a root's signers those that are pinned; with when the path to the
  // authority that pins one is valid, else without end. Enough of them make it
  // a root that is believed.
  RootSigners PinnedAmong(const Root& root, std::string_view repository,
                          const Envelope& envelope) const;

  // Everything that is pinned, in words that differ where pins do.
  const std::string& str() const { return text_; }
  std::string Summary() const;

 private:
  RootPins() = default;
  bool AddKeys(TomlReader& table, TrustFiles& files);
  bool AddKeyIds(TomlReader& table);
  bool AddAuthorities(TomlReader& table, TrustFiles& files);
  std::optional<Validity> PinOf(const std::string& id, const Key& key) const;

  std::set<Digest> keys_;  // fingerprints
  std::set<std::string, std::less<>> key_ids_;
  std::vector<CertificateAuthority> authorities_;
  std::string text_;
};

}  // namespace assay::dct

#endif  // ASSAY_CORE_SCHEMES_DCT_ROOT_PINS_H_
