#include "core/trust/revocation/ocsp_response.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <vector>

#include "base/limits.h"
#include "core/trust/certificate_access.h"
#include "core/trust/certificate_details.h"
#include "core/trust/revocation/unknown_critical.h"

namespace assay {

struct OcspResponse::Parsed {
  OpensslPtr<OCSP_BASICRESP, OCSP_BASICRESP_free> raw;
  std::vector<Certificate> carried;
};

namespace {

using RequestPtr = OpensslPtr<OCSP_REQUEST, OCSP_REQUEST_free>;
using ResponsePtr = OpensslPtr<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using NamePtr = OpensslPtr<OCSP_CERTID, OCSP_CERTID_free>;
using DatePtr = OpensslPtr<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free>;

struct StackFreer {
  // The members belong to their Certificates.
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

Error MalformedResponse(std::string detail) {
  return Fail(Reason::kRevocationMalformed, std::move(detail));
}

Error Invalid(std::string detail) {
  return Fail(Reason::kRevocationInvalid, std::move(detail));
}

NamePtr NameOf(const Certificate& one, const Certificate& issuer,
               const EVP_MD* hash) {
  X509* above = CertificateAccess::Raw(issuer);
  return NamePtr(OCSP_cert_id_new(
      hash, X509_get_subject_name(above), X509_get0_pubkey_bitstr(above),
      X509_get0_serialNumber(CertificateAccess::Raw(one))));
}

// The hash that a response names certificates by; null for one that is none of
// the SHA family. It only has to find, so SHA-1 will do.
const EVP_MD* HashOf(OCSP_CERTID* name) {
  ASN1_OBJECT* oid = nullptr;
  OCSP_id_get0_info(nullptr, &oid, nullptr, nullptr, name);
  switch (OBJ_obj2nid(oid)) {
    case NID_sha1:
      return EVP_sha1();
    case NID_sha256:
      return EVP_sha256();
    case NID_sha384:
      return EVP_sha384();
    case NID_sha512:
      return EVP_sha512();
    default:
      return nullptr;
  }
}

bool IsAbout(OCSP_SINGLERESP* single, const Certificate& one,
             const Certificate& issuer) {
  auto* name = const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(single));
  const EVP_MD* hash = HashOf(name);
  if (hash == nullptr) return false;
  const auto wanted = NameOf(one, issuer, hash);
  return wanted && OCSP_id_cmp(wanted.get(), name) == 0;
}

// The one that is about the certificate. Two may contradict each other.
Result<OCSP_SINGLERESP*> FindSingle(OCSP_BASICRESP* raw, const Certificate& one,
                                    const Certificate& issuer) {
  OCSP_SINGLERESP* found = nullptr;
  for (int i = 0; i < OCSP_resp_count(raw); ++i) {
    OCSP_SINGLERESP* single = OCSP_resp_get0(raw, i);
    if (!IsAbout(single, one, issuer)) continue;
    if (found != nullptr) return Invalid("it answers twice");
    found = single;
  }
  if (found == nullptr) return Invalid("it is about other certificates");
  return found;
}

Result<OcspAnswer> Read(OCSP_SINGLERESP* single) {
  const auto oid =
      UnknownCritical<OCSP_SINGLERESP_get_ext_count, OCSP_SINGLERESP_get_ext>(
          single, {NID_invalidity_date});
  if (!oid.empty()) return Invalid("it has the critical extension " + oid);
  int reason = -1;
  ASN1_GENERALIZEDTIME* revoked = nullptr;
  ASN1_GENERALIZEDTIME* start = nullptr;
  ASN1_GENERALIZEDTIME* end = nullptr;
  const int status =
      OCSP_single_get0_status(single, &reason, &revoked, &start, &end);
  OcspAnswer answer;
  const auto this_update = TimeOf(start);
  answer.next_update = TimeOf(end);
  if (!this_update || (end != nullptr && !answer.next_update)) {
    return Invalid("its times cannot be read");
  }
  answer.this_update = *this_update;
  if (status == V_OCSP_CERTSTATUS_GOOD) answer.status = OcspStatus::kGood;
  if (status != V_OCSP_CERTSTATUS_REVOKED) return answer;
  answer.status = OcspStatus::kRevoked;
  answer.revoked_at = TimeOf(revoked).value_or(Time{});
  answer.on_hold = reason == OCSP_REVOKED_STATUS_CERTIFICATEHOLD;
  const DatePtr date(
      static_cast<ASN1_GENERALIZEDTIME*>(OCSP_SINGLERESP_get1_ext_d2i(
          single, NID_invalidity_date, nullptr, nullptr)));
  answer.invalid_since = TimeOf(date.get());
  return answer;
}

// Also that the response names it as its responder. Whom to believe is not
// OpenSSL's to say: it is shown one certificate and asked for one signature.
bool IsSignedBy(OCSP_BASICRESP* raw, const Certificate& signer) {
  const std::unique_ptr<STACK_OF(X509), StackFreer> only(sk_X509_new_null());
  if (!only || sk_X509_push(only.get(), CertificateAccess::Raw(signer)) != 1) {
    return false;
  }
  return OCSP_basic_verify(raw, only.get(), nullptr,
                           OCSP_NOINTERN | OCSP_NOVERIFY) == 1;
}

// RFC 6960 section 4.2.2.2: what the issuer made to answer in its place.
Status CheckDelegate(const Certificate& delegate, const Certificate& issuer,
                     Time when) {
  const auto issued = CheckIssued(delegate, issuer);
  if (!issued) return Invalid(issued.error().detail);
  if (!delegate.HasPurpose(kOcspSigning) || !delegate.MaySign()) {
    return Invalid(delegate.Subject() + " is not for OCSP");
  }
  if (!delegate.validity().Contains(when)) {
    return Invalid(delegate.Subject() + " was not valid at " + Rfc3339(when));
  }
  return Ok();
}

}  // namespace

std::string OcspRequestFor(const Certificate& one, const Certificate& issuer) {
  const ErrorQueueCleaner cleaner;
  const RequestPtr request(OCSP_REQUEST_new());
  auto name = NameOf(one, issuer, EVP_sha1());
  if (!request || !name ||
      OCSP_request_add0_id(request.get(), name.get()) == nullptr) {
    return {};
  }
  static_cast<void>(name.release());  // the request has it
  return ToDer<i2d_OCSP_REQUEST>(request.get());
}

OcspResponse::OcspResponse(std::shared_ptr<const Parsed> parsed)
    : parsed_(std::move(parsed)) {}

Result<OcspResponse> OcspResponse::ParseDer(std::string_view der) {
  const ErrorQueueCleaner cleaner;
  if (der.size() > limits::kOcspResponseBytes)
    return MalformedResponse("it is too big");
  const auto response =
      ReadDer<ResponsePtr, d2i_OCSP_RESPONSE, i2d_OCSP_RESPONSE>(der);
  if (!response) return MalformedResponse("it is no response in DER");
  const int status = OCSP_response_status(response.get());
  if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    return MalformedResponse(std::string("the responder answers ") +
                             OCSP_response_status_str(status));
  }
  auto parsed = std::make_shared<Parsed>();
  parsed->raw.reset(OCSP_response_get1_basic(response.get()));
  if (!parsed->raw) return MalformedResponse("it is no basic response");
  // What stands inside is a string of octets to OpenSSL, and has to be DER too.
  const ResponsePtr again(OCSP_response_create(status, parsed->raw.get()));
  if (!again || ToDer<i2d_OCSP_RESPONSE>(again.get()) != der) {
    return MalformedResponse("it is no basic response in DER");
  }
  const STACK_OF(X509)* carried = OCSP_resp_get0_certs(parsed->raw.get());
  for (int i = 0; i < sk_X509_num(carried); ++i) {
    if (parsed->carried.size() == limits::kCertificatesPerChain) {
      return MalformedResponse("it carries too many certificates");
    }
    auto one = CertificateAccess::Copy(sk_X509_value(carried, i));
    if (!one)
      return MalformedResponse("a certificate in it: " + one.error().detail);
    parsed->carried.push_back(*std::move(one));
  }
  return OcspResponse(std::move(parsed));
}

