#include "core/trust/public_key.h"

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <sodium.h>

#include <array>
#include <optional>

#include "core/trust/openssl_handles.h"
#include "core/trust/pem.h"
#include "core/trust/verifying_contexts.h"

namespace assay {
namespace {

using SpkiPtr = OpensslPtr<X509_PUBKEY, X509_PUBKEY_free>;
using DigestContext = OpensslPtr<EVP_MD_CTX, EVP_MD_CTX_free>;
using BigNumber = OpensslPtr<BIGNUM, BN_free>;

constexpr std::size_t kEd25519KeyBytes = 32;
constexpr std::size_t kEd25519SignatureBytes = 64;
constexpr char kUncompressedPoint = 0x04;
constexpr unsigned long kRsaExponent = 65537;

Error MalformedKey(std::string detail) {
  return Fail(Reason::kKeyMalformed, std::move(detail));
}

Error Unsupported(std::string detail) {
  return Fail(Reason::kKeyUnsupported, std::move(detail));
}

std::string ObjectName(const ASN1_OBJECT* object) {
  std::array<char, 80> name{};
  OBJ_obj2txt(name.data(), static_cast<int>(name.size()), object, 0);
  return name.data();
}

Result<KeyKind> EcKind(X509_PUBKEY* spki) {
  const unsigned char* point = nullptr;
  int size = 0;
  X509_ALGOR* algorithm = nullptr;
  X509_PUBKEY_get0_param(nullptr, &point, &size, &algorithm, spki);
  const void* value = nullptr;
  int type = 0;
  X509_ALGOR_get0(nullptr, &type, &value, algorithm);
  if (type != V_ASN1_OBJECT) {
    return Unsupported("an EC key with explicit curve parameters");
  }
  if (size < 1 || point[0] != kUncompressedPoint) {
    return Unsupported("an EC key whose point is not uncompressed");
  }
  const auto* curve = static_cast<const ASN1_OBJECT*>(value);
  switch (OBJ_obj2nid(curve)) {
    case NID_X9_62_prime256v1:
      return KeyKind::kEcdsaP256;
    case NID_secp384r1:
      return KeyKind::kEcdsaP384;
    case NID_secp521r1:
      return KeyKind::kEcdsaP521;
    default:
      return Unsupported("an EC key on the curve " + ObjectName(curve));
  }
}

BigNumber RsaNumber(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  return BigNumber(number);
}

Result<KeyKind> RsaKind(const EVP_PKEY* key) {
  if (key == nullptr) return MalformedKey("an RSA key that cannot be decoded");
  const BigNumber exponent = RsaNumber(key, OSSL_PKEY_PARAM_RSA_E);
  if (!exponent || BN_is_word(exponent.get(), kRsaExponent) != 1) {
    return Unsupported("an RSA key whose exponent is not 65537");
  }
  switch (const int bits = EVP_PKEY_get_bits(key); bits) {
    case 2048:
      return KeyKind::kRsa2048;
    case 3072:
      return KeyKind::kRsa3072;
    case 4096:
      return KeyKind::kRsa4096;
    default:
      return Unsupported("an RSA key of " + std::to_string(bits) + " bits");
  }
}

// By the algorithm identifier first, so that what is not accepted is refused
// by name even where OpenSSL cannot decode it.
Result<KeyKind> KindOf(X509_PUBKEY* spki) {
  ASN1_OBJECT* object = nullptr;
  X509_PUBKEY_get0_param(&object, nullptr, nullptr, nullptr, spki);
  switch (OBJ_obj2nid(object)) {
    case NID_X9_62_id_ecPublicKey:
      return EcKind(spki);
    case NID_rsaEncryption:
      return RsaKind(X509_PUBKEY_get0(spki));
    case NID_ED25519:
      return KeyKind::kEd25519;
    default:
      return Unsupported("a key of the kind " + ObjectName(object));
  }
}

// The 32 bytes of an Ed25519 key. Points of small order would let anyone sign.
std::optional<std::string> Ed25519Point(const EVP_PKEY* key) {
  std::string point(kEd25519KeyBytes, '\0');
  std::size_t size = point.size();
  auto* bytes = reinterpret_cast<unsigned char*>(point.data());
  if (EVP_PKEY_get_raw_public_key(key, bytes, &size) != 1 ||
      size != kEd25519KeyBytes || sodium_init() < 0 ||
      crypto_core_ed25519_is_valid_point(bytes) != 1) {
    return std::nullopt;
  }
  return point;
}

// The usual keys have one encoding each: a header, then the point. Making a key
// of the point is a tenth of what OpenSSL's decoders cost at their first use,
// and what matches a header needs no encoding again to be known as canonical.
struct Form {
  KeyKind kind;
  const char* group;  // null: an Ed25519 key
  std::string_view header;
  std::size_t point_size;
};

using namespace std::string_view_literals;  // NOLINT: headers hold zeros

constexpr std::array<Form, 4> kForms = {{
    {KeyKind::kEcdsaP256, "P-256",
     "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86"
     "\x48\xce\x3d\x03\x01\x07\x03\x42\x00"sv,
     65},
    {KeyKind::kEcdsaP384, "P-384",
     "\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81"
     "\x04\x00\x22\x03\x62\x00"sv,
     97},
    {KeyKind::kEcdsaP521, "P-521",
     "\x30\x81\x9b\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b"
     "\x81\x04\x00\x23\x03\x81\x86\x00"sv,
     133},
    {KeyKind::kEd25519, nullptr,
     "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv, kEd25519KeyBytes},
}};

// Null when the key is of another form; RSA always is. Only uncompressed
// points have these lengths.
const Form* FormOf(std::string_view spki) {
  for (const Form& form : kForms) {
    if (spki.size() == form.header.size() + form.point_size &&
        spki.starts_with(form.header) &&
        (form.group == nullptr ||
         spki[form.header.size()] == kUncompressedPoint)) {
      return &form;
    }
  }
  return nullptr;
}

// Null when it is no point of the curve.
KeyPtr KeyOf(const Form& form, std::string_view point) {
  if (form.group == nullptr) {
    return KeyPtr(EVP_PKEY_new_raw_public_key_ex(
        nullptr, "ED25519", nullptr, UnsignedBytes(point), point.size()));
  }
  std::string group(form.group);
  std::string bytes(point);
  std::array<OSSL_PARAM, 3> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                       group.size()),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, bytes.data(),
                                        bytes.size()),
      OSSL_PARAM_construct_end()};
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (context && EVP_PKEY_fromdata_init(context.get()) == 1) {
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY,
                      parameters.data());
  }
  return KeyPtr(key);
}

