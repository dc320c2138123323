#include "cli/signer_candidates.h"

#include <array>

#include "io/files/files.h"
#include "io/policy/policy_loader.h"
#include "io/wire/containerd_edit.h"

namespace assay {
namespace {

// A way to trust a file.
struct Use {
  std::string_view suffix;  // of the signer's name
  std::string_view type;
  std::string_view key;       // of the table, that names the file
  std::string_view identity;  // that lets everybody sign, "" where keys do
};

constexpr auto kUses = std::to_array<Use>({
    {"", "sigstore-key", "keys", ""},
    {"-openssl", "openssl", "keys", ""},
    {"-openpgp", "openpgp", "keys", ""},
    {"-keyless", "sigstore-keyless", "trusted_root",
     "identities = [{ issuer = { glob = \"*\" }, subject = { glob = \"*\" } "
     "}]\n"},
    {"-notation", "notation", "trust_store", "identities = \"*\"\n"},
});

// The head of a policy that says nothing; a signer follows.
constexpr std::string_view kNothing = "version = 1\n";

std::string TableOf(const Use& use, const std::string& file) {
  return "type = " + TomlString(use.type) + "\n" + std::string(use.key) +
         " = [" + TomlString(file) + "]\n";
}

const Use* UseOf(std::string_view table) {
  for (const Use& use : kUses) {
    if (table.starts_with("type = " + TomlString(use.type) + "\n")) return &use;
  }
  return nullptr;
}

std::string SignerTable(const std::string& name, const std::string& table) {
  const Use* use = UseOf(table);
  return "\n[signers." + name + "]\n" + table +
         std::string(use == nullptr ? "" : use->identity);
}

std::string SignerName(const std::string& file, const Use& use) {
  std::string name;
  for (const char c : file.substr(0, file.rfind('.'))) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '_';
    name += plain ? c : '-';
  }
  return name + std::string(use.suffix);
}

}  // namespace

Result<CandidateSigners> FindCandidates(const Paths& paths) {
  const auto files = ListFolder(paths.TrustDir());
  if (!files) return files.error();
  const PolicyLoader loader(paths);
  CandidateSigners candidates;
  for (const std::string& file : *files) {
    if (file.starts_with('.')) continue;
    for (const Use& use : kUses) {
      const std::string name = SignerName(file, use);
      const std::string table = TableOf(use, file);
      Diagnostics problems;
      const auto policy = loader.LoadText(
          {file, std::string(kNothing) + SignerTable(name, table)}, problems);
      if (policy != nullptr) candidates.emplace(name, table);
    }
  }
  return candidates;
}

std::string PolicyOfCandidates(const CandidateSigners& candidates) {
  std::string text(kNothing);
  for (const auto& [name, table] : candidates) text += SignerTable(name, table);
  return text;
}

}  // namespace assay
