#include "core/trust/timestamp.h"

#include <openssl/pkcs7.h>
#include <openssl/ts.h>

#include <array>
#include <ctime>

#include "base/limits.h"
#include "core/trust/certificate_access.h"
#include "core/trust/openssl_handles.h"

namespace assay {
namespace {

using ResponsePtr = OpensslPtr<TS_RESP, TS_RESP_free>;
using StorePtr = OpensslPtr<X509_STORE, X509_STORE_free>;
using VerifyContextPtr = OpensslPtr<TS_VERIFY_CTX, TS_VERIFY_CTX_free>;
using DataPtr = OpensslPtr<BIO, BIO_free>;

Error Malformed(std::string detail) {
  return Fail(Reason::kTimestampMalformed, std::move(detail));
}

Error Invalid(std::string detail) {
  return Fail(Reason::kTimestampInvalid, std::move(detail));
}

Result<ResponsePtr> Decode(std::string_view der) {
  if (der.size() > limits::kTimestampBytes) return Malformed("it is too big");
  const unsigned char* cursor = UnsignedBytes(der);
  ResponsePtr response(
      d2i_TS_RESP(nullptr, &cursor, static_cast<long>(der.size())));
  if (!response) return Malformed("it is no time stamp response");
  if (cursor != UnsignedBytes(der) + der.size()) {
    return Malformed("bytes follow it");
  }
  const long status = ASN1_INTEGER_get(
      TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response.get())));
  if (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS) {
    return Malformed("it was not granted");
  }
  PKCS7* token = TS_RESP_get_token(response.get());
  if (token == nullptr || PKCS7_type_is_signed(token) != 1 ||
      TS_RESP_get_tst_info(response.get()) == nullptr) {
    return Malformed("it holds no token");
  }
  if (sk_PKCS7_SIGNER_INFO_num(PKCS7_get_signer_info(token)) != 1) {
    return Malformed("it has not exactly one signer");
  }
  return response;
}

// The hash of the message, by the token's own choice of a strong algorithm.
Status CheckImprint(TS_RESP* response, std::string_view message) {
  TS_MSG_IMPRINT* imprint =
      TS_TST_INFO_get_msg_imprint(TS_RESP_get_tst_info(response));
  const ASN1_OBJECT* name = nullptr;
  X509_ALGOR_get0(&name, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  HashAlgorithm algorithm{};
  switch (OBJ_obj2nid(name)) {
    case NID_sha256:
      algorithm = HashAlgorithm::kSha256;
      break;
    case NID_sha384:
      algorithm = HashAlgorithm::kSha384;
      break;
    case NID_sha512:
      algorithm = HashAlgorithm::kSha512;
      break;
    default:
      return Invalid("its hash is weak or unknown");
  }
  const ASN1_OCTET_STRING* hash = TS_MSG_IMPRINT_get_msg(imprint);
  const std::string_view stated(
      reinterpret_cast<const char*>(ASN1_STRING_get0_data(hash)),
      static_cast<std::size_t>(ASN1_STRING_length(hash)));
  if (Digest::Of(message, algorithm).bytes() != stated) {
    return Invalid("it is over another signature");
  }
  return Ok();
}

Result<Time> TimeOf(TS_RESP* response) {
  std::tm parts{};
  const auto* time = TS_TST_INFO_get_time(TS_RESP_get_tst_info(response));
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return Malformed("its time cannot be read");
  }
  return Time(std::chrono::seconds(::timegm(&parts)));
}

// The certificate that signed the token, its signature verified; nothing says
// yet that the certificate was valid. `trusted` ends its path, `known` may
// stand in for what the token does not hold.
Result<Certificate> VerifyToken(TS_RESP* response,
                                const std::vector<Certificate>& trusted,
                                const std::vector<Certificate>& known) {
  StorePtr store(X509_STORE_new());
  STACK_OF(X509)* certificates = sk_X509_new_null();
  const VerifyContextPtr context(TS_VERIFY_CTX_new());
  if (!store || certificates == nullptr || !context) {
    sk_X509_free(certificates);
    return Fail(Reason::kInternal, "memory");
  }
  X509_STORE_set_flags(store.get(),
                       X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
  for (const Certificate& one : trusted) {
    X509_STORE_add_cert(store.get(), CertificateAccess::Raw(one));
  }
  for (const Certificate& one : known) {
    X509_up_ref(CertificateAccess::Raw(one));
    sk_X509_push(certificates, CertificateAccess::Raw(one));
  }
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_SIGNATURE);
  TS_VERIFY_CTX_set_store(context.get(), store.release());
  TS_VERIFY_CTX_set_certs(context.get(), certificates);
  if (TS_RESP_verify_response(context.get(), response) != 1) {
    return Invalid("its signature is not of this authority");
  }
  // TS_RESP_verify_response has found the signer among these, too.
  STACK_OF(X509)* signers =
      PKCS7_get0_signers(TS_RESP_get_token(response), certificates, 0);
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> owned(
      signers, [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
  if (signers == nullptr || sk_X509_num(signers) != 1) {
    return Invalid("its signer is not there");
  }
  return CertificateAccess::Copy(sk_X509_value(signers, 0));
}

}  // namespace

Result<TimestampAuthority> TimestampAuthority::Make(
    std::vector<Certificate> chain, Validity validity, std::string uri) {
  std::optional<Certificate> pin;
  if (!chain.empty() && !chain.front().is_authority()) {
    pin = chain.front();
    chain.erase(chain.begin());
  }
  auto authority = CertificateAuthority::Make(chain, validity);
  if (!authority) return authority.error();
  TimestampAuthority made(*std::move(authority), std::move(chain),
                          std::move(uri));
  if (pin) {
    auto path = made.authority_.Verify(*pin, kTimeStamping);
    if (!path) return path.error();
    made.pin_ = *std::move(path);
  }
  return made;
}

Result<Time> TimestampAuthority::Verify(std::string_view response,
                                        std::string_view message) const {
  const ErrorQueueCleaner cleaner;
  const auto decoded = Decode(response);
  if (!decoded) return decoded.error();
  const auto imprint = CheckImprint(decoded->get(), message);
  if (!imprint) return imprint.error();
  const auto time = TimeOf(decoded->get());
  if (!time) return time;

  // The pinned certificate's own path was verified by Make.
  const std::vector<Certificate> pinned =
      pin_ ? std::vector{pin_->leaf()} : std::vector<Certificate>{};
  const auto signer =
      VerifyToken(decoded->get(), pin_ ? pinned : chain_, pinned);
  if (!signer) return signer.error();
  if (pin_ && *signer != pin_->leaf()) {
    return Invalid("its signer is not the authority's certificate");
  }
  const auto path =
      pin_ ? Result(*pin_) : authority_.Verify(*signer, kTimeStamping);
  if (!path) return path.error();
  if (path->leaf().is_authority() || !path->leaf().OnlyPurpose(kTimeStamping)) {
    return Fail(Reason::kCertificateProfile,
                path->leaf().Subject() + " is not for time stamps alone");
  }
  const auto valid = authority_.ValidAt(*path, *time);
  if (!valid) return valid.error();
  return time;
}

}  // namespace assay
