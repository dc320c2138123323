#include "core/trust/verifying_contexts.h"

#include <openssl/rsa.h>

#include <utility>

namespace assay {
namespace {

bool SetPss(EVP_PKEY_CTX* context, int salt, const EVP_MD* hash) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) == 1;
}

bool SetPadding(EVP_PKEY_CTX* context, Padding padding, const EVP_MD* hash) {
  switch (padding) {
    case Padding::kPkcs1:
      return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    case Padding::kPss:
      return SetPss(context, RSA_PSS_SALTLEN_AUTO, hash);
    case Padding::kPssHashSalt:
      return SetPss(context, RSA_PSS_SALTLEN_DIGEST, hash);
  }
  return false;
}

KeyContext Make(EVP_PKEY* key, const SignatureAlgorithm& algorithm) {
  const EVP_MD* const hash = FetchedHash(algorithm.hash);
  KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (!context || hash == nullptr || EVP_PKEY_verify_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), hash) != 1) {
    return nullptr;
  }
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
      !SetPadding(context.get(), algorithm.padding, hash)) {
    return nullptr;
  }
  return context;
}

}  // namespace

const EVP_MD* FetchedHash(HashAlgorithm algorithm) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static const EVP_MD* const sha384 = EVP_MD_fetch(nullptr, "SHA384", nullptr);
  static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  switch (algorithm) {
    case HashAlgorithm::kSha256:
      return sha256;
    case HashAlgorithm::kSha384:
      return sha384;
    case HashAlgorithm::kSha512:
      return sha512;
  }
  return nullptr;
}

VerifyingContexts::~VerifyingContexts() {
  for (auto& place : idle_) delete place.load();
}

std::unique_ptr<VerifyingContext> VerifyingContexts::Take(
    EVP_PKEY* key, const SignatureAlgorithm& algorithm) {
  for (auto& place : idle_) {
    std::unique_ptr<VerifyingContext> idle(place.exchange(nullptr));
    if (!idle) continue;
    if (idle->algorithm == algorithm) return idle;
    Keep(std::move(idle));
  }
  KeyContext made = Make(key, algorithm);
  if (!made) return nullptr;
  return std::make_unique<VerifyingContext>(
      VerifyingContext{algorithm, std::move(made)});
}

void VerifyingContexts::Keep(std::unique_ptr<VerifyingContext> context) {
  for (auto& place : idle_) {
    VerifyingContext* none = nullptr;
    if (!place.compare_exchange_strong(none, context.get())) continue;
    static_cast<void>(context.release());
    return;
  }
}

}  // namespace assay
