// VerifyingContexts: OpenSSL's contexts of one key, kept once they have
// verified: making one looks its parts up by name, which costs half of what a
// P-256 signature does. Only core/trust includes it.
#ifndef ASSAY_CORE_TRUST_VERIFYING_CONTEXTS_H_
#define ASSAY_CORE_TRUST_VERIFYING_CONTEXTS_H_

#include <array>
#include <atomic>
#include <memory>

#include "core/trust/openssl_handles.h"
#include "core/trust/public_key.h"

namespace assay {

using KeyContext = OpensslPtr<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

// Fetched once per process and never freed; null where the provider refuses.
const EVP_MD* FetchedHash(HashAlgorithm algorithm);

struct VerifyingContext {
  SignatureAlgorithm algorithm;
  KeyContext openssl;
};

// Thread-safe, without locks.
class VerifyingContexts {
 public:
  VerifyingContexts() = default;
  VerifyingContexts(const VerifyingContexts&) = delete;
  VerifyingContexts& operator=(const VerifyingContexts&) = delete;
  ~VerifyingContexts();

  // For a signature over a digest by an ECDSA or RSA key (borrowed, the same
  // each time); the caller's alone until it is kept. Null on failure.
  std::unique_ptr<VerifyingContext> Take(EVP_PKEY* key,
                                         const SignatureAlgorithm& algorithm);

  // For the next one by the same algorithm. Of those that verified: OpenSSL
  // says nothing of the state that a failure leaves.
  void Keep(std::unique_ptr<VerifyingContext> context);

 private:
  std::array<std::atomic<VerifyingContext*>, 4> idle_{};
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_VERIFYING_CONTEXTS_H_
