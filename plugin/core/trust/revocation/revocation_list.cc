#include "core/trust/revocation/revocation_list.h"

#include <openssl/x509v3.h>

#include <algorithm>

#include "base/limits.h"
#include "core/trust/certificate_access.h"
#include "core/trust/certificate_details.h"
#include "core/trust/revocation/unknown_critical.h"

namespace assay {

struct RevocationList::Parsed {
  OpensslPtr<X509_CRL, X509_CRL_free> raw;
  Time this_update{};
  std::optional<Time> next_update;
  std::optional<ListNumber> number;
  std::optional<ListNumber> base_number;
  std::vector<std::string> freshest;
  std::optional<ListScope> scope;
  std::string scope_bytes;
  std::string objection;  // why nobody may rely on it; "" where all may
};

namespace {

using ListPtr = OpensslPtr<X509_CRL, X509_CRL_free>;
using IntegerPtr = OpensslPtr<ASN1_INTEGER, ASN1_INTEGER_free>;
using ReasonPtr = OpensslPtr<ASN1_ENUMERATED, ASN1_ENUMERATED_free>;
using DatePtr = OpensslPtr<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free>;

Error MalformedList(std::string detail) {
  return Fail(Reason::kRevocationMalformed, std::move(detail));
}

Error InvalidList(std::string detail) {
  return Fail(Reason::kRevocationInvalid, std::move(detail));
}

ListPtr Decode(std::string_view der) {
  return ReadDer<ListPtr, d2i_X509_CRL, i2d_X509_CRL>(der);
}

// OpenSSL keeps the bytes that it read; here it has to write them anew. That
// makes signatures dear to check, so this list is not used any further.
bool IsDer(std::string_view der) {
  const ListPtr list = Decode(der);
  return list && i2d_re_X509_CRL_tbs(list.get(), nullptr) > 0 &&
         ToDer<i2d_X509_CRL>(list.get()) == der;
}

Status ReadNumber(std::string_view der, std::optional<ListNumber>& number) {
  constexpr std::size_t kMost = 20;
  const auto read =
      ReadDer<IntegerPtr, d2i_ASN1_INTEGER, i2d_ASN1_INTEGER>(der);
  if (!read || ASN1_STRING_type(read.get()) == V_ASN1_NEG_INTEGER) {
    return MalformedList("its number cannot be read");
  }
  std::string bytes(ViewOf(read.get()));
  bytes.erase(0, bytes.find_first_not_of('\0'));
  if (bytes.size() > kMost) return MalformedList("its number is too long");
  number = ListNumber{std::move(bytes)};
  return Ok();
}

Status ReadFreshest(std::string_view der, std::vector<std::string>& urls) {
  const auto points = ReadPoints(der);
  if (!points) return WithContext(points.error(), "its deltas");
  for (const auto& point : *points) {
    urls.insert(urls.end(), point.urls.begin(), point.urls.end());
  }
  return Ok();
}

template <typename Parsed>
Status ReadExtensions(Parsed& parsed) {
  const X509_CRL* raw = parsed.raw.get();
  const auto read = [&](int nid, auto reader) -> Status {
    const int place = X509_CRL_get_ext_by_NID(raw, nid, -1);
    if (place < 0) return Ok();
    if (X509_CRL_get_ext_by_NID(raw, nid, place) >= 0) {
      return MalformedList("an extension occurs twice");
    }
    return reader(
        ViewOf(X509_EXTENSION_get_data(X509_CRL_get_ext(raw, place))));
  };
  const auto scope = [&](std::string_view der) -> Status {
    auto about = ReadScope(der);
    if (!about) return about.error();
    parsed.scope = *std::move(about);
    parsed.scope_bytes = der;
    return Ok();
  };
  auto done = read(NID_crl_number, [&](std::string_view der) {
    return ReadNumber(der, parsed.number);
  });
  if (done) done = read(NID_issuing_distribution_point, scope);
  if (done) {
    done = read(NID_delta_crl, [&](std::string_view der) {
      return ReadNumber(der, parsed.base_number);
    });
  }
  if (!done) return done;
  return read(NID_freshest_crl, [&](std::string_view der) {
    return ReadFreshest(der, parsed.freshest);
  });
}

// RFC 5280 sections 5.2 and 5.3. An entry that names its certificate's issuer
// changes whom the entries after it are about.
std::string ObjectionOf(X509_CRL* raw, const std::optional<ListScope>& scope) {
  if (scope && scope->indirect) return "it is about others' certificates";
  if (scope && scope->attribute_certificates) {
    return "it is about attribute certificates";
  }
  const auto oid = UnknownCritical<X509_CRL_get_ext_count, X509_CRL_get_ext>(
      raw, {NID_crl_number, NID_delta_crl, NID_issuing_distribution_point,
            NID_freshest_crl});
  if (!oid.empty()) return "it has the critical extension " + oid;
  const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(raw);
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    X509_REVOKED* entry = sk_X509_REVOKED_value(entries, i);
    const auto unknown =
        UnknownCritical<X509_REVOKED_get_ext_count, X509_REVOKED_get_ext>(
            entry, {NID_crl_reason, NID_invalidity_date});
    if (!unknown.empty()) return "an entry has the critical one " + unknown;
    if (X509_REVOKED_get_ext_by_NID(entry, NID_certificate_issuer, -1) >= 0) {
      return "an entry is about another's certificate";
    }
  }
  return {};
}

RevocationEntry EntryOf(const X509_REVOKED* raw) {
  RevocationEntry entry;
  entry.revoked_at =
      TimeOf(X509_REVOKED_get0_revocationDate(raw)).value_or(Time{});
  const ReasonPtr reason(static_cast<ASN1_ENUMERATED*>(
      X509_REVOKED_get_ext_d2i(raw, NID_crl_reason, nullptr, nullptr)));
  if (reason) {
    const long code = ASN1_ENUMERATED_get(reason.get());
    entry.on_hold = code == CRL_REASON_CERTIFICATE_HOLD;
    entry.removed = code == CRL_REASON_REMOVE_FROM_CRL;
  }
  const DatePtr date(static_cast<ASN1_GENERALIZEDTIME*>(
      X509_REVOKED_get_ext_d2i(raw, NID_invalidity_date, nullptr, nullptr)));
  entry.invalid_since = TimeOf(date.get());
  return entry;
}

bool IsForGood(const RevocationEntry& entry) {
  return !entry.on_hold && !entry.removed;
}

bool IsBelow(const ASN1_INTEGER* one, const ASN1_INTEGER* other) {
  return ASN1_INTEGER_cmp(one, other) < 0;
}

// In order; they live as long as the list.
std::vector<const ASN1_INTEGER*> RevokedForGood(X509_CRL* raw) {
  std::vector<const ASN1_INTEGER*> serials;
  const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(raw);
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const X509_REVOKED* entry = sk_X509_REVOKED_value(entries, i);
    if (!IsForGood(EntryOf(entry))) continue;
    serials.push_back(X509_REVOKED_get0_serialNumber(entry));
  }
  std::sort(serials.begin(), serials.end(), IsBelow);
  serials.erase(std::unique(serials.begin(), serials.end(),
                            [](const auto* one, const auto* other) {
                              return ASN1_INTEGER_cmp(one, other) == 0;
                            }),
                serials.end());
  return serials;
}

}  // namespace

