#include "base/bytes.h"
#include "core/trust/public_key.h"
#include "tests/support/catch.h"
#include "tests/support/test_key.h"

namespace assay {
namespace {

using test::TestKey;

std::string Pem(const std::string& label, std::string_view der) {
  return "-----BEGIN " + label + "-----\n" + Base64Encode(der) + "\n-----END " +
         label + "-----\n";
}

TEST_CASE("every accepted kind of key is read from PEM and DER") {
  const auto kind =
      GENERATE(KeyKind::kEcdsaP256, KeyKind::kEcdsaP384, KeyKind::kEcdsaP521,
               KeyKind::kRsa2048, KeyKind::kRsa3072, KeyKind::kRsa4096,
               KeyKind::kEd25519);
  const auto& key = TestKey::Of(kind);
  const auto read = PublicKey::ParseFile(key.Pem());
  REQUIRE(read);
  REQUIRE(read->size() == 1);
  CHECK(read->front().kind() == kind);
  CHECK(read->front().spki() == key.Spki());
  CHECK(read->front().fingerprint() == Digest::Of(key.Spki()));
  const auto der = PublicKey::ParseFile(key.Spki());
  REQUIRE(der);
  CHECK(der->front().fingerprint() == read->front().fingerprint());
}

TEST_CASE("several keys stand in one file") {
  const auto first = TestKey::Make(KeyKind::kEcdsaP256);
  const auto second = TestKey::Make(KeyKind::kEd25519);
  const auto keys = PublicKey::ParsePem("# ours\n" + first.Pem() +
                                        "\n# theirs\n" + second.Pem());
  REQUIRE(keys);
  REQUIRE(keys->size() == 2);
  CHECK(keys->at(0).kind() == KeyKind::kEcdsaP256);
  CHECK(keys->at(1).kind() == KeyKind::kEd25519);
}

TEST_CASE("keys of other kinds and sizes are refused as unsupported") {
  const auto name = GENERATE("secp256k1", "brainpoolP256r1", "P-256-explicit",
                             "P-256-compressed", "RSA-1024", "RSA-2048-e3",
                             "RSA-PSS", "X25519", "ED448");
  CAPTURE(name);
  const auto key = PublicKey::ParsePem(TestKey::MakeForeign(name).Pem());
  REQUIRE_FALSE(key);
  CHECK(key.error().reason == Reason::kKeyUnsupported);
}

// ML-DSA-44 (2.16.840.1.101.3.4.3.17), which OpenSSL 3.0 does not know, and
// DSA (1.2.840.10040.4.1), which it does.
TEST_CASE("other algorithms are refused by their identifier alone") {
  const auto der =
      HexDecode(GENERATE("3014300b060960864801650304031103050001020304",
                         "3012300906072a8648ce38040103050001020304"));
  REQUIRE(der);
  const auto key = PublicKey::ParseDer(*der);
  REQUIRE_FALSE(key);
  CHECK(key.error().reason == Reason::kKeyUnsupported);
}

TEST_CASE("what is no public key is refused by name") {
  const auto key = TestKey::Make(KeyKind::kEcdsaP256);
  const auto refused = [](const std::string& pem, const char* says) {
    const auto read = PublicKey::ParsePem(pem);
    REQUIRE_FALSE(read);
    CHECK(read.error().reason == Reason::kKeyUnsupported);
    CHECK(read.error().detail.find(says) != std::string::npos);
  };
  refused(key.PrivatePem(), "private key (PRIVATE KEY)");
  refused(Pem("EC PRIVATE KEY", "abc"), "private key (EC PRIVATE KEY)");
  refused(Pem("ENCRYPTED SIGSTORE PRIVATE KEY", "abc"), "private key");
  refused(key.Pem() + key.PrivatePem(), "private key");
  refused(key.Certificate(), "certificate");
  refused(Pem("RSA PUBLIC KEY", "abc"), "PKCS#1");
  refused(Pem("EC PARAMETERS", "abc"), "EC PARAMETERS");
}

TEST_CASE("malformed keys are refused") {
  const auto [kind, point_size] =
      GENERATE(table<KeyKind, std::size_t>({{KeyKind::kEcdsaP256, 65},
                                            {KeyKind::kEcdsaP384, 97},
                                            {KeyKind::kEcdsaP521, 133}}));
  const auto spki = TestKey::Make(kind).Spki();
  std::string off_curve = spki;
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  std::string long_length = spki;  // BER: the outer length in a byte more
  long_length.insert(1, "\x81");
  std::string unused_bits = spki;
  unused_bits[spki.size() - point_size - 1] =
      1;  // BIT STRING with one unused bit
  const auto bad = {std::string(),  spki + '\0',
                    spki.substr(1), spki.substr(0, spki.size() - 1),
                    off_curve,      long_length,
                    unused_bits,    std::string("\x30\x80\x00\x00", 4)};
  for (const auto& der : bad) {
    CAPTURE(HexEncode(der));
    const auto key = PublicKey::ParseDer(der);
    REQUIRE_FALSE(key);
    CHECK(key.error().reason == Reason::kKeyMalformed);
  }
}

// No factor below 1000, by long division over the modulus's bytes.
bool HasNoSmallFactor(std::string_view modulus) {
  for (unsigned divisor = 2; divisor < 1000; ++divisor) {
    unsigned rest = 0;
    for (const char byte : modulus) {
      rest = (rest * 256 + static_cast<unsigned char>(byte)) % divisor;
    }
    if (rest == 0) return false;
  }
  return true;
}

TEST_CASE("an RSA modulus with a small factor is refused, each time") {
  constexpr std::string_view kExponent("\x02\x03\x01\x00\x01", 5);
  constexpr std::size_t kModulusBytes = 256;
  auto spki = TestKey::Make(KeyKind::kRsa2048).Spki();
  REQUIRE(spki.ends_with(kExponent));
  const auto start = spki.size() - kExponent.size() - kModulusBytes;
  char& last = spki[spki.size() - kExponent.size() - 1];
  std::size_t accepted = 0;
  for (int value = 0; value < 256; ++value) {
    last = static_cast<char>(value);
    const auto key = PublicKey::ParseDer(spki);
    CAPTURE(HexEncode(spki));
    CHECK(key.has_value() ==
          HasNoSmallFactor(spki.substr(start, kModulusBytes)));
    if (key) ++accepted;
    if (!key) CHECK(key.error().reason == Reason::kKeyMalformed);
  }
  CHECK(accepted > 0);
}

TEST_CASE("an Ed25519 point by which anyone could sign is refused") {
  constexpr const char* kPrefix = "302a300506032b6570032100";
  const auto point = GENERATE(
      // Neutral element, order 2, order 4, order 8, y not below the prime.
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0000000000000000000000000000000000000000000000000000000000000000",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
  CAPTURE(point);
  const auto der = HexDecode(std::string(kPrefix) + point);
  REQUIRE(der);
  const auto key = PublicKey::ParseDer(*der);
  REQUIRE_FALSE(key);
  CHECK(key.error().reason == Reason::kKeyMalformed);
}

}  // namespace
}  // namespace assay
