#include "core/schemes/containers_policy/containers_policy_signer.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "core/schemes/simple_signing/registries_d.h"

namespace assay {
namespace {

constexpr const char* kDefaultPolicy = "/etc/containers/policy.json";

Result<ImportedContainersPolicy> Import(const TrustFile& file,
                                        const TermsSource& source) {
  auto policy = ContainersPolicy::Parse(file.bytes);
  if (!policy) return WithContext(policy.error(), Printable(file.path));
  ImportedContainersPolicy imported{file.path, *std::move(policy), {}};
  for (const PolicyScope& scope : imported.policy.scopes()) {
    auto terms = ScopeTerms::Make(scope, source);
    if (!terms) return WithContext(terms.error(), Printable(file.path));
    imported.terms.push_back(*std::move(terms));
  }
  return imported;
}

Result<ImportedContainersPolicy> ImportNamed(const std::string& path,
                                             const TermsSource& source) {
  const auto read = source.files.Read(path);
  if (!read) return read.error();
  if (read->size() == 1) return Import(read->front(), source);
  return Fail(Reason::kPolicyKeyUnreadable,
              Printable(path) + " is not one file");
}

using ByNamespace =
    std::map<std::string, ImportedContainersPolicy, std::less<>>;

// NAMESPACE.json of a folder of CRI-O's, signature_policy_dir. A folder that
// is not there yet has none.
Result<ByNamespace> ImportFolder(const std::string& folder,
                                 const TermsSource& source) {
  constexpr std::string_view kEnding = ".json";
  ByNamespace found;
  const auto read = source.files.ReadSettings(folder, kEnding);
  if (!read) return read.error();
  for (const TrustFile& file : *read) {
    auto imported = Import(file, source);
    if (!imported) return imported.error();
    const std::string name = file.path.substr(file.path.rfind('/') + 1);
    found.emplace(name.substr(0, name.size() - kEnding.size()),
                  *std::move(imported));
  }
  return found;
}

// The stem of a file's name. CRI-O asks for the namespace's own, which is an
// RFC 1123 label.
bool IsNamespaceName(std::string_view name) {
  return !name.empty() && name.size() <= 63 && name.front() != '-' &&
         name.back() != '-' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
             std::string_view::npos;
}

// A folder that is misspelt is silent otherwise, and what is next in turn
// decides.
void WarnOfNamespaces(const std::string& folder, const ByNamespace& found,
                      std::vector<std::string>& warnings) {
  if (found.empty()) {
    warnings.push_back("namespace_policies: " + Printable(folder) +
                       " holds no NAMESPACE.json: 'policy' decides in every "
                       "namespace");
  }
  for (const auto& [name, imported] : found) {
    if (IsNamespaceName(name)) continue;
    warnings.push_back("namespace_policies: " + Printable(imported.path) +
                       ": no namespace has this name");
  }
}

void WarnOf(const ImportedContainersPolicy& imported,
            std::vector<std::string>& warnings) {
  for (const ScopeTerms& terms : imported.terms) {
    if (!terms.accepts_anything) continue;
    warnings.push_back("scope '" + Printable(terms.name) + "' of " +
                       imported.path + ": allows without a signature");
  }
  for (const std::string& scope : imported.policy.unmatchable()) {
    warnings.push_back("scope '" + Printable(scope) + "' of " + imported.path +
                       ": no image's name is in it");
  }
}

// The signatures of one manifest that each signer of a scope found.
struct Complete {
  std::vector<const VerifiedSignature*> signatures;
  std::optional<Time> until;  // when the first signer has none left
};

// nullopt where a signer found none.
std::optional<Complete> Gather(const Digest& digest,
                               const std::vector<Findings>& found) {
  Complete complete;
  for (const Findings& one : found) {
    std::optional<Time> latest = Time{};
    bool any = false;
    for (const VerifiedSignature& signature : one.verified) {
      if (signature.target() != digest) continue;
      any = true;
      complete.signatures.push_back(&signature);
      const auto& until = signature.valid_until();
      latest = latest && until ? std::max(latest, until) : std::nullopt;
    }
    if (!any) return std::nullopt;
    complete.until = Earlier(complete.until, latest);
  }
  return complete;
}

}  // namespace

EvidencePlaces ContainersPolicySigner::Places() const {
  EvidencePlaces places;
  const auto add = [&](const ImportedContainersPolicy& imported) {
    for (const ScopeTerms& terms : imported.terms) {
      for (const auto& signer : terms.signers) places.Add(signer->Places());
    }
  };
  add(policy_);
  for (const auto& [name, imported] : by_namespace_) add(imported);
  places.cosign_tag = places.cosign_tag && attachments_.UsedAnywhere();
  places.referrers = false;
  return places;
}

SigningTarget ContainersPolicySigner::AsContainersDo(
    const SigningTarget& target) const {
  SigningTarget asked = target;
  asked.digests = target.manifests;
  asked.origins = {ArtifactOrigin::kLookaside};
  if (attachments_.UsedFor(target.name)) {
    asked.origins->insert(ArtifactOrigin::kCosignTag);
  }
  return asked;
}

std::string ContainersPolicySigner::Summary() const {
  std::string text = policy_.path;
  const char* separator = ": ";
  for (const ScopeTerms& terms : policy_.terms) {
    text += separator + terms.Summary();
    separator = "; ";
  }
  for (const auto& [name, imported] : by_namespace_) {
    text += "; namespace '" + Printable(name) + "' by " + imported.path;
  }
  return text + window_.Summary();
}

std::vector<std::string> ContainersPolicySigner::Warnings() const {
  std::vector<std::string> warnings = settings_warnings_;
  WarnOf(policy_, warnings);
  for (const auto& [name, imported] : by_namespace_) {
    WarnOf(imported, warnings);
  }
  return warnings;
}

const ImportedContainersPolicy& ContainersPolicySigner::PolicyFor(
    const SigningTarget& target) const {
  const auto found = by_namespace_.find(target.pod_namespace);
  return found == by_namespace_.end() ? policy_ : found->second;
}

// Nothing but the name is asked about, so it must be known for certain.
void ContainersPolicySigner::Waive(const SigningTarget& target,
                                   const std::string& where,
                                   Findings& findings) const {
  if (!target.may_waive) {
    findings.failed.push_back(
        {name(), where,
         Fail(Reason::kNoSignature, "it asks for none, which proves nothing")});
    return;
  }
  for (const Digest& digest : target.digests) {
    findings.verified.push_back(Waived(digest, where, window_.until));
  }
}

void ContainersPolicySigner::VerifyAll(
    const ScopeTerms& terms, const SigningTarget& target,
    std::span<const UntrustedArtifact> artifacts, const std::string& where,
    Findings& findings) const {
  std::vector<Findings> found(terms.signers.size());
  std::size_t lacking = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    terms.signers[i]->Verify(target, artifacts, found[i]);
    auto& failed = found[i].failed;
    findings.failed.insert(findings.failed.end(), failed.begin(), failed.end());
    if (found[i].verified.empty()) ++lacking;
  }
  bool complete = false;
  std::set<std::pair<Digest, std::string>> seen;
  for (const Digest& digest : target.digests) {
    const auto all = Gather(digest, found);
    if (!all) continue;
    complete = true;
    for (const VerifiedSignature* one : all->signatures) {
      if (!seen.emplace(digest, one->identity()).second) continue;
      findings.verified.push_back(Verified(
          one->identity(), digest, one->where(),
          Earlier(window_.until, Earlier(one->valid_until(), all->until))));
    }
  }
  if (complete || lacking == found.size()) return;
  findings.failed.push_back(
      {name(), where,
       Fail(Reason::kThresholdNotMet,
            std::to_string(found.size() - lacking) + " of " +
                std::to_string(found.size()) +
                " requirements hold, and all must of one manifest")});
}

