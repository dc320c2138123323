#include "core/trust/timestamp_token.h"

#include <openssl/pkcs7.h>
#include <openssl/ts.h>

#include <ctime>
#include <optional>

#include "base/limits.h"
#include "core/trust/certificate_access.h"
#include "core/trust/openssl_handles.h"

namespace assay {

using ResponsePtr = OpensslPtr<TS_RESP, TS_RESP_free>;

struct TimestampToken::Decoded {
  ResponsePtr response;

  PKCS7* token() const { return TS_RESP_get_token(response.get()); }
  TS_TST_INFO* info() const { return TS_RESP_get_tst_info(response.get()); }
};

namespace {

using TokenPtr = OpensslPtr<PKCS7, PKCS7_free>;
using InfoPtr = OpensslPtr<TS_TST_INFO, TS_TST_INFO_free>;
using StatusPtr = OpensslPtr<TS_STATUS_INFO, TS_STATUS_INFO_free>;
using StorePtr = OpensslPtr<X509_STORE, X509_STORE_free>;
using VerifyContextPtr = OpensslPtr<TS_VERIFY_CTX, TS_VERIFY_CTX_free>;

// ETSI EN 319 421: the policy that promises an accuracy of a second.
constexpr std::string_view kBestPracticePolicy = "0.4.0.2023.1.1";

Error MalformedToken(std::string detail) {
  return Fail(Reason::kTimestampMalformed, std::move(detail));
}

Error InvalidToken(std::string detail) {
  return Fail(Reason::kTimestampInvalid, std::move(detail));
}

Status CheckResponse(TS_RESP* response) {
  PKCS7* token = TS_RESP_get_token(response);
  if (token == nullptr || PKCS7_type_is_signed(token) != 1 ||
      TS_RESP_get_tst_info(response) == nullptr) {
    return MalformedToken("it holds no token");
  }
  if (sk_PKCS7_SIGNER_INFO_num(PKCS7_get_signer_info(token)) != 1) {
    return MalformedToken("it has not exactly one signer");
  }
  return Ok();
}

// A response that grants the token, as an authority would have given it.
ResponsePtr Granted(TokenPtr token, InfoPtr info) {
  ResponsePtr response(TS_RESP_new());
  const StatusPtr status(TS_STATUS_INFO_new());
  if (!response || !status ||
      TS_STATUS_INFO_set_status(status.get(), TS_STATUS_GRANTED) != 1 ||
      TS_RESP_set_status_info(response.get(), status.get()) != 1) {
    return nullptr;
  }
  TS_RESP_set_tst_info(response.get(), token.release(), info.release());
  return response;
}

std::optional<HashAlgorithm> HashOf(const ASN1_OBJECT* name) {
  switch (OBJ_obj2nid(name)) {
    case NID_sha256:
      return HashAlgorithm::kSha256;
    case NID_sha384:
      return HashAlgorithm::kSha384;
    case NID_sha512:
      return HashAlgorithm::kSha512;
    default:
      return std::nullopt;
  }
}

// In whole seconds, rounded up.
std::chrono::seconds AccuracyOf(const TS_TST_INFO* info) {
  const TS_ACCURACY* accuracy =
      TS_TST_INFO_get_accuracy(const_cast<TS_TST_INFO*>(info));
  if (accuracy == nullptr) {
    std::string policy(64, '\0');
    OBJ_obj2txt(policy.data(), static_cast<int>(policy.size()),
                TS_TST_INFO_get_policy_id(const_cast<TS_TST_INFO*>(info)), 1);
    const bool promised = policy.c_str() == kBestPracticePolicy;
    return std::chrono::seconds(promised ? 1 : 0);
  }
  const auto part = [](const ASN1_INTEGER* number) {
    return number == nullptr ? 0 : ASN1_INTEGER_get(number);
  };
  const bool more = part(TS_ACCURACY_get_millis(accuracy)) != 0 ||
                    part(TS_ACCURACY_get_micros(accuracy)) != 0;
  return std::chrono::seconds(part(TS_ACCURACY_get_seconds(accuracy)) +
                              (more ? 1 : 0));
}

// Since 3.4 OpenSSL says in the names that these belong to the context.
void GiveTo(TS_VERIFY_CTX* context, X509_STORE* store,
            STACK_OF(X509) * certificates) {
#if OPENSSL_VERSION_NUMBER >= 0x30400000L
  TS_VERIFY_CTX_set0_store(context, store);
  TS_VERIFY_CTX_set0_certs(context, certificates);
#else
  TS_VERIFY_CTX_set_store(context, store);
  TS_VERIFY_CTX_set_certs(context, certificates);
#endif
}

}  // namespace

TimestampToken::TimestampToken(std::unique_ptr<Decoded> decoded)
    : decoded_(std::move(decoded)) {}
TimestampToken::TimestampToken(TimestampToken&&) noexcept = default;
TimestampToken& TimestampToken::operator=(TimestampToken&&) noexcept = default;
TimestampToken::~TimestampToken() = default;

Result<TimestampToken> TimestampToken::OfResponse(std::string_view der) {
  const ErrorQueueCleaner cleaner;
  if (der.size() > limits::kTimestampBytes)
    return MalformedToken("it is too big");
  const unsigned char* cursor = UnsignedBytes(der);
  ResponsePtr response(
      d2i_TS_RESP(nullptr, &cursor, static_cast<long>(der.size())));
  if (!response) return MalformedToken("it is no time stamp response");
  if (cursor != UnsignedBytes(der) + der.size()) {
    return MalformedToken("bytes follow it");
  }
  const long status = ASN1_INTEGER_get(
      TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response.get())));
  if (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS) {
    return MalformedToken("it was not granted");
  }
  const auto checked = CheckResponse(response.get());
  if (!checked) return checked.error();
  return TimestampToken(
      std::make_unique<Decoded>(Decoded{std::move(response)}));
}

