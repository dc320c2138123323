// Property: a certificate that reads has the very bytes it was read from, an
// identity that reads from it has a subject without NUL, and one that a log
// promised to record says what the one says that it saw.
#include <cstdint>
#include <string>

#include "core/schemes/sigstore/signing_identity.h"
#include "core/trust/signed_certificate_timestamp.h"
#include "tests/fuzz/recorded.h"

namespace {

using assay::Certificate;
using assay::SigningIdentity;
using assay::fuzz::Require;

bool IsPromised(const Certificate& certificate, const Certificate& issuer) {
  const auto promises = assay::SignedCertificateTimestamp::Of(certificate);
  const auto body = assay::Precertificate::Of(certificate, issuer);
  if (!promises || !body) return false;
  Require(promises->size() <= 16);
  const auto& root = assay::fuzz::FirstGeneration().root;
  for (const auto& promise : *promises) {
    const auto* log = root.FindCertificateLog(promise.log_id);
    if (log != nullptr && body->Verify(promise, *log)) return true;
  }
  return false;
}

// Who issued the recorded leaf.
const Certificate& Issuer() {
  static const Certificate issuer = [] {
    const auto& recorded = assay::fuzz::FirstGeneration();
    return recorded.root.authorities()
        .front()
        .Verify(recorded.leaf, assay::kCodeSigning)
        .value()
        .issuer();
  }();
  return issuer;
}

void RequireTheSame(const Certificate& certificate, const Certificate& seen) {
  const auto identity = SigningIdentity::Of(certificate);
  const auto real = SigningIdentity::Of(seen);
  Require(identity && identity->subject == real->subject &&
          identity->issuer == real->issuer && identity->claims == real->claims);
  Require(certificate.spki() == seen.spki() &&
          certificate.validity().start == seen.validity().start &&
          certificate.validity().end == seen.validity().end);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const bool honest =
      IsPromised(assay::fuzz::FirstGeneration().leaf, Issuer());
  Require(honest);
  const std::string_view der(reinterpret_cast<const char*>(data), size);
  const auto certificate = Certificate::ParseDer(der);
  if (!certificate) return 0;
  Require(certificate->der() == der);
  if (const auto identity = SigningIdentity::Of(*certificate)) {
    Require(!identity->subject.empty() &&
            identity->subject.find('\0') == std::string::npos);
  }
  if (IsPromised(*certificate, Issuer())) {
    const auto& first = assay::fuzz::FirstGeneration().leaf;
    const auto& second = assay::fuzz::SecondGeneration().leaf;
    const auto& legacy = assay::fuzz::Legacy().leaf;
    const auto& seen = certificate->spki() == first.spki()    ? first
                       : certificate->spki() == second.spki() ? second
                                                              : legacy;
    RequireTheSame(*certificate, seen);
  }
  return 0;
}
