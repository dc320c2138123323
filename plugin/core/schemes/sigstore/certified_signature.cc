#include "core/schemes/sigstore/certified_signature.h"

#include <utility>

namespace assay {
namespace {

// A bundle must not bring an authority of its own; cosign's legacy form always
// does.
Result<std::vector<Certificate>> ReadHints(const Candidate& candidate) {
  std::vector<Certificate> hints;
  for (const std::string& der : candidate.material.chain) {
    auto certificate = Certificate::ParseDer(der);
    if (!certificate) return certificate.error();
    if (candidate.in_bundle && certificate->IsSelfIssued()) {
      return Fail(Reason::kBundleMaterial, "its chain brings its own anchor");
    }
    hints.push_back(*std::move(certificate));
  }
  return hints;
}

// The leaf's key, and by which algorithm it signed the candidate.
Result<LoggedSignature> VerifySignature(const Certificate& leaf,
                                        const Candidate& candidate,
                                        KeyUse use) {
  auto key = leaf.Key();
  if (!key) return key.error();
  const auto ring = Keyring::Make({*key}, use, {});
  if (!ring) return ring.error();
  const SignedMessage message = candidate.Message();
  const auto algorithm =
      ring->keys().front().AlgorithmOf(message, candidate.signature);
  if (!algorithm) return ring->WhyUnverified(message);
  return LoggedSignature{candidate, *std::move(key), *algorithm};
}

}  // namespace

Result<CertifiedSignature> CertifiedSignature::Of(const Candidate& candidate,
                                                  KeyUse use) {
  if (candidate.material.certificate.empty()) {
    return Fail(Reason::kBundleMaterial,
                "a key signed it, the signer is an identity");
  }
  auto leaf = Certificate::ParseDer(candidate.material.certificate);
  if (!leaf) return leaf.error();
  auto hints = ReadHints(candidate);
  if (!hints) return hints.error();
  auto logged = VerifySignature(*leaf, candidate, use);
  if (!logged) return logged.error();
  return CertifiedSignature{*std::move(leaf), *std::move(hints),
                            *std::move(logged)};
}

}  // namespace assay