Status OcspResponse::CheckResponder(const Certificate& one,
                                    const Certificate& issuer,
                                    Time when) const {
  OCSP_BASICRESP* raw = parsed_->raw.get();
  if (!IsStrongHash(SignatureHashOf(OCSP_resp_get0_tbs_sigalg(raw)))) {
    return Invalid("it is signed with a weak or unknown hash");
  }
  if (IsSignedBy(raw, issuer)) return Ok();
  Status checked = Invalid("it is signed by neither issuer nor delegate");
  for (const Certificate& delegate : parsed_->carried) {
    if (delegate == one || !IsSignedBy(raw, delegate)) continue;
    checked = CheckDelegate(delegate, issuer, when);
    if (checked) break;
  }
  return checked;
}

Result<OcspAnswer> OcspResponse::AnswerFor(const Certificate& one,
                                           const Certificate& issuer,
                                           Time now) const {
  const ErrorQueueCleaner cleaner;
  OCSP_BASICRESP* raw = parsed_->raw.get();
  const auto single = FindSingle(raw, one, issuer);
  if (!single) return single.error();
  const auto answer = Read(*single);
  if (!answer) return answer.error();
  const bool revokes = answer->status == OcspStatus::kRevoked;
  auto signed_by = CheckResponder(one, issuer, now);
  if (!signed_by && revokes) {
    signed_by = CheckResponder(one, issuer, answer->this_update);
  }
  if (!signed_by) return signed_by.error();
  const auto oid =
      UnknownCritical<OCSP_BASICRESP_get_ext_count, OCSP_BASICRESP_get_ext>(raw,
                                                                            {});
  if (!oid.empty()) return Invalid("it has the critical extension " + oid);
  if (!revokes && answer->this_update > now + kAuthorityClockSkew) {
    return Invalid("it is of " + Rfc3339(answer->this_update) +
                   ", still to come");
  }
  return answer;
}

}  // namespace assay
