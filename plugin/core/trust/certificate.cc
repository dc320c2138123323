#include "core/trust/certificate.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/limits.h"
#include "core/trust/asn1_values.h"
#include "core/trust/certificate_access.h"
#include "core/trust/openssl_handles.h"
#include "core/trust/pem.h"

namespace assay {

struct Certificate::Parsed {
  X509Ptr raw;
  std::string der;
  std::string spki;
  Validity validity;
  std::vector<AlternativeName> names;
  std::map<std::string, std::string, std::less<>> extensions;
  std::vector<std::string> purposes;  // OIDs of the extended key usage
  bool purposes_critical = false;
};

namespace {

using NamesPtr = OpensslPtr<GENERAL_NAMES, GENERAL_NAMES_free>;
using PurposesPtr = OpensslPtr<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;

Error Malformed(std::string detail) {
  return Fail(Reason::kCertificateMalformed, std::move(detail));
}

std::optional<Validity> ValidityOf(const X509* raw) {
  const auto start = TimeOf(X509_get0_notBefore(raw));
  const auto end = TimeOf(X509_get0_notAfter(raw));
  if (!start || !end) return std::nullopt;
  return Validity{*start, *end};
}

// The value of an extension; "" where it is not there. OpenSSL reads values
// that are no DER, and stops before what follows one: what was read must be
// this.
std::string_view ValueOf(const X509* raw, int nid) {
  const int place = X509_get_ext_by_NID(raw, nid, -1);
  return place < 0 ? std::string_view()
                   : ViewOf(X509_EXTENSION_get_data(X509_get_ext(raw, place)));
}

AlternativeName NameOf(const GENERAL_NAME* name) {
  using Kind = AlternativeName::Kind;
  int type = 0;
  const void* value = GENERAL_NAME_get0_value(name, &type);
  const auto text = [value](Kind kind) {
    return AlternativeName{
        kind, "", std::string(ViewOf(static_cast<const ASN1_STRING*>(value)))};
  };
  switch (type) {
    case GEN_EMAIL:
      return text(Kind::kEmail);
    case GEN_URI:
      return text(Kind::kUri);
    case GEN_DNS:
      return text(Kind::kDns);
    case GEN_OTHERNAME: {
      const auto* other = static_cast<const OTHERNAME*>(value);
      AlternativeName found{Kind::kOther, OidOf(other->type_id), ""};
      if (other->value->type == V_ASN1_UTF8STRING) {
        found.value = ViewOf(other->value->value.utf8string);
      }
      return found;
    }
    default:
      return {};
  }
}

Result<std::vector<AlternativeName>> NamesOf(const X509* raw) {
  int critical = 0;
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(raw, NID_subject_alt_name, &critical, nullptr)));
  std::vector<AlternativeName> found;
  constexpr int kAbsent = -1;
  if (!names) {
    if (critical == kAbsent) return found;
    return Malformed("its alternative names cannot be read");
  }
  if (ToDer<i2d_GENERAL_NAMES>(names.get()) !=
      ValueOf(raw, NID_subject_alt_name)) {
    return Malformed("its alternative names are no DER");
  }
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    found.push_back(NameOf(sk_GENERAL_NAME_value(names.get(), i)));
    if (found.back().value.find('\0') != std::string::npos) {
      return Malformed("an alternative name holds a NUL");
    }
  }
  return found;
}

// Every extension by OID. RFC 5280 section 4.2: none may occur twice.
Result<std::map<std::string, std::string, std::less<>>> ExtensionsOf(
    const X509* raw) {
  std::map<std::string, std::string, std::less<>> extensions;
  for (int i = 0; i < X509_get_ext_count(raw); ++i) {
    X509_EXTENSION* extension = X509_get_ext(raw, i);
    const auto oid = OidOf(X509_EXTENSION_get_object(extension));
    if (oid.empty()) return Malformed("an extension without a usable name");
    const bool first =
        extensions.emplace(oid, ViewOf(X509_EXTENSION_get_data(extension)))
            .second;
    if (!first) return Malformed("the extension " + oid + " occurs twice");
  }
  return extensions;
}

// Fails where the extension is there and cannot be read.
bool ReadPurposes(const X509* raw, std::vector<std::string>& purposes,
                  bool& critical) {
  int mark = 0;
  const PurposesPtr usage(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(raw, NID_ext_key_usage, &mark, nullptr)));
  if (!usage) return mark == -1;
  if (ToDer<i2d_EXTENDED_KEY_USAGE>(usage.get()) !=
      ValueOf(raw, NID_ext_key_usage)) {
    return false;
  }
  critical = mark == 1;
  for (int i = 0; i < sk_ASN1_OBJECT_num(usage.get()); ++i) {
    purposes.push_back(OidOf(sk_ASN1_OBJECT_value(usage.get(), i)));
  }
  return true;
}

}  // namespace

