#include "core/schemes/notation/countersignature.h"

#include <algorithm>

#include "base/limits.h"
#include "core/schemes/notation/certificate_profile.h"
#include "core/trust/certificate_details.h"

namespace assay {
namespace {

// The signer's chain up to a root of the store, of what the token carries.
// Every link is verified here; CheckChain asks whether each may stand there.
Result<std::vector<Certificate>> FindChain(
    const Certificate& signer, const std::vector<Certificate>& carried,
    const std::vector<Certificate>& roots) {
  std::vector<Certificate> chain{signer};
  const auto issuer_of = [&](const std::vector<Certificate>& from) {
    return std::find_if(from.begin(), from.end(), [&](const auto& one) {
      return one != chain.back() && CheckIssued(chain.back(), one);
    });
  };
  while (chain.size() <= limits::kCertificatesPerChain) {
    if (const auto root = issuer_of(roots); root != roots.end()) {
      chain.push_back(*root);
      return chain;
    }
    const auto above = issuer_of(carried);
    if (above == carried.end()) break;
    chain.push_back(*above);
  }
  return Fail(Reason::kCertificateUntrusted,
              "the time stamp's signer " + signer.Subject());
}

}  // namespace

Result<Countersignature> CheckCountersignature(const NotationEnvelope& envelope,
                                               const TrustStore& authorities) {
  if (envelope.timestamp.empty()) {
    return Fail(Reason::kTimeUnproven, "it has no time stamp");
  }
  const auto token = TimestampToken::OfToken(envelope.timestamp);
  if (!token) return token.error();
  const auto imprint = token->CheckImprint(envelope.signature);
  if (!imprint) return imprint.error();
  const auto attributes = token->CheckSignerAttributes();
  if (!attributes) return attributes.error();
  const auto time = token->ReadTime();
  if (!time) return time.error();
  const auto& roots = authorities.certificates();
  const auto signer = token->FindSigner(roots, {});
  if (!signer) return signer.error();
  const auto carried = token->Certificates();
  if (!carried) return carried.error();
  auto chain = FindChain(*signer, *carried, roots);
  if (!chain) return chain.error();
  const auto profile = CheckChain(*chain, ChainUse::kStamping);
  if (!profile) return profile.error();
  const auto valid = CheckValidAt(*chain, time->stated);
  if (!valid) return valid.error();
  return Countersignature{*time, *std::move(chain)};
}

}  // namespace assay
