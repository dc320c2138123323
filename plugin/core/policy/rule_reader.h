// RuleReader: one [[rule]] table into a Rule. Every problem becomes a
// Diagnostic; none hides another.
#ifndef ASSAY_CORE_POLICY_RULE_READER_H_
#define ASSAY_CORE_POLICY_RULE_READER_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/toml.h"
#include "core/policy/policy.h"

namespace assay {

// What [signers.NAME] a rule may name. A signer that is there but could not be
// read is null: a rule that names it has no problem of its own.
using SignerMap = std::map<std::string, std::shared_ptr<const Signer>>;

// The same of [attestations.NAME].
using AttestationMap =
    std::map<std::string, std::shared_ptr<const Attestation>>;

// "enforce" or "audit" under `mode`; nullopt when absent or wrong.
std::optional<Mode> ReadMode(TomlReader& reader);
// Globs of Kubernetes namespaces under `namespaces`; empty where there are
// none.
std::vector<std::string> ReadNamespaces(TomlReader& reader);
// One of `words` (to its value) under `key`; a Diagnostic otherwise.
template <typename T>
std::optional<T> ReadWord(TomlReader& reader, std::string_view key,
                          const std::map<std::string, T, std::less<>>& words) {
  const auto text = reader.String(key);
  if (!text) return std::nullopt;
  const auto word = words.find(*text);
  if (word != words.end()) return word->second;
  std::set<std::string, std::less<>> known;
  std::string list;
  for (const auto& [name, value] : words) {
    known.insert(name);
    list += (list.empty() ? "'" : ", '") + name + "'";
  }
  const std::string near = NearMiss(*text, known);
  reader.Complain(key, "'" + std::string(key) + "' must be one of " + list,
                  near.empty() ? "" : "did you mean '" + near + "'?");
  return std::nullopt;
}

// `mode` is what the policy says. nullopt after at least one Diagnostic, and
// also when a signer or an attestation it names is null.
std::optional<Rule> ReadRule(const Toml& table, const SignerMap& signers,
                             const AttestationMap& attestations, Mode mode,
                             Diagnostics& diagnostics);

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_RULE_READER_H_
