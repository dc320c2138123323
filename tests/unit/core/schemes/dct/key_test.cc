#include "core/schemes/dct/key.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "tests/support/catch.h"
#include "tests/support/test_key.h"
#include "tests/unit/core/schemes/dct/pinned.h"

namespace assay::dct {
namespace {

using test::TestKey;

constexpr std::string_view kMessage = "what is signed";
constexpr std::size_t kEd25519Header = 12;

// As the type has it: a SubjectPublicKeyInfo, or the bare point.
std::string TextOf(const TestKey& key) {
  const bool bare = key.Public().kind() == KeyKind::kEd25519;
  return Base64Encode(bare ? key.Spki().substr(kEd25519Header) : key.Spki());
}

Json Object(const std::string& type, const std::string& text) {
  return Json(Json::Object{
      {"keytype", Json(type)},
      {"keyval",
       Json(Json::Object{{"private", Json()}, {"public", Json(text)}})}});
}

Result<Keys> ReadOne(const std::string& type, const std::string& text) {
  const Json keys(
      Json::Object{{KeyId(type, text).value(), Object(type, text)}});
  return ReadKeys(&keys);
}

TEST_CASE("an id is what notary makes of the key") {
  // Recorded from notary 0.7.0: the timestamp key of a server.
  CHECK(KeyId("ed25519", "WcOqAz2WRK2K8rOuhygt4UmAf9dQkYj+YDU9MZ5MleQ=")
            .value() ==
        "5ce2c27e9857748c6148925fb4d9ae251348f45897590927288ef578e940b34b");
}

TEST_CASE("a key verifies by the methods of its kind and no other") {
  struct Case {
    KeyKind kind;
    const char* type;
    const char* method;
  };
  const auto one = GENERATE(Case{KeyKind::kEcdsaP256, "ecdsa", "ecdsa"},
                            Case{KeyKind::kEcdsaP384, "ecdsa", "ecdsa"},
                            Case{KeyKind::kRsa2048, "rsa", "rsapss"},
                            Case{KeyKind::kRsa2048, "rsa", "rsapkcs1v15"},
                            Case{KeyKind::kEd25519, "ed25519", "eddsa"});
  CAPTURE(one.type, one.method);
  const TestKey& key = TestKey::Of(one.kind);
  REQUIRE(ReadOne(one.type, TextOf(key))->size() == 1);
  std::string bytes;
  if (one.method == std::string("rsapss")) {
    bytes = key.SignPss(HashAlgorithm::kSha256, 32, kMessage);
  } else {
    bytes =
        key.Sign({HashAlgorithm::kSha256, Padding::kPkcs1, false}, kMessage);
  }
  const bool ecdsa = one.method == std::string("ecdsa");
  // What OpenSSL makes is DER; notary's has two numbers side by side.
  CHECK(Verifies(key.Public(), kMessage, {"id", one.method, bytes}) != ecdsa);
  CHECK_FALSE(Verifies(key.Public(), "another", {"id", one.method, bytes}));
  for (const auto* other :
       {"ecdsa", "rsapss", "rsapkcs1v15", "eddsa", "ECDSA", "", "none"}) {
    if (other == std::string(one.method)) continue;
    CAPTURE(other);
    CHECK_FALSE(Verifies(key.Public(), kMessage, {"id", other, bytes}));
  }
}

TEST_CASE("ecdsa is two numbers side by side, with SHA-256") {
  const auto key = test::NotaryKey::Bare("key");
  const PublicKey held = PublicKey::ParseDer(key.Spki()).value();
  const std::string bytes = key.party.Sign(kMessage);
  CHECK(Verifies(held, kMessage, {"id", "ecdsa", bytes}));
  CHECK_FALSE(Verifies(held, kMessage, {"id", "ecdsa", bytes + '\0'}));
  CHECK_FALSE(Verifies(held, kMessage, {"id", "ecdsa", ""}));
}

TEST_CASE("a salt of another length is none of notary's") {
  const TestKey& key = TestKey::Of(KeyKind::kRsa2048);
  const auto bytes = key.SignPss(HashAlgorithm::kSha256, 20, kMessage);
  CHECK_FALSE(Verifies(key.Public(), kMessage, {"id", "rsapss", bytes}));
}

TEST_CASE("a key whose type is not its own is refused") {
  const auto p256 = TextOf(TestKey::Of(KeyKind::kEcdsaP256));
  const auto rsa = TextOf(TestKey::Of(KeyKind::kRsa2048));
  for (const auto& [type, text] : {std::pair{"rsa", p256},
                                   {"ecdsa", rsa},
                                   {"ed25519", p256},
                                   {"ecdsa-x509", p256},
                                   {"ecdsa", std::string("no base64")},
                                   {"ecdsa", std::string("")}}) {
    CAPTURE(type);
    const auto keys = ReadOne(type, text);
    REQUIRE_FALSE(keys);
    CHECK(keys.error().reason == Reason::kDctMalformed);
  }
}

TEST_CASE("a key that nobody verifies with helps nobody") {
  CHECK(ReadOne("dilithium", "AAAA")->empty());
  CHECK(ReadOne("ecdsa", Base64Encode(TestKey::MakeForeign("secp256k1").Spki()))
            ->empty());
  CHECK(ReadOne("rsa", Base64Encode(TestKey::MakeForeign("RSA-1024").Spki()))
            ->empty());
}

TEST_CASE("a key is what its id says, and nothing besides") {
  const auto text = TextOf(TestKey::Of(KeyKind::kEcdsaP256));
  const auto refuses = [](const Json& keys) {
    const auto read = ReadKeys(&keys);
    return !read && read.error().reason == Reason::kDctMalformed;
  };
  const Json good = Object("ecdsa", text);
  const std::string id = KeyId("ecdsa", text).value();
  CHECK(refuses(Json(Json::Object{{std::string(64, 'a'), good}})));
  Json::Object more = *good.AsObject();
  more.emplace("scheme", Json(std::string("x")));
  CHECK(refuses(Json(Json::Object{{id, Json(more)}})));
  Json::Object secret = *good.AsObject();
  secret.insert_or_assign(
      "keyval", Json(Json::Object{{"private", Json(std::string("AA=="))},
                                  {"public", Json(text)}}));
  CHECK(refuses(Json(Json::Object{{id, Json(secret)}})));
  CHECK(refuses(Json()));
  CHECK(ReadKeys(nullptr).error().reason == Reason::kDctMalformed);
}

TEST_CASE("a role needs a key at least, and none twice") {
  const auto read = [](Json::Array ids, std::int64_t threshold) {
    const Json json(Json::Object{{"keyids", Json(std::move(ids))},
                                 {"threshold", Json(threshold)}});
    return ReadRole(&json);
  };
  const Json id(std::string("a"));
  CHECK(read({id}, 1));
  CHECK_FALSE(read({id}, 0));
  CHECK_FALSE(read({id}, -1));
  CHECK_FALSE(read({id, id}, 1));
  CHECK_FALSE(read({Json(std::int64_t{1})}, 1));
  CHECK(CheckThreshold(Keys(), read({}, 1).value(), kMessage, {})
            .error()
            .reason == Reason::kDctSignature);
}

}  // namespace
}  // namespace assay::dct
