#include "core/trust/certificate.h"

#include "core/trust/pem.h"
#include "core/trust/signed_certificate_timestamp.h"
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

// What OpenSSL reads of an extension is not all of it: RFC 5280 section 4.1 has
// its value in DER, with nothing behind it.
TEST_CASE("nothing may follow what an extension holds") {
  using namespace std::string_literals;
  const std::string alternative_names = "2.5.29.17";
  const std::string purposes = "2.5.29.37";
  const std::string promises = "1.3.6.1.4.1.11129.2.4.2";
  const auto key = test::TestKey::Make(KeyKind::kEcdsaP256);
  const auto with = [&](const std::string& oid, const std::string& value) {
    return ReadPem(key.Certificate({{oid, value}})).value().front().bytes;
  };
  const auto email = "\x30\x05\x81\x03"s + "a@b";
  const auto signing = "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x03"s;
  CHECK(Certificate::ParseDer(with(alternative_names, email)));
  CHECK(Certificate::ParseDer(with(purposes, signing)));
  CHECK(ReasonOf(with(alternative_names, email + "x")) ==
        Reason::kCertificateMalformed);
  CHECK(ReasonOf(with(purposes, signing + "x")) ==
        Reason::kCertificateMalformed);
  // A length in more bytes than it needs.
  CHECK(ReasonOf(with(alternative_names, "\x30\x81"s + email.substr(1))) ==
        Reason::kCertificateMalformed);

  const auto list = "\x04\x34\x00\x32\x00\x30"s + std::string(43, '\0') +
                    "\x04\x03\x00\x01s"s;
  const auto read = [&](const std::string& value) {
    return SignedCertificateTimestamp::Of(
        Certificate::ParseDer(with(promises, value)).value());
  };
  const auto whole = read(list);
  REQUIRE(whole);
  CHECK(whole->size() == 1);
  // After the list, in a length, after the promise in its own bytes.
  const auto inside = "\x04\x35\x00\x33\x00\x31"s + list.substr(6) + "x";
  for (const auto& other : {list + "x", "\x04\x81"s + list.substr(1), inside}) {
    const auto refused = read(other);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == Reason::kSctMalformed);
  }
}

}  // namespace
}  // namespace assay
