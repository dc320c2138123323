#include "core/trust/signing_key.h"

#include <openssl/pem.h>

#include <utility>

#include "core/trust/openssl_handles.h"

namespace assay {

struct SigningKey::Pair {
  KeyPtr key;
};

namespace {

using BioPtr = OpensslPtr<BIO, BIO_free_all>;
using SigningContext = OpensslPtr<EVP_MD_CTX, EVP_MD_CTX_free>;

// What one of OpenSSL's writers puts out; "" where it fails.
template <typename Writer>
std::string PemText(Writer write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || write(bio.get()) != 1) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

// An encrypted key asks for no password: there is nobody to ask.
int NoPassword(char*, int, int, void*) { return -1; }

}  // namespace

SigningKey::SigningKey(std::shared_ptr<const Pair> pair, PublicKey public_key)
    : pair_(std::move(pair)), public_key_(std::move(public_key)) {}

Result<SigningKey> SigningKey::Of(Pair pair) {
  auto shared = std::make_shared<const Pair>(std::move(pair));
  auto public_key = PublicKey::ParseDer(ToDer<&i2d_PUBKEY>(shared->key.get()));
  if (!public_key) return public_key.error();
  if (public_key->kind() != KeyKind::kEcdsaP256) {
    return Fail(Reason::kKeyUnsupported, "a signing key must be on P-256");
  }
  return SigningKey(std::move(shared), *std::move(public_key));
}

Result<SigningKey> SigningKey::Make() {
  const ErrorQueueCleaner cleaner;
  KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return Fail(Reason::kInternal, "no key could be made");
  return Of({std::move(key)});
}

Result<SigningKey> SigningKey::ParsePem(std::string_view pem) {
  const ErrorQueueCleaner cleaner;
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  KeyPtr key(
      bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassword, nullptr)
          : nullptr);
  if (!key) return Fail(Reason::kKeyMalformed, "not a private key in PEM");
  return Of({std::move(key)});
}

std::string SigningKey::PrivatePem() const {
  const ErrorQueueCleaner cleaner;
  return PemText([this](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, pair_->key.get(), nullptr,
                                         nullptr, 0, nullptr, nullptr);
  });
}

std::string SigningKey::PublicPem() const {
  const ErrorQueueCleaner cleaner;
  return PemText(
      [this](BIO* bio) { return PEM_write_bio_PUBKEY(bio, pair_->key.get()); });
}

Result<std::string> SigningKey::Sign(std::string_view message) const {
  const ErrorQueueCleaner cleaner;
  const Error failed = Fail(Reason::kInternal, "signing failed");
  const SigningContext context(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr,
                         pair_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, UnsignedBytes(message),
                     message.size()) != 1) {
    return failed;
  }
  std::string signature(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), out, &size, UnsignedBytes(message),
                     message.size()) != 1) {
    return failed;
  }
  signature.resize(size);
  return signature;
}

}  // namespace assay
