#include "core/trust/certificate.h"

#include "core/trust/pem.h"
#include "tests/support/catch.h"
#include "tests/support/test_key.h"

namespace assay {
namespace {

Reason ReasonOf(std::string_view der) {
  const auto certificate = Certificate::ParseDer(der);
  return certificate ? Reason::kUnspecified : certificate.error().reason;
}

TEST_CASE("a certificate tells its key") {
  const auto key = test::TestKey::Make(
      GENERATE(KeyKind::kEcdsaP256, KeyKind::kRsa2048, KeyKind::kEd25519));
  const auto read = Certificate::ParsePem(key.Certificate());
  REQUIRE(read);
  REQUIRE(read->size() == 1);
  const auto found = read->front().Key();
  REQUIRE(found);
  CHECK(found->fingerprint() == key.Public().fingerprint());
  CHECK(read->front().spki() == key.Spki());
}

TEST_CASE("what is no certificate is refused") {
  const auto key = test::TestKey::Make(KeyKind::kEcdsaP256);
  const auto one = key.Certificate();
  for (const auto& text :
       {std::string(), std::string("text"), key.Pem(), one + key.Pem()}) {
    CAPTURE(text);
    const auto read = Certificate::ParsePem(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().reason == Reason::kCertificateMalformed);
  }
  const auto der = ReadPem(one).value().front().bytes;
  CHECK(Certificate::ParseDer(der));
  CHECK(ReasonOf(der + "x") == Reason::kCertificateMalformed);
  CHECK(ReasonOf(der.substr(0, der.size() - 1)) ==
        Reason::kCertificateMalformed);
  CHECK(ReasonOf("") == Reason::kCertificateMalformed);
}

}  // namespace
}  // namespace assay
