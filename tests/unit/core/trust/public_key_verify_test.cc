#include <atomic>
#include <thread>

#include "base/bytes.h"
#include "core/trust/public_key.h"
#include "tests/support/catch.h"
#include "tests/support/test_key.h"

namespace assay {
namespace {

using test::TestKey;

constexpr SignatureAlgorithm kSha256{};
constexpr SignatureAlgorithm kSha384{HashAlgorithm::kSha384};
constexpr SignatureAlgorithm kSha512{HashAlgorithm::kSha512};
constexpr SignatureAlgorithm kPss{HashAlgorithm::kSha256, Padding::kPss};
constexpr SignatureAlgorithm kPure{HashAlgorithm::kSha512, Padding::kPkcs1,
                                   false};
constexpr SignatureAlgorithm kPrehashed{HashAlgorithm::kSha512, Padding::kPkcs1,
                                        true};

PublicKey FromHex(const std::string& spki) {
  return PublicKey::ParseDer(HexDecode(spki).value()).value();
}

std::string Hex(const std::string& text) { return HexDecode(text).value(); }

TEST_CASE("each kind of key verifies what it signed, and nothing else") {
  const auto kind =
      GENERATE(KeyKind::kEcdsaP256, KeyKind::kEcdsaP384, KeyKind::kEcdsaP521,
               KeyKind::kRsa2048, KeyKind::kRsa4096);
  const auto algorithm = GENERATE(kSha256, kSha384, kSha512);
  const auto& pair = TestKey::Of(kind);
  const auto key = pair.Public();
  const auto signature = pair.Sign(algorithm, "message");
  CHECK(key.Verify(algorithm, "message", signature));
  CHECK(key.VerifyDigest(algorithm, Digest::Of("message", algorithm.hash),
                         signature));
  CHECK_FALSE(key.Verify(algorithm, "messagE", signature));
  CHECK_FALSE(key.Verify(algorithm, "message", signature + '\0'));
  CHECK_FALSE(key.Verify(algorithm, "message", ""));
  CHECK_FALSE(
      TestKey::Make(kind).Public().Verify(algorithm, "message", signature));
  for (const auto& other : {kSha256, kSha384, kSha512}) {
    if (other == algorithm) continue;
    CHECK_FALSE(key.Verify(other, "message", signature));
    CHECK_FALSE(key.VerifyDigest(algorithm, Digest::Of("message", other.hash),
                                 signature));
  }
}

TEST_CASE("a signature by another key of the same kind does not verify") {
  const auto kind =
      GENERATE(KeyKind::kEcdsaP256, KeyKind::kRsa2048, KeyKind::kEd25519);
  const auto signature = TestKey::Of(kind).Sign(kSha256, "message");
  CHECK(TestKey::Of(kind).Public().Verify(kSha256, "message", signature));
  CHECK_FALSE(
      TestKey::Make(kind).Public().Verify(kSha256, "message", signature));
}

TEST_CASE("PSS takes any salt length, and paddings do not mix") {
  const auto& pair = TestKey::Of(KeyKind::kRsa2048);
  const auto key = pair.Public();
  for (const int salt : {0, 1, 20, 32, 222}) {
    CAPTURE(salt);
    const auto signature =
        pair.SignPss(HashAlgorithm::kSha256, salt, "message");
    CHECK(key.Verify(kPss, "message", signature));
    CHECK_FALSE(key.Verify(kSha256, "message", signature));
  }
  CHECK_FALSE(key.Verify(kPss, "message", pair.Sign(kSha256, "message")));
}

TEST_CASE("Ed25519 pure and prehashed do not mix") {
  const auto pair = TestKey::Make(KeyKind::kEd25519);
  const auto key = pair.Public();
  const auto pure = pair.Sign(kPure, "message");
  const auto prehashed = pair.Sign(kPrehashed, "message");
  CHECK(key.Verify(kPure, "message", pure));
  CHECK(key.Verify(kPrehashed, "message", prehashed));
  CHECK_FALSE(key.Verify(kPrehashed, "message", pure));
  CHECK_FALSE(key.Verify(kPure, "message", prehashed));
  CHECK_FALSE(key.Verify(kPure, "message", pure + '\0'));
  CHECK_FALSE(key.Verify(kPure, "message", pure.substr(1)));
  CHECK_FALSE(key.VerifyDigest(
      kPure, Digest::Of("message", HashAlgorithm::kSha512), pure));
}

// RFC 8032 section 7.1 test 2 and section 7.3.
TEST_CASE("known answers for Ed25519 and Ed25519ph") {
  const auto pure = FromHex(
      "302a300506032b65700321003d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968c"
      "c0cd55f12af4660c");
  CHECK(pure.Verify(
      kPure, "\x72",
      Hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")));
  const auto prehashed = FromHex(
      "302a300506032b6570032100ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64"
      "e"
      "bf819683467e2bf");
  CHECK(prehashed.Verify(
      kPrehashed, "abc",
      Hex("98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
          "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406")));
}

// RFC 6979 appendix A.2.5, message "sample", SHA-256.
constexpr const char* kRfc6979Key =
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr const char* kR =
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
constexpr const char* kS =
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
// The order of P-256 minus kS.
constexpr const char* kNegatedS =
    "0834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9";

TEST_CASE("known answer for ECDSA, and its signature in forms that are none") {
  const auto key = FromHex(kRfc6979Key);
  const auto good = std::string("3046022100") + kR + "022100" + kS;
  CHECK(key.Verify(kSha256, "sample", Hex(good)));
  // The other root of the same equation is a signature too; nothing may be
  // identified by a signature's bytes.
  CHECK(key.Verify(kSha256, "sample",
                   Hex(std::string("3045022100") + kR + "0220" + kNegatedS)));

  const std::string r = kR;
  const std::string s = kS;
  const auto bad = {
      "308146022100" + r + "022100" + s,         // BER length
      "3080022100" + r + "022100" + s + "0000",  // indefinite length
      "304702220000" + r + "022100" + s,         // r padded
      "3047022100" + r + "02220000" + s,         // s padded
      "3044"
      "0220" +
          r + "0220" + s,                          // negative numbers
      "3046022100" + r + "022100" + s + "00",      // trailing byte
      "3047022100" + r + "022100" + s + "00",      // trailing, counted in
      "3049022100" + r + "022100" + s + "020100",  // a third number
      "3023022100" + r,                            // one number
      "3046022100" + r + "022100" + s.substr(2),   // truncated
      r + s,                                       // raw, as in JWS
      std::string("3006020100020100"),             // r = s = 0
      std::string("3006020101020101"),             // r = s = 1
      "3026020100022100" + s,                      // r = 0
      "3026022100" + r + "020100",                 // s = 0
      std::string("3000"),
      std::string("0500"),
      std::string("30"),
      // r is the order of the curve.
      "3046022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63"
      "2551022100" +
          s,
      // s plus the order.
      "304702210"
      "0" +
          r +
          "022201f7cb1c932d657c42d436c7a1b6e29f65b0cffb8960d"
          "192b54105f76a809df2f9",
  };
  for (const auto& signature : bad) {
    CAPTURE(signature);
    CHECK_FALSE(key.Verify(kSha256, "sample", Hex(signature)));
  }
}

TEST_CASE("a signature by another curve or kind does not verify") {
  const auto p256 = TestKey::Make(KeyKind::kEcdsaP256);
  const auto p384 = TestKey::Make(KeyKind::kEcdsaP384);
  const auto rsa = TestKey::Make(KeyKind::kRsa2048);
  const auto edwards = TestKey::Make(KeyKind::kEd25519);
  const auto signature = p384.Sign(kSha256, "message");
  CHECK_FALSE(p256.Public().Verify(kSha256, "message", signature));
  CHECK_FALSE(rsa.Public().Verify(kSha256, "message", signature));
  CHECK_FALSE(edwards.Public().Verify(kPure, "message", signature));
  CHECK_FALSE(
      p256.Public().Verify(kSha256, "message", edwards.Sign(kPure, "message")));
}

TEST_CASE("one flipped bit anywhere ends every signature") {
  const auto kind =
      GENERATE(KeyKind::kEcdsaP256, KeyKind::kRsa2048, KeyKind::kEd25519);
  const auto& pair = TestKey::Of(kind);
  const auto key = pair.Public();
  const auto signature = pair.Sign(kSha256, "message");
  REQUIRE(key.Verify(kSha256, "message", signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    auto flipped = signature;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    CAPTURE(bit);
    REQUIRE_FALSE(key.Verify(kSha256, "message", flipped));
  }
}

TEST_CASE("what a key verified before does not count") {
  const auto kind = GENERATE(KeyKind::kEcdsaP256, KeyKind::kRsa2048);
  const auto& pair = TestKey::Of(kind);
  const auto key = pair.Public();
  const auto good = pair.Sign(kSha256, "message");
  const auto longer = pair.Sign(kSha512, "message");
  for (int i = 0; i < 3; ++i) {
    CHECK(key.Verify(kSha256, "message", good));
    CHECK_FALSE(key.Verify(kSha256, "other", good));
    CHECK_FALSE(key.Verify(kSha512, "message", good));
    CHECK_FALSE(key.Verify(kPss, "message", "no signature"));
    CHECK(key.Verify(kSha512, "message", longer));
    CHECK_FALSE(key.Verify(kSha256, "message", longer));
  }
}

TEST_CASE("many threads verify with one key") {
  const auto pair = TestKey::Make(
      GENERATE(KeyKind::kEcdsaP256, KeyKind::kRsa2048, KeyKind::kEd25519));
  const auto key = pair.Public();
  const auto signature = pair.Sign(kSha256, "message");
  std::atomic<int> held{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, copy = key] {
      for (int j = 0; j < 50; ++j) {
        if (copy.Verify(kSha256, "message", signature)) ++held;
        if (copy.Verify(kSha256, "other", signature)) held -= 1000;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(held == 200);
}

}  // namespace
}  // namespace assay
