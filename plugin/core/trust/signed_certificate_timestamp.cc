#include "core/trust/signed_certificate_timestamp.h"

#include <openssl/ct.h>
#include <openssl/x509v3.h>

#include "base/limits.h"
#include "core/trust/asn1_values.h"
#include "core/trust/certificate_access.h"
#include "core/trust/openssl_handles.h"

namespace assay {
namespace {

using ListPtr = OpensslPtr<STACK_OF(SCT), SCT_LIST_free>;

constexpr std::string_view kListOid = "1.3.6.1.4.1.11129.2.4.2";

Error MalformedScts(std::string detail) {
  return Fail(Reason::kSctMalformed, std::move(detail));
}

// The low `bytes` bytes of a number, in network order.
std::string BigEndian(std::uint64_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text.push_back(static_cast<char>((number >> shift) & 0xffU));
  }
  return text;
}

std::string BytesOf(unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

Result<SignedCertificateTimestamp> Read(const SCT* sct) {
  constexpr std::size_t kLogIdBytes = 32;
  if (SCT_get_version(sct) != SCT_VERSION_V1)
    return MalformedScts("its version");
  const int signed_by = SCT_get_signature_nid(sct);
  if (signed_by != NID_ecdsa_with_SHA256 &&
      signed_by != NID_sha256WithRSAEncryption) {
    return MalformedScts("its signature algorithm");
  }
  SignedCertificateTimestamp promise;
  unsigned char* data = nullptr;
  std::size_t size = SCT_get0_log_id(sct, &data);
  if (size != kLogIdBytes) return MalformedScts("its log id");
  promise.log_id = BytesOf(data, size);
  size = SCT_get0_extensions(sct, &data);
  promise.extensions = BytesOf(data, size);
  size = SCT_get0_signature(sct, &data);
  promise.signature = BytesOf(data, size);
  promise.milliseconds = SCT_get_timestamp(sct);
  promise.time = Time(std::chrono::seconds(
      static_cast<std::int64_t>(promise.milliseconds / 1000)));
  return promise;
}

}  // namespace

Result<std::vector<SignedCertificateTimestamp>> SignedCertificateTimestamp::Of(
    const Certificate& certificate) {
  const ErrorQueueCleaner cleaner;
  std::vector<SignedCertificateTimestamp> promises;
  const auto* value = certificate.Extension(kListOid);
  if (value == nullptr) return promises;
  const auto list = ReadDer<ListPtr, d2i_SCT_LIST, i2d_SCT_LIST>(*value);
  if (!list) return MalformedScts("the list cannot be read");
  const int count = sk_SCT_num(list.get());
  if (static_cast<std::size_t>(count) > limits::kSignedCertificateTimestamps) {
    return MalformedScts("there are too many");
  }
  for (int i = 0; i < count; ++i) {
    auto promise = Read(sk_SCT_value(list.get(), i));
    if (!promise) return promise.error();
    promises.push_back(*std::move(promise));
  }
  return promises;
}

Result<Precertificate> Precertificate::Of(const Certificate& certificate,
                                          const Certificate& issuer) {
  const ErrorQueueCleaner cleaner;
  const X509Ptr copy(X509_dup(CertificateAccess::Raw(certificate)));
  if (!copy) return MalformedScts("the certificate cannot be copied");
  const int place = X509_get_ext_by_NID(copy.get(), NID_ct_precert_scts, -1);
  X509_EXTENSION_free(X509_delete_ext(copy.get(), place));
  auto body = ToDer<i2d_re_X509_tbs>(copy.get());
  if (place < 0 || body.empty()) return MalformedScts("there is no list");
  return Precertificate(Digest::Of(issuer.spki()).bytes(), std::move(body));
}

// RFC 6962 section 3.2: digitally-signed struct of a precert_entry.
Status Precertificate::Verify(const SignedCertificateTimestamp& promise,
                              const TransparencyLog& log) const {
  constexpr std::string_view kVersionAndType("\0\0", 2);
  constexpr std::uint64_t kPrecertEntry = 1;
  if (!log.validity().Contains(promise.time)) {
    return Fail(Reason::kSctInvalid, log.url() + " was not in use then");
  }
  std::string message(kVersionAndType);
  message += BigEndian(promise.milliseconds, 8);
  message += BigEndian(kPrecertEntry, 2);
  message += issuer_hash_;
  message += BigEndian(body_.size(), 3);
  message += body_;
  message += BigEndian(promise.extensions.size(), 2);
  message += promise.extensions;
  if (log.Signed(message, promise.signature)) return Ok();
  return Fail(Reason::kSctInvalid, "it is not signed by " + log.url());
}

}  // namespace assay
