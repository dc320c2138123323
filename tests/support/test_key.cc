#include "tests/support/test_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sodium.h>

#include <cstdlib>
#include <map>

namespace assay::test {
namespace {

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;

void Require(bool holds) {
  if (!holds) std::abort();
}

const EVP_MD* Md(HashAlgorithm hash) {
  switch (hash) {
    case HashAlgorithm::kSha256:
      return EVP_sha256();
    case HashAlgorithm::kSha384:
      return EVP_sha384();
    case HashAlgorithm::kSha512:
      return EVP_sha512();
  }
  return nullptr;
}

unsigned char* Out(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* In(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <typename Writer>
std::string Written(Writer write) {
  const std::unique_ptr<BIO, Freer<BIO_free_all>> bio(BIO_new(BIO_s_mem()));
  Require(write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

KeyPtr Ec(const char* group, const char* parameter, const char* value) {
  KeyPtr key(EVP_EC_gen(group));
  Require(key != nullptr &&
          EVP_PKEY_set_utf8_string_param(key.get(), parameter, value) == 1);
  return key;
}

KeyPtr Rsa(const char* kind, std::size_t bits, unsigned exponent) {
  const ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_BITS, &bits),
      OSSL_PARAM_construct_uint(OSSL_PKEY_PARAM_RSA_E, &exponent),
      OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  Require(EVP_PKEY_keygen_init(context.get()) == 1 &&
          EVP_PKEY_CTX_set_params(context.get(), params) == 1 &&
          EVP_PKEY_generate(context.get(), &key) == 1);
  return KeyPtr(key);
}

KeyPtr Foreign(std::string_view name) {
  constexpr const char* kEncoding = OSSL_PKEY_PARAM_EC_ENCODING;
  constexpr const char* kPoint = OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT;
  if (name == "P-256-explicit") return Ec("P-256", kEncoding, "explicit");
  if (name == "P-256-compressed") return Ec("P-256", kPoint, "compressed");
  if (name == "secp256k1") return KeyPtr(EVP_EC_gen("secp256k1"));
  if (name == "brainpoolP256r1") return KeyPtr(EVP_EC_gen("brainpoolP256r1"));
  if (name == "RSA-1024") return Rsa("RSA", 1024, 65537);
  if (name == "RSA-2048-e3") return Rsa("RSA", 2048, 3);
  if (name == "RSA-PSS") return Rsa("RSA-PSS", 2048, 65537);
  const std::string algorithm(name);
  return KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, algorithm.c_str()));
}

KeyPtr Generate(KeyKind kind) {
  switch (kind) {
    case KeyKind::kEcdsaP256:
      return KeyPtr(EVP_EC_gen("P-256"));
    case KeyKind::kEcdsaP384:
      return KeyPtr(EVP_EC_gen("P-384"));
    case KeyKind::kEcdsaP521:
      return KeyPtr(EVP_EC_gen("P-521"));
    case KeyKind::kRsa2048:
      return Rsa("RSA", 2048, 65537);
    case KeyKind::kRsa3072:
      return Rsa("RSA", 3072, 65537);
    case KeyKind::kRsa4096:
      return Rsa("RSA", 4096, 65537);
    case KeyKind::kEd25519:
      return KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  return nullptr;
}

std::string SignEd25519ph(EVP_PKEY* key, std::string_view message) {
  std::string seed(crypto_sign_SEEDBYTES, '\0');
  std::size_t size = seed.size();
  std::string point(crypto_sign_PUBLICKEYBYTES, '\0');
  std::string secret(crypto_sign_SECRETKEYBYTES, '\0');
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_ed25519ph_state state;
  Require(EVP_PKEY_get_raw_private_key(key, Out(seed), &size) == 1);
  crypto_sign_seed_keypair(Out(point), Out(secret), In(seed));
  crypto_sign_ed25519ph_init(&state);
  crypto_sign_ed25519ph_update(&state, In(message), message.size());
  crypto_sign_ed25519ph_final_create(&state, Out(signature), nullptr,
                                     In(secret));
  return signature;
}

std::string SignWith(EVP_PKEY* key, const EVP_MD* md, int padding, int salt,
                     std::string_view message) {
  const std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>> context(
      EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  Require(EVP_DigestSignInit(context.get(), &options, md, nullptr, key) == 1);
  if (padding != 0) {
    Require(EVP_PKEY_CTX_set_rsa_padding(options, padding) == 1);
  }
  if (padding == RSA_PKCS1_PSS_PADDING) {
    Require(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, salt) == 1);
  }
  std::size_t size = 0;
  Require(EVP_DigestSign(context.get(), nullptr, &size, In(message),
                         message.size()) == 1);
  std::string signature(size, '\0');
  Require(EVP_DigestSign(context.get(), Out(signature), &size, In(message),
                         message.size()) == 1);
  signature.resize(size);
  return signature;
}

}  // namespace

struct TestKey::Pair {
  KeyPtr key;
};

TestKey::TestKey(std::shared_ptr<const Pair> pair) : pair_(std::move(pair)) {}

TestKey TestKey::Make(KeyKind kind) {
  auto key = Generate(kind);
  Require(key != nullptr);
  return TestKey(std::make_shared<const Pair>(Pair{std::move(key)}));
}

const TestKey& TestKey::Of(KeyKind kind) {
  static std::map<KeyKind, TestKey> pairs;
  const auto found = pairs.find(kind);
  return found == pairs.end() ? pairs.emplace(kind, Make(kind)).first->second
                              : found->second;
}

TestKey TestKey::MakeForeign(std::string_view name) {
  auto key = Foreign(name);
  Require(key != nullptr);
  return TestKey(std::make_shared<const Pair>(Pair{std::move(key)}));
}

std::string TestKey::Spki() const {
  const int size = i2d_PUBKEY(pair_->key.get(), nullptr);
  Require(size > 0);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  auto* cursor = Out(bytes);
  i2d_PUBKEY(pair_->key.get(), &cursor);
  return bytes;
}

std::string TestKey::Pem() const {
  return Written(
      [&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, pair_->key.get()); });
}

std::string TestKey::PrivatePem() const {
  return Written([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, pair_->key.get(), nullptr, nullptr, 0,
                                    nullptr, nullptr);
  });
}

PublicKey TestKey::Public() const {
  return PublicKey::ParseDer(Spki()).value();
}

std::string TestKey::Sign(const SignatureAlgorithm& algorithm,
                          std::string_view message) const {
  auto* key = pair_->key.get();
  const bool edwards = EVP_PKEY_is_a(key, "ED25519") == 1;
  if (edwards && algorithm.prehashed) return SignEd25519ph(key, message);
  if (edwards) return SignWith(key, nullptr, 0, 0, message);
  if (EVP_PKEY_is_a(key, "RSA") != 1) {
    return SignWith(key, Md(algorithm.hash), 0, 0, message);
  }
  const bool pss = algorithm.padding == Padding::kPss;
  return SignWith(key, Md(algorithm.hash),
                  pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING,
                  RSA_PSS_SALTLEN_MAX_SIGN, message);
}

std::string TestKey::SignPss(HashAlgorithm hash, int salt,
                             std::string_view message) const {
  return SignWith(pair_->key.get(), Md(hash), RSA_PKCS1_PSS_PADDING, salt,
                  message);
}

namespace {

void AddExtension(X509* certificate, const std::string& oid,
                  const std::string& value) {
  const std::unique_ptr<ASN1_OCTET_STRING, Freer<ASN1_OCTET_STRING_free>> data(
      ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(data.get(),
                        reinterpret_cast<const unsigned char*>(value.data()),
                        static_cast<int>(value.size()));
  const std::unique_ptr<ASN1_OBJECT, Freer<ASN1_OBJECT_free>> name(
      OBJ_txt2obj(oid.c_str(), 1));
  const std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension(
      X509_EXTENSION_create_by_OBJ(nullptr, name.get(), 0, data.get()));
  Require(X509_add_ext(certificate, extension.get(), -1) == 1);
}

}  // namespace

std::string TestKey::Certificate(
    const std::map<std::string, std::string>& extensions) const {
  const std::unique_ptr<X509, Freer<X509_free>> certificate(X509_new());
  auto* key = pair_->key.get();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  Require(X509_set_pubkey(certificate.get(), key) == 1);
  Require(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  for (const auto& [oid, value] : extensions) {
    AddExtension(certificate.get(), oid, value);
  }
  const auto* md = EVP_PKEY_is_a(key, "ED25519") == 1 ? nullptr : EVP_sha256();
  Require(X509_sign(certificate.get(), key, md) > 0);
  return Written(
      [&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); });
}

}  // namespace assay::test
