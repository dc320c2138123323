#include "core/trust/certificate.h"

#include "tests/support/catch.h"
#include "tests/support/test_key.h"

namespace assay {
namespace {

TEST_CASE("a certificate tells the fingerprint of its key") {
  const auto key = test::TestKey::Make(
      GENERATE(KeyKind::kEcdsaP256, KeyKind::kRsa2048, KeyKind::kEd25519));
  const auto fingerprint = CertificateKeyFingerprint(key.Certificate());
  REQUIRE(fingerprint);
  CHECK(*fingerprint == key.Public().fingerprint());
}

TEST_CASE("anything but one certificate is refused") {
  const auto key = test::TestKey::Make(KeyKind::kEcdsaP256);
  const auto one = key.Certificate();
  std::string truncated = one;
  truncated.erase(60, 4);
  for (const auto& text : {std::string(), std::string("text"), one + one,
                           key.Pem(), one + key.Pem(), truncated}) {
    CAPTURE(text);
    const auto fingerprint = CertificateKeyFingerprint(text);
    REQUIRE_FALSE(fingerprint);
    CHECK(fingerprint.error().reason == Reason::kCertificateMalformed);
  }
}

}  // namespace
}  // namespace assay
