// OpenpgpKeyring: OpenPGP keys that are trusted (RFC 4880), and what they have
// signed. The mathematics are librnp's, which is loaded when a keyring is read
// and not before: whoever has no OpenPGP key pays nothing for it. What a
// message is, is ours to say (packet_walk.h); what a key may do is checked
// here, too.
#ifndef ASSAY_CORE_TRUST_OPENPGP_OPENPGP_KEYRING_H_
#define ASSAY_CORE_TRUST_OPENPGP_OPENPGP_KEYRING_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace assay {

// A primary key, as its file describes it.
struct OpenpgpKey {
  std::string fingerprint;            // upper-case hex, as gpg prints it
  std::string algorithm;              // "rsa3072", "ed25519", "nist p-256"
  std::vector<std::string> user_ids;  // text of the key's owner: untrusted
  std::optional<Time> expires;        // nullopt = never
  bool revoked = false;
};

// A signature that holds, and the bytes it is over.
struct OpenpgpSignature {
  std::string primary;  // fingerprint of the primary key: who signed
  std::string key;      // of the key that signed: the primary or a subkey of it
  Time created{};
  // When the signature, its key or that key's primary expires, the earliest.
  std::optional<Time> expires;
  std::string content;
};

// Immutable. Thread-safe: librnp's objects are not, so every verification takes
// a set of its own out of a pool, and makes one where the pool is empty.
class OpenpgpKeyring {
 public:
  // Public keys, binary or armored, any number in one file; one that is there
  // twice counts once, and what both files say of it holds. Errors:
  // kOpenpgpUnavailable (no librnp on this machine), kKeyMalformed (also for
  // none at all and for private keys), kKeyUnsupported (too weak a primary).
  static Result<OpenpgpKeyring> Parse(std::vector<std::string> files);

  OpenpgpKeyring(OpenpgpKeyring&&) noexcept;
  OpenpgpKeyring& operator=(OpenpgpKeyring&&) noexcept;
  ~OpenpgpKeyring();

  // The primary keys, in the order of their fingerprints.
  const std::vector<OpenpgpKey>& keys() const;

  // One signed message, at `now`. Errors: those of WalkOpenpgpMessage,
  // kSignatureForeignKey, kSignatureInvalid, kSignatureExpired; of the signing
  // key or its primary kKeyNotYetValid, kKeyExpired, kKeyRevoked, kKeyUsage,
  // kKeyUnsupported.
  Result<OpenpgpSignature> Verify(std::string_view message, Time now) const;

 private:
  class Impl;
  explicit OpenpgpKeyring(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_OPENPGP_OPENPGP_KEYRING_H_
