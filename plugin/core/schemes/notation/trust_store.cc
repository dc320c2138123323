#include "core/schemes/notation/trust_store.h"

#include <algorithm>

#include "core/trust/certificate_details.h"

namespace assay {
namespace {

// A file holds PEM blocks, or one certificate in DER.
Result<std::vector<Certificate>> ReadFile(std::string_view bytes) {
  constexpr char kDerSequence = '\x30';
  if (!bytes.starts_with(kDerSequence)) return Certificate::ParsePem(bytes);
  auto one = Certificate::ParseDer(bytes);
  if (!one) return one.error();
  return std::vector<Certificate>{*std::move(one)};
}

Status CheckAnchor(const Certificate& one) {
  if (one.is_authority() || CheckIssued(one, one)) return Ok();
  return Fail(Reason::kCertificateProfile,
              one.Subject() + " is neither an authority nor self-signed");
}

Status Append(const TrustFile& file, std::vector<Certificate>& certificates) {
  auto read = ReadFile(file.bytes);
  if (!read) return WithContext(read.error(), file.path);
  for (Certificate& one : *read) {
    const auto anchor = CheckAnchor(one);
    if (!anchor) return WithContext(anchor.error(), file.path);
    certificates.push_back(std::move(one));
  }
  return Ok();
}

}  // namespace

Result<TrustStore> TrustStore::Of(std::span<const TrustFile> files,
                                  StoreUse use) {
  TrustStore store;
  for (const TrustFile& file : files) {
    const auto appended = Append(file, store.certificates_);
    if (!appended) return appended.error();
  }
  if (store.empty()) {
    return Fail(Reason::kPolicyMalformed, "it holds no certificate");
  }
  for (const Certificate& one : store.certificates_) {
    const bool root = one.IsSelfIssued() && CheckIssued(one, one);
    if (use == StoreUse::kSigning || root) continue;
    return Fail(Reason::kCertificateProfile,
                one.Subject() + " is no root, as those of time stamps must be");
  }
  return store;
}

void TrustStore::Add(const TrustStore& other) {
  certificates_.insert(certificates_.end(), other.certificates_.begin(),
                       other.certificates_.end());
}

std::optional<TrustStore> TrustStore::Read(TomlReader& table,
                                           std::string_view key,
                                           TrustFiles& files) {
  TrustStore store;
  const auto names = table.Strings(key);
  if (!names) return store;
  bool good = true;
  const auto complain = [&](const Error& error) {
    table.Complain(key, error.reason, error.detail);
    good = false;
  };
  for (const std::string& name : *names) {
    const auto read = files.ReadAnywhere(name);
    if (!read) {
      complain(WithContext(read.error(), name));
      continue;
    }
    for (const TrustFile& file : *read) {
      const auto appended = Append(file, store.certificates_);
      if (!appended) complain(appended.error());
    }
  }
  if (good && store.empty()) {
    complain(Fail(Reason::kPolicyMalformed, "it names no certificate"));
  }
  if (!good) return std::nullopt;
  return store;
}

bool TrustStore::Holds(std::span<const Certificate> chain) const {
  return std::any_of(chain.begin(), chain.end(), [&](const Certificate& one) {
    return std::find(certificates_.begin(), certificates_.end(), one) !=
           certificates_.end();
  });
}

}  // namespace assay
