#include "core/schemes/sigstore/keyless_signer.h"

#include <algorithm>
#include <set>

#include "core/schemes/sigstore/certified_signature.h"
#include "core/trust/signed_certificate_timestamp.h"

namespace assay {
namespace {

constexpr const char* kTrustedRootFile = "trusted_root.json";

// That enough distinct logs promised to record the leaf.
Status CheckCertificateLogs(const CertificatePath& path,
                            const TrustedRoot& root, std::size_t threshold) {
  if (threshold == 0) return Ok();
  const auto promises = SignedCertificateTimestamp::Of(path.leaf());
  if (!promises) return promises.error();
  const auto body = Precertificate::Of(path.leaf(), path.issuer());
  if (!promises->empty() && !body) return body.error();
  std::set<const TransparencyLog*> logs;
  std::string why = "there is no promise of a log of the trusted root";
  for (const auto& promise : *promises) {
    const auto* log = root.FindCertificateLog(promise.log_id);
    if (log == nullptr) continue;
    const auto holds = body->Verify(promise, *log);
    if (holds) {
      logs.insert(log);
    } else {
      why = holds.error().detail;
    }
  }
  if (logs.size() >= threshold) return Ok();
  return Fail(Reason::kSctThreshold, std::to_string(logs.size()) + " of " +
                                         std::to_string(threshold) + ": " +
                                         why);
}

// A path of the leaf, and whose.
struct Issued {
  const CertificateAuthority* authority;  // borrowed from the root
  CertificatePath path;
};

// Every authority of the root that issued the leaf: one certificate may stand
// in several, with other times. Of several failures the one that came furthest
// is told.
Result<std::vector<Issued>> FindIssuers(const TrustedRoot& root,
                                        const Certificate& leaf,
                                        const std::vector<Certificate>& hints) {
  std::vector<Issued> issuers;
  Error why = Fail(Reason::kCertificateUntrusted, "no authority issued it");
  for (const auto& authority : root.authorities()) {
    auto path = authority.Verify(leaf, kCodeSigning, hints);
    if (path) {
      issuers.push_back({&authority, *std::move(path)});
    } else if (why.reason == Reason::kCertificateUntrusted) {
      why = path.error();
    }
  }
  if (issuers.empty()) return why;
  return issuers;
}

// That all of the path was valid at every proven time.
Status CheckTimes(const Issued& issued, const std::vector<Time>& times) {
  for (const Time time : times) {
    const auto valid = issued.authority->ValidAt(issued.path, time);
    if (!valid) return WithContext(valid.error(), Rfc3339(time));
  }
  return Ok();
}

}  // namespace

std::string SigstoreKeylessSigner::Summary() const {
  std::string text;
  for (const IdentityMatcher& identity : policy_.identities) {
    if (!text.empty()) text += " or ";
    text += identity.str();
  }
  return text + policy_.window.Summary() + policy_.claims.Summary() +
         policy_.transparency.Summary();
}

Result<SigstoreSigner::Match> SigstoreKeylessSigner::Judge(
    const Candidate& candidate, Time now, const ReadClaim& read) const {
  const auto signature = CertifiedSignature::Of(candidate, policy_.use);
  if (!signature) return signature.error();
  const auto claim = read();
  if (!claim) return claim.error();
  const auto window = policy_.window.Judge(now);
  if (!window) return window.error();

  const auto identity = SigningIdentity::Of(signature->leaf);
  const Status wanted = CheckIdentity(identity);
  auto witnesses =
      policy_.transparency.AnyRoot(now, [&](const TrustedRoot& root) {
        return JudgeUnder(root, *signature, wanted, now);
      });
  if (!witnesses) {
    // Somebody else stays somebody else, whatever a root that is not at hand
    // would say.
    const bool unknown =
        Describe(witnesses.error().reason).ending == Ending::kUndetermined;
    return unknown && !wanted ? wanted.error() : witnesses.error();
  }
  const auto until = Earlier(policy_.window.until, witnesses->fresh_until);
  return Match{"identity:" + identity->issuer + " " + identity->subject, until,
               *std::move(witnesses)};
}

// Anybody can sign with a certificate of his own making, or of a public
// authority's for himself; entries and tokens beside it cost milliseconds each.
// So they are looked at only where the certificate is the wanted one.
Result<Witnesses> SigstoreKeylessSigner::JudgeUnder(
    const TrustedRoot& root, const CertifiedSignature& signature,
    const Status& wanted, Time now) const {
  const auto issuers = FindIssuers(root, signature.leaf, signature.hints);
  if (!issuers) return issuers.error();
  if (!wanted) return wanted.error();
  auto witnesses = policy_.transparency.Ask(root, signature.logged, now);
  if (!witnesses) return witnesses;
  if (witnesses->times.empty()) return Fail(Reason::kTimeUnproven);
  Status outcome = Fail(Reason::kCertificateUntrusted);
  for (const Issued& issued : *issuers) {
    outcome = CheckTimes(issued, witnesses->times);
    if (outcome) {
      outcome = CheckCertificateLogs(
          issued.path, root, policy_.transparency.thresholds.certificate_logs);
    }
    if (outcome) return witnesses;
  }
  return outcome.error();
}

Status SigstoreKeylessSigner::CheckIdentity(
    const Result<SigningIdentity>& identity) const {
  if (!identity) return identity.error();
  const bool wanted =
      std::any_of(policy_.identities.begin(), policy_.identities.end(),
                  [&](const auto& one) { return one.Matches(*identity); });
  if (wanted) return Ok();
  return Fail(Reason::kIdentityMismatch, "signed by '" + identity->subject +
                                             "' of issuer '" +
                                             identity->issuer + "'");
}

std::unique_ptr<Signer> SigstoreKeylessSigner::Read(const std::string& name,
                                                    const Toml& table,
                                                    TrustFiles& files,
                                                    Diagnostics& diagnostics) {
  const auto before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  reader.String("type");
  auto identities = IdentityMatcher::Read(reader, diagnostics);
  auto transparency = TransparencyPolicy::Read(reader, files, diagnostics,
                                               {1, 0, 1}, kTrustedRootFile);
  auto claims = ClaimPolicy::Read(reader);
  const auto window = SignerWindow::Read(reader);
  if (transparency && transparency->thresholds.logs == 0 &&
      transparency->thresholds.timestamps == 0) {
    reader.Complain("transparency",
                    "without a log or a timestamp nothing proves when the "
                    "certificate was used");
  }
  reader.Finish();
  if (identities.empty() || !transparency || diagnostics.size() != before) {
    return nullptr;
  }
  return std::make_unique<SigstoreKeylessSigner>(
      name,
      SigstoreKeylessPolicy{std::move(identities), *std::move(transparency),
                            std::move(claims), window});
}

}  // namespace assay
