#include "core/schemes/notation/notation_policy_signer.h"

#include <optional>
#include <utility>

#include "base/bytes.h"
#include "core/schemes/cluster_reference.h"

namespace assay {
namespace {

// notation looks for them in this order.
constexpr auto kDocuments = {"trustpolicy.oci.json", "trustpolicy.json"};
// The software's name and the specification's.
constexpr auto kStoreFolders = {"truststore", "trust-store"};

// "" where it lies in the trust folder itself.
std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

Error Unreadable(const std::string& name, std::string_view what) {
  return Fail(Reason::kPolicyKeyUnreadable, name + " " + std::string(what));
}

// The document that `name` is, or that is in the folder it names.
Result<std::string> FindDocument(const std::string& name, TrustFiles& files) {
  const Status here = CheckOnDisk(name);
  if (!here) return here.error();
  const TrustKind kind = files.KindOf(name);
  if (kind == TrustKind::kFile) return name;
  if (kind == TrustKind::kAbsent) return Unreadable(name, "is not there");
  if (kind == TrustKind::kOther) {
    return Unreadable(name, "is no plain file and no folder");
  }
  for (const auto* document : kDocuments) {
    const std::string path = name + "/" + document;
    if (files.KindOf(path) != TrustKind::kAbsent) return path;
  }
  return Unreadable(name, "holds no trustpolicy.json");
}

// Reads named stores, wherever the folder is that holds them.
class StoreShelf {
 public:
  StoreShelf(std::string folder, TrustFiles& files)
      : folder_(std::move(folder)), files_(files) {}

  // That beside the document, under either name.
  static StoreShelf Beside(const std::string& document, TrustFiles& files) {
    for (const auto* name : kStoreFolders) {
      const std::string folder = FolderOf(document) + name;
      if (files.KindOf(folder) == TrustKind::kFolder) return {folder, files};
    }
    return {FolderOf(document) + *kStoreFolders.begin(), files};
  }

  Result<TrustStore> Read(const StoreName& name) const {
    const std::string path = folder_ + "/x509/" +
                             std::string(StoreKindName(name.kind)) + "/" +
                             name.name;
    if (files_.KindOf(path) != TrustKind::kFolder) {
      return Unreadable(path, "is no folder, and links are not followed");
    }
    const auto read = files_.ReadPlain(path);
    if (!read) return read.error();
    auto store = TrustStore::Of(*read, name.kind == StoreKind::kTimestamping
                                           ? StoreUse::kStamping
                                           : StoreUse::kSigning);
    if (!store) return WithContext(store.error(), path);
    return store;
  }

 private:
  std::string folder_;
  TrustFiles& files_;
};

TrustStore& StoreOf(StoreKind kind, NotationTerms& terms) {
  switch (kind) {
    case StoreKind::kAuthority:
      return terms.authorities;
    case StoreKind::kSigningAuthority:
      return terms.signing_authorities;
    case StoreKind::kTimestamping:
      break;
  }
  return terms.timestamp_authorities;
}

Result<NotationTerms> TermsOf(const TrustStatement& statement,
                              const StoreShelf& shelf) {
  NotationTerms terms;
  for (const StoreName& name : statement.stores) {
    const auto store = shelf.Read(name);
    if (!store) return store.error();
    StoreOf(name.kind, terms).Add(*store);
  }
  terms.always_stamped = statement.always_stamped;
  terms.identities = statement.identities;
  terms.authenticity = statement.actions.authenticity;
  terms.times = statement.actions.times;
  terms.expiry = statement.actions.expiry;
  terms.revocation = statement.actions.revocation;
  return terms;
}

Result<ImportedPolicy> Import(const std::string& name,
                              const std::optional<std::string>& stores,
                              TrustFiles& files) {
  const Status here = CheckOnDisk(stores.value_or(""));
  if (!here) return here.error();
  const auto document = FindDocument(name, files);
  if (!document) return document.error();
  const auto read = files.ReadPlain(*document);
  if (!read) return read.error();
  auto policy = TrustPolicy::Parse(read->front().bytes);
  if (!policy) return WithContext(policy.error(), *document);
  ImportedPolicy imported{*document, *std::move(policy), {}};
  const StoreShelf shelf = stores ? StoreShelf(*stores, files)
                                  : StoreShelf::Beside(*document, files);
  for (const TrustStatement& statement : imported.policy.statements()) {
    if (statement.skips) continue;
    auto terms = TermsOf(statement, shelf);
    if (!terms) {
      return WithContext(terms.error(),
                         *document + ", statement '" + statement.name + "'");
    }
    imported.terms.emplace(statement.name, *std::move(terms));
  }
  return imported;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) {
    if (!joined.empty()) joined += ", ";
    joined += text;
  }
  return joined;
}

// What a statement that verifies signatures lets pass nevertheless.
std::vector<std::string> DoorsOf(const LevelActions& actions) {
  std::vector<std::string> doors;
  if (actions.authenticity == CheckAction::kNote) {
    doors.emplace_back("whoever signed");
  }
  if (actions.times == CheckAction::kNote) {
    doors.emplace_back("certificates that were not valid");
  }
  if (actions.expiry == CheckAction::kNote) {
    doors.emplace_back("expired signatures");
  }
  if (actions.revocation != RevocationRule::kStrict) {
    doors.emplace_back("revoked certificates");
  }
  return doors;
}

}  // namespace

