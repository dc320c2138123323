// Policy::Read: the files of policy.d and the trust files they name into one
// snapshot. Every problem of every file is reported, not only the first.
#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/bytes.h"
#include "core/policy/attestation_reader.h"
#include "core/policy/conflicts.h"
#include "core/policy/policy.h"
#include "core/policy/recorded_trust.h"
#include "core/policy/rule_reader.h"
#include "core/policy/signer_reader.h"

namespace assay {
namespace {

constexpr std::int64_t kVersion = 1;

// Over the contents alone, sorted: names and order of the files mean nothing.
Digest FingerprintOf(std::span<const PolicyFile> files, const Digest& trust) {
  std::multiset<std::string> digests;
  for (const PolicyFile& file : files) {
    digests.insert(Digest::Of(file.text).str());
  }
  std::string text = "policy\n";
  for (const std::string& digest : digests) text += digest + "\n";
  return Digest::Of(text + trust.str());
}

// Of a signer or an attestation.
bool IsEntryName(std::string_view name) {
  return !name.empty() && name.size() <= 128 &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "._-") == std::string_view::npos;
}

// A setting that any one file may give, and where that was.
template <typename T>
struct Setting {
  std::optional<T> value;
  TomlPosition position;

  void Take(TomlReader& reader, std::string_view key, std::optional<T> found) {
    if (!found) return;
    if (value && *value != *found) {
      reader.Complain(
          key, "contradicts '" + std::string(key) + "' at " + position.str());
    } else if (!value) {
      value = found;
      position = reader.Value(key)->position();
    }
  }
};

}  // namespace

// What a policy was read from.
struct PolicySource {
  std::vector<PolicyFile> files;
  KeptTrust trust;
};

class PolicyReader {
 public:
  // `source` is that of a policy that is read again; null where it is not.
  PolicyReader(TrustFiles& trust, std::shared_ptr<const PolicySource> source,
               Diagnostics& diagnostics)
      : source_(std::move(source)),
        trust_(trust, source_ == nullptr ? nullptr : &source_->trust),
        signer_reader_(trust_, source_ != nullptr),
        diagnostics_(diagnostics) {}

  std::shared_ptr<const Policy> Read(std::span<const PolicyFile> files) {
    const std::size_t before = diagnostics_.size();
    if (files.empty()) {
      diagnostics_.push_back(
          {Reason::kPolicyMissing, {}, "no policy file", ""});
      return nullptr;
    }
    std::vector<Toml> documents;
    for (const PolicyFile& file : files) Parse(file, documents);
    // What an unreadable file holds would look missing to the others.
    if (documents.size() != files.size()) return nullptr;
    for (const Toml& document : documents) ReadHead(document);
    for (const auto& [name, table] : attestation_tables_) {
      attestations_[name] =
          ReadAttestation(name, *table, signers_, diagnostics_);
    }
    for (const Toml* table : rule_tables_) {
      auto rule = ReadRule(*table, signers_, attestations_,
                           mode_.value.value_or(Mode{}), diagnostics_);
      if (rule) rules_.push_back(*std::move(rule));
    }
    SortByMatch(rules_);
    FindConflicts(rules_, diagnostics_);
    if (diagnostics_.size() != before) return nullptr;
    const Digest trust = trust_.Fingerprint();
    const std::shared_ptr<Policy> policy(
        new Policy(FingerprintOf(files, trust), trust));
    policy->mode_ = mode_.value.value_or(Mode{});
    policy->default_action_ = default_.value.value_or(Action::kReject);
    policy->rules_ = std::move(rules_);
    policy->signers_ = std::move(signers_);
    policy->attestations_ = std::move(attestations_);
    policy->warnings_ = policy->FindWarnings();
    policy->source_ = source_;
    if (source_ == nullptr) {
      policy->source_ = std::make_shared<const PolicySource>(
          PolicySource{{files.begin(), files.end()}, trust_.TakeRead()});
    }
    return policy;
  }

 private:
  void Parse(const PolicyFile& file, std::vector<Toml>& documents) {
    const std::size_t before = diagnostics_.size();
    auto document = Toml::Parse(file.text, file.name, diagnostics_);
    for (std::size_t i = before; i < diagnostics_.size(); ++i) {
      diagnostics_[i].reason = Reason::kPolicyMalformed;
    }
    if (document) documents.push_back(*std::move(document));
  }

