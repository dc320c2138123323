// Key pairs made in the test's own process, and signatures by them.
#ifndef ASSAY_TESTS_SUPPORT_TEST_KEY_H_
#define ASSAY_TESTS_SUPPORT_TEST_KEY_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/trust/public_key.h"

namespace assay::test {

class TestKey {
 public:
  // A fresh pair; aborts the test when the library cannot make one.
  static TestKey Make(KeyKind kind);
  // One pair of this kind, the same in the whole process: large RSA keys take
  // seconds to make.
  static const TestKey& Of(KeyKind kind);
  // Pairs no signer may use: "secp256k1", "brainpoolP256r1", "RSA-1024",
  // "RSA-2048-e3", "X25519", "ED448", "P-256-explicit", "P-256-compressed",
  // "RSA-PSS".
  static TestKey MakeForeign(std::string_view name);

  std::string Spki() const;
  std::string Pem() const;
  std::string PrivatePem() const;
  PublicKey Public() const;

  // As cosign and openssl sign: DER for ECDSA, PSS with the largest salt.
  std::string Sign(const SignatureAlgorithm& algorithm,
                   std::string_view message) const;
  // PSS with this salt length.
  std::string SignPss(HashAlgorithm hash, int salt,
                      std::string_view message) const;
  // A PEM certificate over this key, signed by itself, with these extensions:
  // their OIDs and what stands in them.
  std::string Certificate(
      const std::map<std::string, std::string>& extensions = {}) const;

 private:
  struct Pair;
  explicit TestKey(std::shared_ptr<const Pair> pair);

  std::shared_ptr<const Pair> pair_;
};

}  // namespace assay::test

#endif  // ASSAY_TESTS_SUPPORT_TEST_KEY_H_
