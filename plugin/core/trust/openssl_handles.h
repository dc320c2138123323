// Owners of OpenSSL's objects. Only the .cc files of core/trust and below
// include it.
#ifndef ASSAY_CORE_TRUST_OPENSSL_HANDLES_H_
#define ASSAY_CORE_TRUST_OPENSSL_HANDLES_H_

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace assay {

template <auto kFree>
struct OpensslFreer {
  template <typename T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
template <typename T, auto kFree>
using OpensslPtr = std::unique_ptr<T, OpensslFreer<kFree>>;

using KeyPtr = OpensslPtr<EVP_PKEY, EVP_PKEY_free>;
using X509Ptr = OpensslPtr<X509, X509_free>;

// OpenSSL keeps errors per thread; none may outlive the call that made it.
struct ErrorQueueCleaner {
  ErrorQueueCleaner() = default;
  ErrorQueueCleaner(const ErrorQueueCleaner&) = delete;
  ErrorQueueCleaner& operator=(const ErrorQueueCleaner&) = delete;
  ~ErrorQueueCleaner() { ERR_clear_error(); }
};

inline const unsigned char* UnsignedBytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// The DER of an object by one of OpenSSL's i2d functions; "" on failure.
template <auto kEncode, typename T>
std::string ToDer(T* object) {
  const int size = kEncode(object, nullptr);
  if (size <= 0) return {};
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* cursor = reinterpret_cast<unsigned char*>(der.data());
  return kEncode(object, &cursor) == size ? der : std::string();
}

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_OPENSSL_HANDLES_H_
