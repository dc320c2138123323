#include "core/schemes/sigstore/key_signer.h"

#include "base/bytes.h"
#include "core/trust/certificate.h"

namespace assay {
namespace {

// The fingerprint that a candidate names as its key's; nullopt where it names
// none. Cosign's hint is the base64 of it. A hint only words the refusal:
// every key of the signer is tried whatever it says.
std::optional<Digest> NamedKey(const std::string& hint) {
  const auto bytes = Base64Decode(hint);
  if (!bytes) return std::nullopt;
  const auto named = Digest::Parse("sha256:" + HexEncode(*bytes));
  if (!named) return std::nullopt;
  return *named;
}

// A certificate beside a legacy signature must hold the very key that signed.
Result<const TrustedKey*> FindKey(const Keyring& keyring,
                                  const Candidate& candidate) {
  const SignedMessage message = candidate.Message();
  const Material& material = candidate.material;
  if (material.certificate.empty()) {
    const auto* key = keyring.FindSigner(message, candidate.signature);
    if (key != nullptr) return key;
    const auto named = NamedKey(material.key_hint);
    if (!named || keyring.Find(*named) != nullptr) {
      return keyring.WhyUnverified(message);
    }
    return keyring.UnlessMissing(
        Fail(Reason::kSignatureForeignKey, "it names " + named->str()));
  }
  if (candidate.in_bundle) {
    return Fail(Reason::kBundleMaterial,
                "it carries a certificate, the signer is a key");
  }
  const auto certificate = Certificate::ParseDer(material.certificate);
  if (!certificate) return certificate.error();
  const Digest fingerprint = Digest::Of(certificate->spki());
  const auto* key = keyring.Find(fingerprint);
  if (key == nullptr) {
    return keyring.UnlessMissing(
        Fail(Reason::kSignatureForeignKey,
             "its certificate holds the key " + fingerprint.str()));
  }
  if (!key->Verifies(message, candidate.signature)) {
    return Fail(Reason::kSignatureInvalid);
  }
  return key;
}

}  // namespace

std::string SigstoreKeySigner::Summary() const {
  return policy_.keyring.Summary() + policy_.claims.Summary() +
         policy_.transparency.Summary();
}

Result<SigstoreSigner::Match> SigstoreKeySigner::Judge(
    const Candidate& candidate, Time now, const ReadClaim& read) const {
  const auto key = FindKey(policy_.keyring, candidate);
  if (!key) return key.error();
  const auto claim = read();
  if (!claim) return claim.error();
  const auto time = policy_.keyring.JudgeTime(now);
  if (!time) return time.error();
  auto witnesses = CheckWitnesses(candidate, **key, now);
  if (!witnesses) return witnesses.error();
  const auto until =
      Earlier(policy_.keyring.valid_until(), witnesses->fresh_until);
  return Match{(*key)->identity, until, *std::move(witnesses)};
}

// The key must have been valid whenever the signature is proven to have been.
Result<Witnesses> SigstoreKeySigner::CheckWitnesses(const Candidate& candidate,
                                                    const TrustedKey& key,
                                                    Time now) const {
  if (policy_.transparency.roots.empty()) return Witnesses{};
  const auto algorithm =
      key.AlgorithmOf(candidate.Message(), candidate.signature);
  if (!algorithm) return Fail(Reason::kSignatureInvalid);
  const LoggedSignature logged{candidate, key.key, *algorithm};
  return policy_.transparency.AnyRoot(
      now, [&](const TrustedRoot& root) -> Result<Witnesses> {
        auto witnesses = policy_.transparency.Ask(root, logged, now);
        if (!witnesses) return witnesses;
        for (const Time proven : witnesses->times) {
          const auto valid = policy_.keyring.JudgeTime(proven);
          if (!valid) return valid.error();
        }
        return witnesses;
      });
}

std::unique_ptr<Signer> SigstoreKeySigner::Read(const std::string& name,
                                                const Toml& table,
                                                TrustFiles& files,
                                                Diagnostics& diagnostics) {
  const auto before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  reader.String("type");
  auto keyring = Keyring::Read(reader, files, KeyUse::kSigstore);
  auto claims = ClaimPolicy::Read(reader);
  auto transparency =
      TransparencyPolicy::Read(reader, files, diagnostics, {1, 0, 0});
  if (transparency && transparency->thresholds.certificate_logs > 0) {
    reader.Complain("transparency",
                    "'certificate_logs' is for signers with certificates");
  }
  reader.Finish();
  if (!keyring || !transparency || diagnostics.size() != before) {
    return nullptr;
  }
  return std::make_unique<SigstoreKeySigner>(
      name, SigstoreKeyPolicy{*std::move(keyring), std::move(claims),
                              *std::move(transparency)});
}

}  // namespace assay