Certificate::Certificate(std::shared_ptr<const Parsed> parsed)
    : parsed_(std::move(parsed)) {}

X509* CertificateAccess::Raw(const Certificate& certificate) {
  return certificate.parsed_->raw.get();
}

Result<Certificate> CertificateAccess::Copy(X509* raw) {
  return Certificate::ParseDer(ToDer<i2d_X509>(raw));
}

Result<Certificate> Certificate::ParseDer(std::string_view der) {
  const ErrorQueueCleaner cleaner;
  if (der.size() > limits::kCertificateBytes) return Malformed("it is too big");
  const unsigned char* cursor = UnsignedBytes(der);
  X509Ptr raw(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  if (!raw) return Malformed("it cannot be decoded");
  if (cursor != UnsignedBytes(der) + der.size()) {
    return Malformed("bytes follow it");
  }
  // Fills OpenSSL's own reading of the extensions; it fails where one of them
  // contradicts itself.
  if (X509_check_purpose(raw.get(), -1, 0) != 1) {
    return Malformed("its extensions are malformed");
  }
  const auto validity = ValidityOf(raw.get());
  auto names = NamesOf(raw.get());
  auto extensions = ExtensionsOf(raw.get());
  auto parsed = std::make_shared<Parsed>();
  if (!validity) return Malformed("its validity cannot be read");
  if (!names) return names.error();
  if (!extensions) return extensions.error();
  if (!ReadPurposes(raw.get(), parsed->purposes, parsed->purposes_critical)) {
    return Malformed("its extended key usage cannot be read");
  }
  parsed->spki = ToDer<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(raw.get()));
  parsed->raw = std::move(raw);
  parsed->der = der;
  parsed->validity = *validity;
  parsed->names = *std::move(names);
  parsed->extensions = *std::move(extensions);
  return Certificate(std::move(parsed));
}

Result<std::vector<Certificate>> Certificate::ParsePem(std::string_view pem) {
  const auto blocks = ReadPem(pem);
  if (!blocks) return Malformed(blocks.error().detail);
  std::vector<Certificate> certificates;
  for (const auto& block : *blocks) {
    if (block.label != "CERTIFICATE") {
      return Malformed("a PEM block of the kind " + block.label);
    }
    auto certificate = ParseDer(block.bytes);
    if (!certificate) return certificate.error();
    certificates.push_back(*std::move(certificate));
  }
  return certificates;
}

const std::string& Certificate::der() const { return parsed_->der; }
const std::string& Certificate::spki() const { return parsed_->spki; }
const Validity& Certificate::validity() const { return parsed_->validity; }

bool Certificate::is_authority() const {
  return X509_check_ca(parsed_->raw.get()) == 1;
}

bool Certificate::IsSelfIssued() const {
  return (X509_get_extension_flags(parsed_->raw.get()) & EXFLAG_SI) != 0;
}

std::string Certificate::Subject() const {
  std::array<char, 256> text{};
  X509_NAME_oneline(X509_get_subject_name(parsed_->raw.get()), text.data(),
                    static_cast<int>(text.size()));
  return text.data();
}

bool Certificate::MaySign() const {
  return (X509_get_key_usage(parsed_->raw.get()) & KU_DIGITAL_SIGNATURE) != 0;
}

bool Certificate::HasPurposes() const { return !parsed_->purposes.empty(); }

bool Certificate::HasPurpose(std::string_view oid) const {
  const auto& purposes = parsed_->purposes;
  return std::find(purposes.begin(), purposes.end(), oid) != purposes.end();
}

bool Certificate::OnlyPurpose(std::string_view oid) const {
  return parsed_->purposes_critical && parsed_->purposes.size() == 1 &&
         HasPurpose(oid);
}

bool Certificate::ConstrainsNames() const {
  return Extension("2.5.29.30") != nullptr;
}

const std::vector<AlternativeName>& Certificate::alternative_names() const {
  return parsed_->names;
}

const std::string* Certificate::Extension(std::string_view oid) const {
  const auto found = parsed_->extensions.find(oid);
  return found == parsed_->extensions.end() ? nullptr : &found->second;
}

Result<PublicKey> Certificate::Key() const {
  return PublicKey::ParseDer(parsed_->spki);
}

}  // namespace assay
