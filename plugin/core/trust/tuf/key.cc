#include "core/trust/tuf/key.h"

#include <array>
#include <optional>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay::tuf {
namespace {

using namespace std::string_view_literals;  // NOLINT: headers hold zeros

// What comes before the point in a SubjectPublicKeyInfo.
constexpr std::string_view kEd25519Header =
    "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv;
constexpr std::string_view kP256Header =
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48"
    "\xce\x3d\x03\x01\x07\x03\x42\x00"sv;

// One way to sign: which kinds of key sign so, and how.
struct SigningScheme {
  std::string_view name;
  std::array<KeyKind, 3> kinds;
  SignatureAlgorithm algorithm;
};

constexpr auto kSchemes = std::to_array<SigningScheme>({
    {"ed25519",
     {KeyKind::kEd25519, KeyKind::kEd25519, KeyKind::kEd25519},
     {HashAlgorithm::kSha512, Padding::kPkcs1, false}},
    {"ecdsa-sha2-nistp256",
     {KeyKind::kEcdsaP256, KeyKind::kEcdsaP256, KeyKind::kEcdsaP256},
     {HashAlgorithm::kSha256, Padding::kPkcs1, false}},
    {"ecdsa-sha2-nistp384",
     {KeyKind::kEcdsaP384, KeyKind::kEcdsaP384, KeyKind::kEcdsaP384},
     {HashAlgorithm::kSha384, Padding::kPkcs1, false}},
    {"rsassa-pss-sha256",
     {KeyKind::kRsa2048, KeyKind::kRsa3072, KeyKind::kRsa4096},
     {HashAlgorithm::kSha256, Padding::kPss, false}},
});

// A PEM text, or the bare point in hex: of Ed25519 always, of P-256 as the
// first roots of the public sigstore repository have it.
std::optional<PublicKey> ReadPublic(std::string_view text, bool ed25519) {
  if (text.starts_with("-----BEGIN")) {
    const auto keys = PublicKey::ParsePem(text);
    if (!keys || keys->size() != 1) return std::nullopt;
    return keys->front();
  }
  const auto point = HexDecode(text);
  if (!point) return std::nullopt;
  const auto key = PublicKey::ParseDer(
      std::string(ed25519 ? kEd25519Header : kP256Header) + *point);
  if (!key) return std::nullopt;
  return *key;
}

std::optional<Key> ReadKey(const std::string& type, const std::string& name,
                           const std::string& text) {
  for (const SigningScheme& scheme : kSchemes) {
    const bool ecdsa = name.starts_with("ecdsa-") && type == "ecdsa";
    const bool rsa = name.starts_with("rsassa-") && type == "rsa";
    if (scheme.name != name || !(ecdsa || rsa || type == name)) continue;
    auto key = ReadPublic(text, type == "ed25519");
    if (!key) return std::nullopt;
    for (const KeyKind kind : scheme.kinds) {
      if (key->kind() == kind) return Key{*std::move(key), scheme.algorithm};
    }
  }
  return std::nullopt;
}

Error Malformed(std::string detail) {
  return Fail(Reason::kTufMalformed, std::move(detail));
}

// The keys of a role, told apart by what they are.
std::set<Digest> SignersOf(const Keys& keys, const Role& role) {
  std::set<Digest> signers;
  for (const std::string& id : role.key_ids) {
    const auto key = keys.find(id);
    if (key != keys.end()) signers.insert(key->second.key.fingerprint());
  }
  return signers;
}

}  // namespace

Result<Keys> ReadKeys(const Json* json) {
  const auto* members = json == nullptr ? nullptr : json->AsObject();
  if (members == nullptr) return Malformed("keys is no object");
  if (members->size() > limits::kTufKeys) {
    return Fail(Reason::kTufTooLarge, "too many keys");
  }
  Keys keys;
  for (const auto& [id, value] : *members) {
    const auto* type = value.FindString("keytype");
    const auto* scheme = value.FindString("scheme");
    const auto* holder = value.Find("keyval");
    if (type == nullptr || scheme == nullptr || holder == nullptr) {
      return Malformed("a key without type, scheme or value");
    }
    const auto* text = holder->FindString("public");
    if (text == nullptr) continue;
    auto key = ReadKey(*type, *scheme, *text);
    if (key) keys.emplace(id, *std::move(key));
  }
  return keys;
}

Result<Role> Role::Read(const Json* json) {
  if (json == nullptr) return Malformed("a role is absent");
  const auto* ids = json->FindArray("keyids");
  const auto* threshold = json->FindInt("threshold");
  if (ids == nullptr || threshold == nullptr) {
    return Malformed("a role without keyids or threshold");
  }
  if (*threshold < 1) return Malformed("a threshold below 1");
  Role role;
  role.threshold = static_cast<std::size_t>(*threshold);
  for (const Json& id : *ids) {
    if (id.AsString() == nullptr) return Malformed("a key id is no text");
    if (!role.key_ids.insert(*id.AsString()).second) {
      return Malformed("a role has one key id twice");
    }
  }
  return role;
}

bool SameSigners(const Keys& a, const Role& in_a, const Keys& b,
                 const Role& in_b) {
  return in_a.threshold == in_b.threshold &&
         SignersOf(a, in_a) == SignersOf(b, in_b);
}

Status CheckThreshold(const Keys& keys, const Role& role,
                      std::string_view message,
                      const std::vector<Signature>& signatures) {
  std::set<Digest> signers;
  for (const Signature& signature : signatures) {
    const auto key = keys.find(signature.key_id);
    if (key == keys.end() || !role.key_ids.contains(signature.key_id)) continue;
    const auto& [key_id, trusted] = *key;
    if (signers.contains(trusted.key.fingerprint())) continue;
    if (trusted.key.Verify(trusted.algorithm, message, signature.bytes)) {
      signers.insert(trusted.key.fingerprint());
    }
  }
  if (role.threshold > 0 && signers.size() >= role.threshold) return Ok();
  return Fail(Reason::kTufSignature, std::to_string(signers.size()) + " of " +
                                         std::to_string(role.threshold) +
                                         " keys signed it");
}

}  // namespace assay::tuf
