#include "core/trust/certificate_authority.h"

#include <openssl/x509_vfy.h>

#include <algorithm>

#include "base/limits.h"
#include "core/trust/certificate_access.h"
#include "core/trust/openssl_handles.h"

namespace assay {
namespace {

using StorePtr = OpensslPtr<X509_STORE, X509_STORE_free>;
using StoreContextPtr = OpensslPtr<X509_STORE_CTX, X509_STORE_CTX_free>;

struct StackFreer {
  // The members belong to their Certificates.
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using StackPtr = std::unique_ptr<STACK_OF(X509), StackFreer>;

constexpr unsigned long kFlags = X509_V_FLAG_PARTIAL_CHAIN |
                                 X509_V_FLAG_NO_CHECK_TIME |
                                 X509_V_FLAG_X509_STRICT;
constexpr int kSecurityLevel = 2;  // 112 bits: no SHA-1, no RSA under 2048

Error Untrusted(std::string detail) {
  return Fail(Reason::kCertificateUntrusted, std::move(detail));
}

// All certificates a path may be made of: some are trusted, some only known.
struct Candidates {
  std::vector<Certificate> trusted;
  std::vector<Certificate> known;

  // The Certificate behind a member of the path that OpenSSL built.
  const Certificate* Find(X509* raw) const {
    for (const auto* list : {&trusted, &known}) {
      for (const Certificate& one : *list) {
        if (X509_cmp(CertificateAccess::Raw(one), raw) == 0) return &one;
      }
    }
    return nullptr;
  }
};

Result<CertificatePath> BuildPath(const Certificate& leaf,
                                  const Candidates& candidates) {
  const ErrorQueueCleaner cleaner;
  const StorePtr store(X509_STORE_new());
  const StackPtr known(sk_X509_new_null());
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (!store || !known || !context) return Fail(Reason::kInternal, "memory");
  for (const Certificate& one : candidates.trusted) {
    X509_STORE_add_cert(store.get(), CertificateAccess::Raw(one));
  }
  for (const Certificate& one : candidates.known) {
    sk_X509_push(known.get(), CertificateAccess::Raw(one));
  }
  if (X509_STORE_CTX_init(context.get(), store.get(),
                          CertificateAccess::Raw(leaf), known.get()) != 1) {
    return Fail(Reason::kInternal, "memory");
  }
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, kFlags);
  X509_VERIFY_PARAM_set_auth_level(rules, kSecurityLevel);
  X509_VERIFY_PARAM_set_depth(rules,
                              static_cast<int>(limits::kCertificatesPerChain));
  if (X509_verify_cert(context.get()) != 1) {
    const int code = X509_STORE_CTX_get_error(context.get());
    return Untrusted(leaf.Subject() + ": " +
                     X509_verify_cert_error_string(code));
  }
  CertificatePath path{{leaf}};
  STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 1; i < sk_X509_num(chain); ++i) {
    const auto* member = candidates.Find(sk_X509_value(chain, i));
    if (member == nullptr) return Fail(Reason::kInternal, "a foreign path");
    path.certificates.push_back(*member);
  }
  // A leaf that is itself the anchor has no issuer to speak for it.
  if (path.certificates.size() < 2) return Untrusted("it signed itself");
  return path;
}

// RFC 5280 section 4.2.1.12, applied to intermediates as all verifiers do.
Status CheckPurposes(const CertificatePath& path, std::string_view purpose) {
  for (const Certificate& one : path.certificates) {
    const bool leaf = &one == &path.leaf();
    const bool anchor = &one == &path.certificates.back();
    const bool fits =
        leaf ? one.HasPurpose(purpose)
             : anchor || !one.HasPurposes() || one.HasPurpose(purpose);
    if (!fits) {
      return Fail(Reason::kCertificateProfile,
                  one.Subject() + " is not for this purpose");
    }
  }
  return Ok();
}

}  // namespace

Result<CertificateAuthority> CertificateAuthority::Make(
    std::vector<Certificate> chain, Validity validity) {
  const auto bad = [](std::string detail) {
    return Fail(Reason::kCertificateMalformed, std::move(detail));
  };
  if (chain.empty()) return bad("a chain without certificate");
  if (chain.size() > limits::kCertificatesPerChain) {
    return bad("a chain of too many certificates");
  }
  for (const Certificate& one : chain) {
    if (!one.is_authority()) return bad(one.Subject() + " is no authority");
  }
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    const auto path = BuildPath(chain[i], {{chain[i + 1]}, {}});
    if (!path) return path.error();
  }
  return CertificateAuthority(std::move(chain), validity);
}

// The chain's own signatures were verified by Make, so the issuer of leaves
// stands in for the anchor; where a name constraint above it would have to be
// applied to the leaf, the whole path is judged.
Result<CertificatePath> CertificateAuthority::Verify(
    const Certificate& leaf, std::string_view purpose,
    std::span<const Certificate> hints) const {
  const bool whole =
      std::any_of(chain_.begin() + 1, chain_.end(),
                  [](const auto& one) { return one.ConstrainsNames(); });
  Candidates candidates;
  if (whole) {
    candidates.trusted = {chain_.back()};
    candidates.known.assign(chain_.begin(), chain_.end() - 1);
  } else {
    candidates.trusted = chain_;
  }
  candidates.known.insert(candidates.known.end(), hints.begin(), hints.end());
  auto path = BuildPath(leaf, candidates);
  if (!path) return path;
  // From where the path met the chain up to the anchor.
  const auto met =
      std::find(chain_.begin(), chain_.end(), path->certificates.back());
  if (met == chain_.end()) return Fail(Reason::kInternal, "a foreign anchor");
  path->certificates.insert(path->certificates.end(), met + 1, chain_.end());
  if (const auto fits = CheckPurposes(*path, purpose); !fits) {
    return fits.error();
  }
  return path;
}

Status CertificateAuthority::ValidAt(const CertificatePath& path,
                                     Time time) const {
  if (!validity_.Contains(time)) {
    return Fail(Reason::kCertificateExpired,
                "the authority was not in use at that time");
  }
  for (const Certificate& one : path.certificates) {
    if (!one.validity().Contains(time)) {
      return Fail(Reason::kCertificateExpired,
                  one.Subject() + " was not valid at that time");
    }
  }
  return Ok();
}

}  // namespace assay
