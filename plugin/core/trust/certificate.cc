#include "core/trust/certificate.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <memory>

#include "core/trust/pem.h"

namespace assay {
namespace {

struct CertificateFreer {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

Error Malformed(std::string detail) {
  return Fail(Reason::kCertificateMalformed, std::move(detail));
}

}  // namespace

Result<Digest> CertificateKeyFingerprint(std::string_view pem) {
  const auto blocks = ReadPem(pem);
  if (!blocks) return Malformed(blocks.error().detail);
  if (blocks->size() != 1 || blocks->front().label != "CERTIFICATE") {
    return Malformed("not exactly one certificate");
  }
  const auto& der = blocks->front().bytes;
  const auto* const begin = reinterpret_cast<const unsigned char*>(der.data());
  const auto* cursor = begin;
  const std::unique_ptr<X509, CertificateFreer> certificate(
      d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  ERR_clear_error();
  if (!certificate || cursor != begin + der.size()) {
    return Malformed("the certificate cannot be decoded");
  }
  auto* spki = X509_get_X509_PUBKEY(certificate.get());
  const int size = i2d_X509_PUBKEY(spki, nullptr);
  if (size <= 0) return Malformed("the certificate has no key");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  i2d_X509_PUBKEY(spki, &out);
  return Digest::Of(bytes);
}

}  // namespace assay