std::strong_ordering ListNumber::operator<=>(const ListNumber& other) const {
  const auto length = bytes.size() <=> other.bytes.size();
  return length != 0 ? length : bytes <=> other.bytes;
}

RevocationList::RevocationList(std::shared_ptr<const Parsed> parsed)
    : parsed_(std::move(parsed)) {}

Result<RevocationList> RevocationList::ParseDer(std::string_view der) {
  const ErrorQueueCleaner cleaner;
  if (der.size() > limits::kRevocationListBytes) {
    return MalformedList("it is too big");
  }
  if (!IsDer(der)) return MalformedList("it is no list in DER");
  auto parsed = std::make_shared<Parsed>();
  parsed->raw = Decode(der);
  if (!parsed->raw) return Fail(Reason::kInternal, "memory");
  if (X509_CRL_get_version(parsed->raw.get()) != X509_CRL_VERSION_2) {
    return MalformedList("its version is not 2");
  }
  const auto start = TimeOf(X509_CRL_get0_lastUpdate(parsed->raw.get()));
  const auto* end = X509_CRL_get0_nextUpdate(parsed->raw.get());
  parsed->next_update = TimeOf(end);
  if (!start || (end != nullptr && !parsed->next_update)) {
    return MalformedList("its times cannot be read");
  }
  parsed->this_update = *start;
  if (const auto done = ReadExtensions(*parsed); !done) return done.error();
  parsed->objection = ObjectionOf(parsed->raw.get(), parsed->scope);
  return RevocationList(std::move(parsed));
}