  // Everything but what needs the signers of all files.
  void ReadHead(const Toml& document) {
    TomlReader reader(document, diagnostics_, Reason::kPolicyMalformed);
    ReadVersion(reader);
    mode_.Take(reader, "mode", ReadMode(reader));
    default_.Take(reader, "default",
                  ReadWord<Action>(reader, "default",
                                   {{"reject", Action::kReject},
                                    {"allow", Action::kAllow}}));
    if (const Toml* signers = reader.TableValue("signers")) {
      for (const auto& [name, table] : *signers->AsTable()) {
        ReadSigner(name, table);
      }
    }
    if (const Toml* attestations = reader.TableValue("attestations")) {
      for (const auto& [name, table] : *attestations->AsTable()) {
        NoteAttestation(name, table);
      }
    }
    for (const Toml* rule : reader.Tables("rule")) rule_tables_.push_back(rule);
    reader.Finish();
  }

  void ReadVersion(TomlReader& reader) {
    const Toml* value = reader.Value("version");
    if (value == nullptr) {
      reader.Complain({}, "'version = 1' is missing");
      return;
    }
    const auto version = reader.Int("version");
    if (version && *version != kVersion) {
      reader.Complain("version", Reason::kPolicyUnsupported,
                      "policy version " + std::to_string(*version) +
                          " is not supported; this program reads version 1");
    }
  }

  // Whether the entry is the first of its kind and name; a bad name is told.
  bool IsNew(const std::string& kind, const std::string& name,
             const Toml& table) {
    const auto [place, fresh] =
        places_.emplace(kind + " " + name, table.key_position());
    if (!fresh) {
      Refuse(table.key_position(), Reason::kPolicyMalformed,
             kind + " '" + Printable(name, 80) + "' is already at " +
                 place->second.str());
    } else if (!IsEntryName(name)) {
      Refuse(table.key_position(), Reason::kPolicyMalformed,
             "the name of this " + kind +
                 " may have letters, digits, '.', '_' and '-' only");
    }
    return fresh;
  }

  void NoteAttestation(const std::string& name, const Toml& table) {
    if (IsNew("attestation", name, table)) attestation_tables_[name] = &table;
  }

  void ReadSigner(const std::string& name, const Toml& table) {
    if (!IsNew("signer", name, table)) return;
    auto& signer = signers_[name];  // null until it is read whole
    if (!IsEntryName(name)) return;
    const Scheme* scheme = SchemeOf(table);
    if (scheme == nullptr) return;
    signer = signer_reader_.Read(*scheme, name, table, diagnostics_);
  }

  const Scheme* SchemeOf(const Toml& table) {
    TomlReader reader(table, diagnostics_, Reason::kPolicyMalformed);
    if (table.AsTable() == nullptr) return nullptr;
    if (reader.Value("type") == nullptr) reader.Missing("type");
    const auto type = reader.String("type");
    if (!type) return nullptr;
    if (const Scheme* scheme = FindScheme(*type)) return scheme;
    const std::string near = NearMiss(*type, SchemeTypes());
    reader.Complain("type", "unknown type '" + Printable(*type, 80) + "'",
                    near.empty() ? "" : "did you mean '" + near + "'?");
    return nullptr;
  }

  void Refuse(const TomlPosition& position, Reason reason,
              std::string message) {
    diagnostics_.push_back({reason, position, std::move(message), ""});
  }

  const std::shared_ptr<const PolicySource> source_;
  RecordedTrust trust_;
  SignerReader signer_reader_;
  Diagnostics& diagnostics_;
  Setting<Mode> mode_;
  Setting<Action> default_;
  SignerMap signers_;
  AttestationMap attestations_;
  std::map<std::string, TomlPosition> places_;             // by kind and name
  std::map<std::string, const Toml*> attestation_tables_;  // in the documents
  std::vector<const Toml*> rule_tables_;                   // in the documents
  std::vector<Rule> rules_;
};

std::shared_ptr<const Policy> Policy::Read(std::span<const PolicyFile> files,
                                           TrustFiles& trust,
                                           Diagnostics& diagnostics) {
  return PolicyReader(trust, nullptr, diagnostics).Read(files);
}

std::shared_ptr<const Policy> Policy::Renew(TrustFiles& trust,
                                            Diagnostics& diagnostics) const {
  return PolicyReader(trust, source_, diagnostics).Read(source_->files);
}

}  // namespace assay
