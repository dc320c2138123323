// Keyring: the public keys of one signer, the ways each of them may verify,
// and when they may. Shared by every scheme whose signers are plain keys.
// Immutable and thread-safe.
#ifndef ASSAY_CORE_SCHEMES_KEYRING_H_
#define ASSAY_CORE_SCHEMES_KEYRING_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/toml.h"
#include "core/schemes/signer_window.h"
#include "core/schemes/trust_files.h"
#include "core/trust/public_key.h"

namespace assay {

// What was signed: bytes, their digest, or both. Each hash is made once,
// however many keys ask for it; one owner thread.
class SignedMessage {
 public:
  // Borrows `bytes`.
  explicit SignedMessage(std::string_view bytes) : bytes_(bytes) {}
  // A message known by its digest; `bytes`, where they are at hand, hash to it.
  SignedMessage(const Digest& digest, std::optional<std::string_view> bytes);

  // One more digest of the same message.
  void Know(const Digest& digest);

  const std::optional<std::string_view>& bytes() const { return bytes_; }
  // Null when neither the bytes nor that digest are known.
  const Digest* By(HashAlgorithm algorithm) const;

 private:
  std::optional<std::string_view> bytes_;
  mutable std::array<std::optional<Digest>, 3> digests_;
};

struct TrustedKey {
  PublicKey key;
  std::string identity;                        // "key:sha256:<hex of the SPKI>"
  std::vector<SignatureAlgorithm> algorithms;  // tried in this order

  bool Verifies(const SignedMessage& message, std::string_view signature) const;
  // The one of `algorithms` by which the signature verifies; nullopt if none.
  std::optional<SignatureAlgorithm> AlgorithmOf(
      const SignedMessage& message, std::string_view signature) const;
};

// How a key is used where the policy pins nothing: sigstore tries what cosign
// 2 and 3 write for that kind of key; `openssl dgst` and containers/image mean
// SHA-256, and PKCS #1 v1.5 of an RSA key.
enum class KeyUse : std::uint8_t { kSigstore = 1, kOpenssl, kContainers };

struct KeyringOptions {
  std::optional<HashAlgorithm> hash;
  std::optional<Padding> padding;
  SignerWindow window;
  // Why keys are not here that the policy names; then there may be none.
  std::optional<Error> missing;
};

class Keyring {
 public:
  // Errors: kPolicyMalformed (no key, one key twice, a pin that a key cannot
  // follow, an empty validity window).
  static Result<Keyring> Make(std::vector<PublicKey> keys, KeyUse use,
                              const KeyringOptions& options);
  // Reads the keys `keys`, `hash`, `padding`, `valid_from` and `valid_until`
  // of a signer's table. nullopt after at least one Diagnostic. What is wrong
  // with what a cluster holds is none: it leaves the signer without that key,
  // not the node without its policy.
  static std::optional<Keyring> Read(TomlReader& table, TrustFiles& files,
                                     KeyUse use);

  const std::vector<TrustedKey>& keys() const { return keys_; }
  const std::optional<Time>& valid_until() const {
    return options_.window.until;
  }

  // The key that made `signature`; null when none did.
  const TrustedKey* FindSigner(const SignedMessage& message,
                               std::string_view signature) const;
  // The key with this SubjectPublicKeyInfo digest; null when it is not here.
  const TrustedKey* Find(const Digest& fingerprint) const;

  // Why none of the keys made a signature over this message: what is missing,
  // kArtifactNeeded where too little of the message is known to tell, or
  // kSignatureInvalid.
  Error WhyUnverified(const SignedMessage& message) const;
  // `error`, unless keys are missing that might have verified: then why.
  Error UnlessMissing(Error error) const {
    if (options_.missing) return *options_.missing;
    return error;
  }

  // Errors: kKeyNotYetValid, kKeyExpired.
  Status JudgeTime(Time now) const { return options_.window.Judge(now); }

  // "ecdsa-p256 sha256:ab..., valid until 2026-01-01T00:00:00Z".
  std::string Summary() const;

 private:
  explicit Keyring(const KeyringOptions& options) : options_(options) {}

  KeyringOptions options_;
  std::vector<TrustedKey> keys_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_KEYRING_H_