std::string NotationPolicySigner::Summary() const {
  std::string text = imported_.path;
  const char* separator = ": ";
  for (const TrustStatement& one : imported_.policy.statements()) {
    text += separator;
    separator = "; ";
    text += "'" + one.name + "' for " + Joined(one.scopes) + ", " + one.level;
    if (one.overridden) text += " with overrides";
    text += ", " + (one.skips ? "unsigned" : one.identities.str());
  }
  return text + window_.Summary();
}

std::vector<std::string> NotationPolicySigner::Warnings() const {
  std::vector<std::string> warnings;
  for (const TrustStatement& one : imported_.policy.statements()) {
    const std::string lead = "statement '" + one.name + "' of " +
                             imported_.path + " (" + Joined(one.scopes) + ")";
    if (one.skips) {
      warnings.push_back(lead + ": allows without a signature");
      continue;
    }
    const auto doors = DoorsOf(one.actions);
    if (!doors.empty()) warnings.push_back(lead + ": allows " + Joined(doors));
    for (const std::string& identity : one.unknown_identities) {
      warnings.push_back(lead + ": the identity '" + Printable(identity, 80) +
                         "' is not understood and matches nobody");
    }
    if (one.identities.empty()) {
      warnings.push_back(lead + ": no identity is left that matches anybody");
    }
  }
  return warnings;
}

// Nothing but the repository is asked about, so it must be known for certain.
void NotationPolicySigner::Skip(const TrustStatement& statement,
                                const SigningTarget& target,
                                Findings& findings) const {
  const std::string where =
      "statement '" + statement.name + "' of " + imported_.path;
  Status open = window_.Judge(target.now);
  if (open && !target.may_waive) {
    open = Fail(Reason::kNoSignature, "it asks for none, which proves nothing");
  }
  if (!open) {
    findings.failed.push_back({name(), where, open.error()});
    return;
  }
  for (const Digest& digest : target.digests) {
    findings.verified.push_back(Waived(digest, where, window_.until));
  }
}

void NotationPolicySigner::VerifySignatures(
    const SigningTarget& target, std::span<const UntrustedArtifact> artifacts,
    Findings& findings) const {
  const std::string repository = target.name.Repository();
  const TrustStatement* statement = imported_.policy.Find(repository);
  if (statement == nullptr) {
    findings.failed.push_back(
        {name(), imported_.path, Fail(Reason::kNoStatement, repository)});
  } else if (statement->skips) {
    Skip(*statement, target, findings);
  } else if (const auto terms = imported_.terms.find(statement->name);
             terms != imported_.terms.end()) {
    VerifyUnder(terms->second, window_, target, artifacts, findings);
  }
}

std::unique_ptr<Signer> NotationPolicySigner::Read(const std::string& name,
                                                   const Toml& table,
                                                   TrustFiles& files,
                                                   Diagnostics& diagnostics) {
  constexpr std::string_view kKey = "policy";
  const auto before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  reader.String("type");
  const auto policy = reader.String("policy");
  const auto stores = reader.String("trust_store");
  const auto window = SignerWindow::Read(reader);
  if (reader.Value(kKey) == nullptr) reader.Missing(kKey);
  reader.Finish();
  if (diagnostics.size() != before || !policy) return nullptr;
  auto imported = Import(*policy, stores, files);
  if (!imported) {
    reader.Complain(kKey, imported.error().reason, imported.error().detail);
    return nullptr;
  }
  return std::make_unique<NotationPolicySigner>(name, *std::move(imported),
                                                window);
}

}  // namespace assay