Status RevocationList::CheckSignedBy(const Certificate& issuer) const {
  const ErrorQueueCleaner cleaner;
  X509_CRL* raw = parsed_->raw.get();
  X509* above = CertificateAccess::Raw(issuer);
  if (ToDer<i2d_X509_NAME>(X509_CRL_get_issuer(raw)) !=
      ToDer<i2d_X509_NAME>(X509_get_subject_name(above))) {
    return InvalidList("the list is another authority's");
  }
  const auto usage = KeyUsageOf(issuer);
  if (!issuer.is_authority() || (usage && !usage->signs_lists)) {
    return InvalidList(issuer.Subject() + " may not sign lists");
  }
  const X509_ALGOR* algorithm = nullptr;
  X509_CRL_get0_signature(raw, nullptr, &algorithm);
  if (!IsStrongHash(SignatureHashOf(algorithm))) {
    return InvalidList("the list is signed with a weak or unknown hash");
  }
  if (X509_CRL_verify(raw, X509_get0_pubkey(above)) != 1) {
    return InvalidList("the list is not signed by the authority it names");
  }
  if (!parsed_->objection.empty()) return InvalidList(parsed_->objection);
  return Ok();
}

// RFC 5280 section 6.3.3 (b).
Status RevocationList::CheckSpeaksOf(const Certificate& one,
                                     const DistributionPoint& point) const {
  if (parsed_->base_number) {
    return InvalidList("a delta stands where a whole list should");
  }
  if (!parsed_->scope) return Ok();
  const ListScope& scope = *parsed_->scope;
  const auto constraints = BasicConstraintsOf(one);
  const bool authority = constraints && constraints->authority;
  if (authority ? scope.users_only : scope.authorities_only) {
    return InvalidList("the list is not about such certificates");
  }
  if (scope.some_reasons)
    return InvalidList("the list is for some reasons only");
  const auto is_named = [&](const std::string& url) {
    return std::find(scope.urls.begin(), scope.urls.end(), url) !=
           scope.urls.end();
  };
  if (scope.named &&
      std::none_of(point.urls.begin(), point.urls.end(), is_named)) {
    return InvalidList("the list is of another distribution point");
  }
  return Ok();
}

Status RevocationList::CheckChangedBy(const RevocationList& delta) const {
  const Parsed& change = *delta.parsed_;
  if (!change.base_number || !change.number || !parsed_->number) {
    return InvalidList("the delta or its list has no number");
  }
  if (change.number <= parsed_->number) {
    return InvalidList("the delta is not newer than its list");
  }
  if (change.base_number > parsed_->number) {
    return InvalidList("the delta is of a newer list");
  }
  if (change.scope_bytes != parsed_->scope_bytes) {
    return InvalidList("the delta has another scope than its list");
  }
  return Ok();
}

bool RevocationList::IsLike(const RevocationList& other) const {
  return parsed_->scope_bytes == other.parsed_->scope_bytes &&
         parsed_->base_number.has_value() ==
             other.parsed_->base_number.has_value();
}

bool RevocationList::RevokesAllOf(const RevocationList& other) const {
  const ErrorQueueCleaner cleaner;
  const auto revoked = RevokedForGood(parsed_->raw.get());
  const auto asked = RevokedForGood(other.parsed_->raw.get());
  return std::includes(revoked.begin(), revoked.end(), asked.begin(),
                       asked.end(), IsBelow);
}

Time RevocationList::this_update() const { return parsed_->this_update; }
const std::optional<Time>& RevocationList::next_update() const {
  return parsed_->next_update;
}
const std::optional<ListNumber>& RevocationList::number() const {
  return parsed_->number;
}
const std::optional<ListNumber>& RevocationList::base_number() const {
  return parsed_->base_number;
}
const std::vector<std::string>& RevocationList::freshest_urls() const {
  return parsed_->freshest;
}

std::vector<RevocationEntry> RevocationList::Find(
    const Certificate& one) const {
  const ErrorQueueCleaner cleaner;
  const auto* serial = X509_get0_serialNumber(CertificateAccess::Raw(one));
  const STACK_OF(X509_REVOKED)* entries =
      X509_CRL_get_REVOKED(parsed_->raw.get());
  std::vector<RevocationEntry> found;
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const X509_REVOKED* entry = sk_X509_REVOKED_value(entries, i);
    if (ASN1_INTEGER_cmp(serial, X509_REVOKED_get0_serialNumber(entry)) == 0) {
      found.push_back(EntryOf(entry));
    }
  }
  return found;
}

}  // namespace assay
