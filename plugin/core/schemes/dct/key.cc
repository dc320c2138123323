#include "core/schemes/dct/key.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/trust/ecdsa_signature.h"
#include "core/trust/tuf/canonical_json.h"

namespace assay::dct {
namespace {

using namespace std::string_view_literals;  // NOLINT: headers hold zeros

// What comes before the 32 bytes of a point in a SubjectPublicKeyInfo.
constexpr std::string_view kEd25519Header =
    "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv;
constexpr std::size_t kEd25519Bytes = 32;

enum class Family { kEcdsa, kRsa, kEd25519 };

Family FamilyOf(KeyKind kind) {
  switch (kind) {
    case KeyKind::kEcdsaP256:
    case KeyKind::kEcdsaP384:
    case KeyKind::kEcdsaP521:
      return Family::kEcdsa;
    case KeyKind::kRsa2048:
    case KeyKind::kRsa3072:
    case KeyKind::kRsa4096:
      return Family::kRsa;
    case KeyKind::kEd25519:
      break;
  }
  return Family::kEd25519;
}

struct Type {
  std::string_view name;
  Family family;
  bool certificates;
};

constexpr auto kTypes = std::to_array<Type>({
    {"ecdsa", Family::kEcdsa, false},
    {"ecdsa-x509", Family::kEcdsa, true},
    {"rsa", Family::kRsa, false},
    {"rsa-x509", Family::kRsa, true},
    {"ed25519", Family::kEd25519, false},
});

// How keys of a family sign: SHA-256 whatever the curve.
struct Method {
  std::string_view name;
  Family family;
  Padding padding;
};

constexpr auto kMethods = std::to_array<Method>({
    {"ecdsa", Family::kEcdsa, Padding::kPkcs1},
    {"rsapss", Family::kRsa, Padding::kPssHashSalt},
    {"rsapkcs1v15", Family::kRsa, Padding::kPkcs1},
    {"eddsa", Family::kEd25519, Padding::kPkcs1},
});

Error NoKey(std::string detail) {
  return Fail(Reason::kDctMalformed, std::move(detail));
}

// The key of a certificate bundle. nullopt where it is of a kind that Assay
// does not verify with.
Result<std::optional<Key>> ReadBundle(const std::string& bytes) {
  auto certificates = Certificate::ParsePem(bytes);
  if (!certificates) return NoKey(certificates.error().detail);
  if (certificates->size() > limits::kCertificatesPerChain) {
    return NoKey("a key of too many certificates");
  }
  auto key = certificates->front().Key();
  if (!key) return std::optional<Key>();
  return std::optional(Key{*std::move(key), *std::move(certificates)});
}

Result<std::optional<Key>> ReadBare(const Type& type,
                                    const std::string& bytes) {
  const bool point = type.family == Family::kEd25519;
  if (point && bytes.size() != kEd25519Bytes) {
    return NoKey("an Ed25519 key of another length");
  }
  auto key = PublicKey::ParseDer(
      (point ? std::string(kEd25519Header) : std::string()) + bytes);
  if (key) return std::optional(Key{*std::move(key), {}});
  if (key.error().reason == Reason::kKeyUnsupported) {
    return std::optional<Key>();
  }
  return NoKey(key.error().detail);
}

Result<std::optional<Key>> ReadKey(const std::string& name,
                                   const std::string& text) {
  const auto* type =
      std::find_if(kTypes.begin(), kTypes.end(),
                   [&](const Type& one) { return one.name == name; });
  if (type == kTypes.end()) return std::optional<Key>();
  const auto bytes = Base64Decode(text);
  if (!bytes) return NoKey("a key that is no base64");
  auto key = type->certificates ? ReadBundle(*bytes) : ReadBare(*type, *bytes);
  if (!key || !*key) return key;
  if (FamilyOf((*key)->key.kind()) != type->family) {
    return NoKey("a key of the type " + name + " is of another kind");
  }
  return key;
}

// The members of a key object that its id is made of, and no others.
struct KeyObject {
  std::string type;
  std::string text;
};

Result<KeyObject> ReadObject(const Json& json) {
  const auto* members = json.AsObject();
  const auto* type = json.FindString("keytype");
  const auto* value = json.FindObject("keyval");
  if (members == nullptr || members->size() != 2 || type == nullptr ||
      value == nullptr || value->size() != 2) {
    return NoKey("a key is more or less than keytype and keyval");
  }
  const Json* secret = json.Find("keyval")->Find("private");
  const auto* text = json.Find("keyval")->FindString("public");
  if (secret == nullptr || !secret->IsNull() || text == nullptr) {
    return NoKey("a key's value is more or less than a public one");
  }
  return KeyObject{*type, *text};
}

}  // namespace

Result<std::string> KeyId(const std::string& type, const std::string& text) {
  const Json object(Json::Object{
      {"keytype", Json(type)},
      {"keyval",
       Json(Json::Object{{"private", Json()}, {"public", Json(text)}})},
  });
  const auto canonical = tuf::CanonicalJson(object);
  if (!canonical) return NoKey(canonical.error().detail);
  return Digest::Of(*canonical).hex();
}

Result<Keys> ReadKeys(const Json* json) {
  const auto* members = json == nullptr ? nullptr : json->AsObject();
  if (members == nullptr) return NoKey("keys is no object");
  if (members->size() > limits::kDctKeys) return NoKey("too many keys");
  Keys keys;
  for (const auto& [id, value] : *members) {
    const auto object = ReadObject(value);
    if (!object) return object.error();
    const auto is = KeyId(object->type, object->text);
    if (!is) return is.error();
    if (*is != id) return NoKey("a key is not what its id says");
    auto key = ReadKey(object->type, object->text);
    if (!key) return key.error();
    if (*key) keys.emplace(id, **std::move(key));
  }
  return keys;
}

Result<Role> ReadRole(const Json* json) {
  auto role = Role::Read(json);
  if (!role) return NoKey(role.error().detail);
  return role;
}

bool Verifies(const PublicKey& key, std::string_view message,
              const Signature& signature) {
  const Family family = FamilyOf(key.kind());
  for (const Method& method : kMethods) {
    if (method.name != signature.method || method.family != family) continue;
    const SignatureAlgorithm algorithm{HashAlgorithm::kSha256, method.padding,
                                       false};
    if (family != Family::kEcdsa) {
      return key.Verify(algorithm, message, signature.bytes);
    }
    const auto der = EcdsaDer(key.kind(), signature.bytes);
    return der && key.Verify(algorithm, message, *der);
  }
  return false;
}

std::set<Digest> SignersOf(const Keys& keys, const Role& role,
                           std::string_view message,
                           const std::vector<Signature>& signatures) {
  std::set<Digest> signers;
  for (const Signature& signature : signatures) {
    if (!role.key_ids.contains(signature.key_id)) continue;
    const auto key = keys.find(signature.key_id);
    if (key == keys.end()) continue;
    const PublicKey& trusted = key->second.key;
    if (signers.contains(trusted.fingerprint())) continue;
    if (Verifies(trusted, message, signature)) {
      signers.insert(trusted.fingerprint());
    }
  }
  return signers;
}

std::set<Digest> FingerprintsOf(const Keys& keys, const Role& role) {
  std::set<Digest> fingerprints;
  for (const std::string& id : role.key_ids) {
    const auto key = keys.find(id);
    if (key != keys.end()) fingerprints.insert(key->second.key.fingerprint());
  }
  return fingerprints;
}

Status CheckThreshold(const Keys& keys, const Role& role,
                      std::string_view message,
                      const std::vector<Signature>& signatures) {
  const auto signers = SignersOf(keys, role, message, signatures);
  if (role.threshold > 0 && signers.size() >= role.threshold) return Ok();
  return Fail(Reason::kDctSignature, std::to_string(signers.size()) + " of " +
                                         std::to_string(role.threshold) +
                                         " keys signed it");
}

}  // namespace assay::dct
