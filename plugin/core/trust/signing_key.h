// SigningKey: a private key of this node's own, ECDSA on P-256 with SHA-256,
// which FIPS providers have, too. What images are signed with is never one.
#ifndef ASSAY_CORE_TRUST_SIGNING_KEY_H_
#define ASSAY_CORE_TRUST_SIGNING_KEY_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/trust/public_key.h"

namespace assay {

// Copies share one key; all operations are thread-safe.
class SigningKey {
 public:
  // A fresh one. Errors: kInternal, where the library makes none.
  static Result<SigningKey> Make();
  // An unencrypted "PRIVATE KEY" (PKCS #8) on P-256. Errors: kKeyMalformed,
  // kKeyUnsupported.
  static Result<SigningKey> ParsePem(std::string_view pem);

  const PublicKey& public_key() const { return public_key_; }
  std::string PrivatePem() const;
  std::string PublicPem() const;

  // DER. Errors: kInternal.
  Result<std::string> Sign(std::string_view message) const;

 private:
  struct Pair;
  SigningKey(std::shared_ptr<const Pair> pair, PublicKey public_key);
  static Result<SigningKey> Of(Pair pair);

  std::shared_ptr<const Pair> pair_;
  PublicKey public_key_;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_SIGNING_KEY_H_