// By trial division, as a damaged modulus nearly always has such a factor.
// OpenSSL's own check costs 3 ms, and looks for larger factors by chance: the
// same key would be a key at one time and none at another.
bool HasSmallFactor(const BIGNUM* modulus) {
  constexpr BN_ULONG kLimit = 1000;
  if (BN_is_odd(modulus) == 0) return true;
  for (BN_ULONG divisor = 3; divisor < kLimit; divisor += 2) {
    if (BN_mod_word(modulus, divisor) == 0) return true;
  }
  return false;
}

// The curves' cofactor is 1: to be on the curve is all there is to check.
bool IsOnCurve(EVP_PKEY* key) {
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_public_check_quick(context.get()) == 1;
}

bool IsEcdsa(KeyKind kind) {
  return kind == KeyKind::kEcdsaP256 || kind == KeyKind::kEcdsaP384 ||
         kind == KeyKind::kEcdsaP521;
}

bool IsCanonical(const EVP_PKEY* key, std::string_view spki) {
  const int size = i2d_PUBKEY(key, nullptr);
  if (size < 0 || static_cast<std::size_t>(size) != spki.size()) return false;
  std::string again(spki.size(), '\0');
  auto* cursor = reinterpret_cast<unsigned char*>(again.data());
  return i2d_PUBKEY(key, &cursor) == size && again == spki;
}

struct DecodedKey {
  KeyPtr key;
  KeyKind kind;
};

Result<DecodedKey> Decode(std::string_view spki) {
  if (const Form* form = FormOf(spki)) {
    KeyPtr key = KeyOf(*form, spki.substr(form->header.size()));
    if (!key) return MalformedKey("the key cannot be decoded");
    return DecodedKey{std::move(key), form->kind};
  }
  const unsigned char* cursor = UnsignedBytes(spki);
  const SpkiPtr info(
      d2i_X509_PUBKEY(nullptr, &cursor, static_cast<long>(spki.size())));
  if (!info) return MalformedKey("no SubjectPublicKeyInfo");
  if (cursor != UnsignedBytes(spki) + spki.size()) {
    return MalformedKey("bytes after the key");
  }
  const auto kind = KindOf(info.get());
  if (!kind) return kind.error();
  KeyPtr key(X509_PUBKEY_get(info.get()));
  if (!key) return MalformedKey("the key cannot be decoded");
  if (!IsCanonical(key.get(), spki)) {
    return MalformedKey("the key's encoding is not canonical DER");
  }
  return DecodedKey{std::move(key), *kind};
}

Error WrongBlock(const std::string& label) {
  if (label.find("PRIVATE KEY") != label.npos) {
    return Unsupported(
        "a private key (" + label +
        ") where a public key belongs; remove it from this node");
  }
  if (label.find("CERTIFICATE") != label.npos) {
    return Unsupported(
        "a certificate, not a key; its key: openssl x509 -pubkey -noout");
  }
  if (label == "RSA PUBLIC KEY") {
    return Unsupported(
        "a PKCS#1 key; convert it: openssl rsa -RSAPublicKey_in -pubout");
  }
  return Unsupported("a PEM block of the kind " + label);
}

}  // namespace

struct PublicKey::Parsed {
  KeyPtr key;
  KeyKind kind;
  std::string spki;
  Digest fingerprint;
  std::string point;  // of an Ed25519 key
  mutable VerifyingContexts contexts{};
};

