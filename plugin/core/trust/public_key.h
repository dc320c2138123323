// PublicKey: an immutable, parsed public key and the ways it may verify. The
// key and the policy choose the algorithm, never the artifact. OpenSSL (and
// libsodium for Ed25519ph) stay behind this header.
#ifndef ASSAY_CORE_TRUST_PUBLIC_KEY_H_
#define ASSAY_CORE_TRUST_PUBLIC_KEY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

enum class KeyKind : std::uint8_t {
  kEcdsaP256 = 1,
  kEcdsaP384,
  kEcdsaP521,
  kRsa2048,
  kRsa3072,
  kRsa4096,
  kEd25519,
};

std::string_view KeyKindName(KeyKind kind);

// RSA only. kPss takes any salt, kPssHashSalt only one as long as the hash (RFC
// 7518 section 3.5).
enum class Padding : std::uint8_t { kPkcs1 = 1, kPss, kPssHashSalt };

// One way to check a signature. For Ed25519 `prehashed` means Ed25519ph
// (RFC 8032 section 5.1, empty context) and `hash` is ignored.
struct SignatureAlgorithm {
  HashAlgorithm hash = HashAlgorithm::kSha256;
  Padding padding = Padding::kPkcs1;
  bool prehashed = false;

  friend bool operator==(const SignatureAlgorithm&,
                         const SignatureAlgorithm&) = default;
};

// Copies share one parsed key; all operations are thread-safe.
class PublicKey {
 public:
  // All PEM "PUBLIC KEY" blocks of a file, in order; nothing else may stand
  // between them but white space and comment lines. Private keys are refused
  // by name. Errors: kKeyMalformed, kKeyUnsupported (kind, curve, size).
  static Result<std::vector<PublicKey>> ParsePem(std::string_view pem);
  // A DER SubjectPublicKeyInfo (RFC 5280 section 4.1) in its one canonical
  // form, without trailing bytes.
  static Result<PublicKey> ParseDer(std::string_view spki);
  // A key file: one DER key, or PEM.
  static Result<std::vector<PublicKey>> ParseFile(std::string_view bytes);

  KeyKind kind() const;
  const Digest& fingerprint() const;  // SHA-256 of the SubjectPublicKeyInfo
  const std::string& spki() const;    // DER

  // True when `signature` over `message` verifies under `algorithm`. ECDSA
  // signatures are strict DER.
  bool Verify(const SignatureAlgorithm& algorithm, std::string_view message,
              std::string_view signature) const;
  // The same where only the message's digest is at hand. False for Ed25519,
  // and when the digest is not of `algorithm.hash`.
  bool VerifyDigest(const SignatureAlgorithm& algorithm, const Digest& digest,
                    std::string_view signature) const;

 private:
  struct Parsed;
  explicit PublicKey(std::shared_ptr<const Parsed> parsed);

  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_PUBLIC_KEY_H_
