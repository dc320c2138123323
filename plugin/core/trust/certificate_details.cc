#include "core/trust/certificate_details.h"

#include <openssl/x509v3.h>

#include "core/trust/asn1_values.h"
#include "core/trust/certificate_access.h"
#include "core/trust/openssl_handles.h"

namespace assay {
namespace {

using ConstraintsPtr = OpensslPtr<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>;

bool IsCritical(X509* raw, int nid) {
  const int at = X509_get_ext_by_NID(raw, nid, -1);
  return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(raw, at)) == 1;
}

std::string Utf8Of(const ASN1_STRING* text) {
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, text);
  if (size < 0) return {};
  std::string value(reinterpret_cast<const char*>(utf8),
                    static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return value;
}

Error Untrusted(const Certificate& child, std::string_view what) {
  return Fail(Reason::kCertificateUntrusted,
              child.Subject() + " " + std::string(what));
}

}  // namespace

std::optional<BasicConstraints> BasicConstraintsOf(const Certificate& one) {
  X509* raw = CertificateAccess::Raw(one);
  const ConstraintsPtr read(static_cast<BASIC_CONSTRAINTS*>(
      X509_get_ext_d2i(raw, NID_basic_constraints, nullptr, nullptr)));
  if (!read) return std::nullopt;
  BasicConstraints constraints;
  constraints.critical = IsCritical(raw, NID_basic_constraints);
  constraints.authority = read->ca != 0;
  if (read->pathlen != nullptr) {
    constraints.path_length = ASN1_INTEGER_get(read->pathlen);
  }
  return constraints;
}

std::optional<KeyUsage> KeyUsageOf(const Certificate& one) {
  constexpr std::uint32_t kNamed =
      KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_CERT_SIGN;
  X509* raw = CertificateAccess::Raw(one);
  if (X509_get_ext_by_NID(raw, NID_key_usage, -1) < 0) return std::nullopt;
  const std::uint32_t bits = X509_get_key_usage(raw);
  return KeyUsage{IsCritical(raw, NID_key_usage),
                  (bits & KU_DIGITAL_SIGNATURE) != 0,
                  (bits & KU_KEY_CERT_SIGN) != 0, (bits & ~kNamed) != 0,
                  (bits & KU_CRL_SIGN) != 0};
}

std::vector<NameAttribute> SubjectOf(const Certificate& one) {
  const X509_NAME* name = X509_get_subject_name(CertificateAccess::Raw(one));
  std::vector<NameAttribute> attributes;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    attributes.push_back({OidOf(X509_NAME_ENTRY_get_object(entry)),
                          Utf8Of(X509_NAME_ENTRY_get_data(entry)),
                          X509_NAME_ENTRY_set(entry)});
  }
  return attributes;
}

Status CheckIssued(const Certificate& child, const Certificate& issuer) {
  const ErrorQueueCleaner cleaner;
  X509* raw = CertificateAccess::Raw(child);
  X509* above = CertificateAccess::Raw(issuer);
  if (ToDer<i2d_X509_NAME>(X509_get_issuer_name(raw)) !=
      ToDer<i2d_X509_NAME>(X509_get_subject_name(above))) {
    return Untrusted(child, "names another issuer");
  }
  int hash = NID_undef;
  if (X509_get_signature_info(raw, &hash, nullptr, nullptr, nullptr) != 1 ||
      !IsStrongHash(hash)) {
    return Untrusted(child, "is signed with a weak or unknown hash");
  }
  if (X509_verify(raw, X509_get0_pubkey(above)) != 1) {
    return Untrusted(child, "is not signed by the issuer it names");
  }
  return Ok();
}

}  // namespace assay
