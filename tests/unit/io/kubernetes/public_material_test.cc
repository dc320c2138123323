#include "io/kubernetes/public_material.h"

#include "base/bytes.h"
#include "tests/support/catch.h"
#include "tests/support/test_key.h"
#include "tests/unit/core/trust/openpgp/recorded.h"

namespace assay {
namespace {

using namespace test;

constexpr unsigned kSecretKey = 5;
constexpr unsigned kSecretSubkey = 7;
constexpr unsigned kLiteral = 11;

std::string Armored(std::string_view bytes, const std::string& kind) {
  return "-----BEGIN PGP " + kind + "-----\n\n" + Base64Encode(bytes) +
         "\n-----END PGP " + kind + "-----\n";
}

std::string Block(const std::string& label, const std::string& headers = {}) {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  return "-----BEGIN " + label + "-----\n" + headers +
         Base64Encode(key.Spki()) + "\n-----END " + label + "-----\n";
}

TEST_CASE("keys, certificates and roots that anybody may see") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  const std::string ring = Recorded("rsa.gpg");
  for (const std::string& file :
       {key.Pem(), key.Certificate(), key.Certificate() + key.Pem(), key.Spki(),
        Block("PUBLIC KEY", "role: root\n\n"), ring, ring + Recorded("ed.gpg"),
        Recorded("ed.asc"), Recorded("rsa.asc"),
        "\n" + Recorded("ed.asc") + "\r\n" + Recorded("rsa.asc"),
        Armored(ring, "PUBLIC KEY BLOCK")}) {
    INFO(file);
    CHECK(IsPublicMaterial(file));
  }
}

TEST_CASE("what is private, or may be, is not public") {
  const auto& key = TestKey::Of(KeyKind::kEcdsaP256);
  const std::string ring = Recorded("rsa.gpg");
  const std::string armored = Recorded("ed.asc");
  for (const std::string& file :
       {std::string(),
        std::string("PASSPHRASE"),
        std::string("{}"),
        std::string("{\"auths\": {}}"),
        Block("PRIVATE KEY"),
        Block("EC PRIVATE KEY"),
        Block("CERTIFICATE"),
        key.Pem() + Block("PRIVATE KEY"),
        key.Certificate() + "PASSPHRASE",
        key.Spki() + "x",
        ring + PacketOf(kSecretKey, "x"),
        ring + PacketOf(kSecretSubkey, "x"),
        PacketOf(kSecretKey, "x"),
        ring + PacketOf(kLiteral, "x"),
        ring + "PASSPHRASE",
        ring.substr(0, ring.size() - 1),
        ring.substr(1),
        armored + "PASSPHRASE",
        "PASSPHRASE\n" + armored,
        Recorded("ed.sig"),
        Armored(ring, "PRIVATE KEY BLOCK"),
        Armored(ring, "MESSAGE"),
        Armored(ring + PacketOf(kSecretKey, "x"), "PUBLIC KEY BLOCK"),
        armored + Armored(PacketOf(kSecretKey, "x"), "PRIVATE KEY BLOCK"),
        armored.substr(0, armored.size() - 20)}) {
    INFO(file);
    CHECK_FALSE(IsPublicMaterial(file));
  }
}

}  // namespace
}  // namespace assay