PublicKey::PublicKey(std::shared_ptr<const Parsed> parsed)
    : parsed_(std::move(parsed)) {}

Result<PublicKey> PublicKey::ParseDer(std::string_view spki) {
  const ErrorQueueCleaner cleaner;
  auto decoded = Decode(spki);
  if (!decoded) return decoded.error();
  auto& [key, kind] = *decoded;
  std::string point;
  if (kind == KeyKind::kEd25519) {
    auto valid = Ed25519Point(key.get());
    if (!valid) return MalformedKey("the Ed25519 point is not a usable key");
    point = *std::move(valid);
  } else if (IsEcdsa(kind)) {
    if (!IsOnCurve(key.get())) return MalformedKey("a point not on its curve");
  } else {
    const BigNumber modulus = RsaNumber(key.get(), OSSL_PKEY_PARAM_RSA_N);
    if (!modulus || HasSmallFactor(modulus.get())) {
      return MalformedKey("an RSA modulus with a small factor");
    }
  }
  return PublicKey(std::shared_ptr<const Parsed>(
      new Parsed{std::move(key), kind, std::string(spki), Digest::Of(spki),
                 std::move(point)}));
}

Result<std::vector<PublicKey>> PublicKey::ParsePem(std::string_view pem) {
  const auto blocks = ReadPem(pem);
  if (!blocks) return blocks.error();
  std::vector<PublicKey> keys;
  for (const auto& block : *blocks) {
    if (block.label != "PUBLIC KEY") return WrongBlock(block.label);
    auto key = ParseDer(block.bytes);
    if (!key) return key.error();
    keys.push_back(*std::move(key));
  }
  return keys;
}

Result<std::vector<PublicKey>> PublicKey::ParseFile(std::string_view bytes) {
  constexpr char kDerSequence = '\x30';
  if (!bytes.starts_with(kDerSequence)) return ParsePem(bytes);
  auto key = ParseDer(bytes);
  if (!key) return key.error();
  return std::vector<PublicKey>{*std::move(key)};
}

KeyKind PublicKey::kind() const { return parsed_->kind; }
const Digest& PublicKey::fingerprint() const { return parsed_->fingerprint; }
const std::string& PublicKey::spki() const { return parsed_->spki; }

namespace {

bool VerifyEd25519(EVP_PKEY* key, std::string_view message,
                   std::string_view signature) {
  const DigestContext context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) ==
             1 &&
         EVP_DigestVerify(context.get(), UnsignedBytes(signature),
                          signature.size(), UnsignedBytes(message),
                          message.size()) == 1;
}

// RFC 8032 section 5.1 with an empty context; OpenSSL has it from 3.2 only.
bool VerifyEd25519ph(const std::string& point, std::string_view message,
                     std::string_view signature) {
  crypto_sign_ed25519ph_state state;
  return crypto_sign_ed25519ph_init(&state) == 0 &&
         crypto_sign_ed25519ph_update(&state, UnsignedBytes(message),
                                      message.size()) == 0 &&
         crypto_sign_ed25519ph_final_verify(&state, UnsignedBytes(signature),
                                            UnsignedBytes(point)) == 0;
}

}  // namespace

bool PublicKey::VerifyDigest(const SignatureAlgorithm& algorithm,
                             const Digest& digest,
                             std::string_view signature) const {
  const ErrorQueueCleaner cleaner;
  if (kind() == KeyKind::kEd25519 || algorithm.prehashed ||
      digest.algorithm() != algorithm.hash || signature.empty()) {
    return false;
  }
  auto context = parsed_->contexts.Take(parsed_->key.get(), algorithm);
  if (!context ||
      EVP_PKEY_verify(context->openssl.get(), UnsignedBytes(signature),
                      signature.size(), UnsignedBytes(digest.bytes()),
                      digest.bytes().size()) != 1) {
    return false;
  }
  parsed_->contexts.Keep(std::move(context));
  return true;
}

bool PublicKey::Verify(const SignatureAlgorithm& algorithm,
                       std::string_view message,
                       std::string_view signature) const {
  if (kind() != KeyKind::kEd25519) {
    return VerifyDigest(algorithm, Digest::Of(message, algorithm.hash),
                        signature);
  }
  const ErrorQueueCleaner cleaner;
  if (signature.size() != kEd25519SignatureBytes) return false;
  return algorithm.prehashed
             ? VerifyEd25519ph(parsed_->point, message, signature)
             : VerifyEd25519(parsed_->key.get(), message, signature);
}

std::string_view KeyKindName(KeyKind kind) {
  switch (kind) {
    case KeyKind::kEcdsaP256:
      return "ecdsa-p256";
    case KeyKind::kEcdsaP384:
      return "ecdsa-p384";
    case KeyKind::kEcdsaP521:
      return "ecdsa-p521";
    case KeyKind::kRsa2048:
      return "rsa-2048";
    case KeyKind::kRsa3072:
      return "rsa-3072";
    case KeyKind::kRsa4096:
      return "rsa-4096";
    case KeyKind::kEd25519:
      return "ed25519";
  }
  return "unknown";
}

}  // namespace assay