Result<TimestampToken> TimestampToken::OfToken(std::string_view der) {
  const ErrorQueueCleaner cleaner;
  if (der.size() > limits::kTimestampBytes)
    return MalformedToken("it is too big");
  const unsigned char* cursor = UnsignedBytes(der);
  TokenPtr token(d2i_PKCS7(nullptr, &cursor, static_cast<long>(der.size())));
  if (!token) return MalformedToken("it is no token");
  if (cursor != UnsignedBytes(der) + der.size()) {
    return MalformedToken("bytes follow it");
  }
  InfoPtr info(PKCS7_type_is_signed(token.get()) == 1
                   ? PKCS7_to_TS_TST_INFO(token.get())
                   : nullptr);
  if (!info) return MalformedToken("it is no token");
  ResponsePtr response = Granted(std::move(token), std::move(info));
  if (!response) return Fail(Reason::kInternal, "memory");
  const auto checked = CheckResponse(response.get());
  if (!checked) return checked.error();
  return TimestampToken(
      std::make_unique<Decoded>(Decoded{std::move(response)}));
}

Status TimestampToken::CheckImprint(std::string_view message) const {
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(decoded_->info());
  const ASN1_OBJECT* name = nullptr;
  X509_ALGOR_get0(&name, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  const auto algorithm = HashOf(name);
  if (!algorithm) return InvalidToken("its hash is weak or unknown");
  const ASN1_OCTET_STRING* hash = TS_MSG_IMPRINT_get_msg(imprint);
  const std::string_view stated(
      reinterpret_cast<const char*>(ASN1_STRING_get0_data(hash)),
      static_cast<std::size_t>(ASN1_STRING_length(hash)));
  if (Digest::Of(message, *algorithm).bytes() != stated) {
    return InvalidToken("it is over another signature");
  }
  return Ok();
}

Result<StampedTime> TimestampToken::ReadTime() const {
  std::tm parts{};
  const auto* time = TS_TST_INFO_get_time(decoded_->info());
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return MalformedToken("its time cannot be read");
  }
  const std::string_view text(
      reinterpret_cast<const char*>(ASN1_STRING_get0_data(time)),
      static_cast<std::size_t>(ASN1_STRING_length(time)));
  const bool fraction = text.find('.') != std::string_view::npos;
  const auto accuracy = AccuracyOf(decoded_->info());
  if (accuracy < std::chrono::seconds(0)) {
    return MalformedToken("its accuracy cannot be read");
  }
  const Time stated{std::chrono::seconds(::timegm(&parts))};
  return StampedTime{
      stated, stated - accuracy,
      stated + accuracy + std::chrono::seconds(fraction ? 1 : 0)};
}

Result<std::vector<Certificate>> TimestampToken::Certificates() const {
  const ErrorQueueCleaner cleaner;
  const STACK_OF(X509)* stack = decoded_->token()->d.sign->cert;
  std::vector<Certificate> certificates;
  for (int i = 0; i < sk_X509_num(stack); ++i) {
    if (certificates.size() == limits::kCertificatesPerChain) {
      return MalformedToken("it holds too many certificates");
    }
    auto one = CertificateAccess::Copy(sk_X509_value(stack, i));
    if (!one) return one.error();
    certificates.push_back(*std::move(one));
  }
  return certificates;
}

Status TimestampToken::CheckSignerAttributes() const {
  const ErrorQueueCleaner cleaner;
  constexpr long kVersion = 1;
  PKCS7_SIGNER_INFO* signer =
      sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(decoded_->token()), 0);
  if (ASN1_INTEGER_get(signer->version) != kVersion) {
    return InvalidToken("its signer's version is not 1");
  }
  if (PKCS7_get_signed_attribute(
          signer, NID_id_smime_aa_signingCertificateV2) == nullptr) {
    return InvalidToken("it does not name its certificate by a strong hash");
  }
  return Ok();
}

Result<Certificate> TimestampToken::FindSigner(
    const std::vector<Certificate>& trusted,
    const std::vector<Certificate>& known) const {
  const ErrorQueueCleaner cleaner;
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
  GiveTo(context.get(), store.release(), certificates);
  if (TS_RESP_verify_response(context.get(), decoded_->response.get()) != 1) {
    return InvalidToken("its signature is not of this authority");
  }
  // TS_RESP_verify_response has found the signer among these, too.
  STACK_OF(X509)* signers =
      PKCS7_get0_signers(decoded_->token(), certificates, 0);
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> owned(
      signers, [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
  if (signers == nullptr || sk_X509_num(signers) != 1) {
    return InvalidToken("its signer is not there");
  }
  return CertificateAccess::Copy(sk_X509_value(signers, 0));
}

}  // namespace assay
