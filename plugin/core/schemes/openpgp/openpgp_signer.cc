#include "core/schemes/openpgp/openpgp_signer.h"

#include "base/bytes.h"

namespace assay {

EvidencePlaces OpenpgpSigner::Places() const {
  EvidencePlaces places;
  places.lookasides.insert(terms_.stores);
  return places;
}

std::string OpenpgpSigner::Summary() const {
  std::string text;
  for (const OpenpgpKey& key : terms_.keyring.keys()) {
    if (!Counts(key.fingerprint)) continue;
    if (!text.empty()) text += ", ";
    text += key.algorithm + " " + key.fingerprint;
    if (!key.user_ids.empty()) {
      text += " (" + Printable(key.user_ids.front()) + ")";
    }
    if (key.expires) text += " until " + Rfc3339(*key.expires);
  }
  text += ", signed for " + terms_.identity.str();
  text += ", " + terms_.stores->Summary();
  return text + terms_.window.Summary();
}

std::vector<std::string> OpenpgpSigner::Warnings() const {
  std::vector<std::string> warnings = terms_.warnings;
  for (const OpenpgpKey& key : terms_.keyring.keys()) {
    if (!key.revoked || !Counts(key.fingerprint)) continue;
    warnings.push_back("signer '" + name() + "': the key " + key.fingerprint +
                       " is revoked by its owner, so nothing it signed counts");
  }
  return warnings;
}

Result<AtomicSignature> OpenpgpSigner::Judge(const SigningTarget& target,
                                             std::string_view message) const {
  auto signature =
      JudgeAtomicSignature(terms_.keyring, terms_.identity, target, message);
  if (!signature) return signature;
  if (!Counts(signature->primary)) {
    return Fail(Reason::kSignatureForeignKey, signature->primary);
  }
  const auto time = terms_.window.Judge(target.now);
  if (!time) return time.error();
  signature->expires = Earlier(signature->expires, terms_.window.until);
  return signature;
}

void OpenpgpSigner::Verify(const SigningTarget& target,
                           std::span<const UntrustedArtifact> artifacts,
                           Findings& findings) const {
  if (!target.signatures) return;
  const auto refuse = [&](const std::string& where, Error error) {
    findings.failed.push_back({name(), where, std::move(error)});
  };
  VisitLookaside(
      target, artifacts,
      [&](const std::string& where, std::string_view message) {
        auto signature = Judge(target, message);
        if (!signature) return refuse(where, signature.error());
        findings.verified.push_back(Verified("openpgp:" + signature->primary,
                                             std::move(signature->manifest),
                                             where, signature->expires));
      },
      refuse);
}

}  // namespace assay