void ContainersPolicySigner::Verify(
    const SigningTarget& target, std::span<const UntrustedArtifact> artifacts,
    Findings& findings) const {
  if (!target.signatures) return;
  const ImportedContainersPolicy& imported = PolicyFor(target);
  const ScopeTerms& terms = imported.terms[imported.policy.Find(target.name)];
  const std::string where = "scope '" + terms.name + "' of " + imported.path;
  const SigningTarget asked = AsContainersDo(target);
  Status open = window_.Judge(target.now);
  if (open && !terms.rejects.empty()) {
    open = Fail(Reason::kImportedPolicyRejects, terms.rejects);
  }
  if (!open) {
    findings.failed.push_back({name(), where, open.error()});
  } else if (terms.accepts_anything) {
    Waive(asked, where, findings);
  } else {
    VerifyAll(terms, asked, artifacts, where, findings);
  }
}

std::unique_ptr<Signer> ContainersPolicySigner::Read(const std::string& name,
                                                     const Toml& table,
                                                     TrustFiles& files,
                                                     Diagnostics& diagnostics) {
  const auto before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  reader.String("type");
  const auto path = reader.String("policy");
  const auto folder = reader.String("namespace_policies");
  const auto registries = reader.String("registries_d");
  const auto window = SignerWindow::Read(reader);
  reader.Finish();
  if (diagnostics.size() != before) return nullptr;
  const auto refuse = [&](std::string_view key, const Error& error) {
    reader.Complain(key, error.reason, error.detail);
    return nullptr;
  };
  const std::string settings = registries.value_or(files.OnNode(kRegistriesD));
  const auto stores = ReadRegistriesD(files, settings);
  if (!stores) return refuse("registries_d", stores.error());
  auto attachments = SigstoreAttachments::Read(files, settings);
  if (!attachments) return refuse("registries_d", attachments.error());
  const TermsSource source{name, files, *stores};
  auto policy =
      ImportNamed(path.value_or(files.OnNode(kDefaultPolicy)), source);
  if (!policy) return refuse("policy", policy.error());
  auto by_namespace = folder ? ImportFolder(*folder, source) : ByNamespace();
  if (!by_namespace) return refuse("namespace_policies", by_namespace.error());
  std::vector<std::string> warnings;
  if (registries) warnings = RegistriesDWarnings(files, *registries);
  if (folder) WarnOfNamespaces(*folder, *by_namespace, warnings);
  return std::make_unique<ContainersPolicySigner>(
      name, *std::move(policy), *std::move(by_namespace),
      *std::move(attachments), window, std::move(warnings));
}

}  // namespace assay
