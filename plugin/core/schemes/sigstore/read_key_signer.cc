// A signer of type `sigstore-key` out of its policy table.
#include <algorithm>
#include <array>

#include "core/schemes/sigstore/key_signer.h"

namespace assay {
namespace {

// Words by which operators ask for logs and timestamps. What they ask for is
// not there yet, and a policy that asks must not pass without it.
constexpr auto kLogWords = std::to_array<std::string_view>(
    {"transparency", "trusted_root", "tlog", "rekor", "rekor_key", "rekor_keys",
     "rekor_url", "log", "require_log", "ctlog", "timestamp", "timestamps",
     "timestamp_authority", "tsa", "insecure_ignore_tlog", "ignore_tlog"});

void RefuseLogWords(TomlReader& table) {
  for (const auto word : kLogWords) {
    if (table.Value(word) == nullptr) continue;
    table.Complain(word, Reason::kPolicyUnsupported,
                   "'" + std::string(word) +
                       "': transparency logs and timestamps of key "
                       "signatures are not verified by this version");
  }
}

std::map<std::string, std::string> ReadAnnotations(TomlReader& table) {
  std::map<std::string, std::string> annotations;
  const auto* value = table.TableValue("annotations");
  if (value == nullptr) return annotations;
  for (const auto& [key, wanted] : *value->AsTable()) {
    if (const auto* text = wanted.AsString()) {
      annotations[key] = *text;
    } else {
      table.Complain("annotations", "annotation '" + key +
                                        "' must be a string, it is a " +
                                        std::string(wanted.KindName()));
    }
  }
  return annotations;
}

SignedIdentity ReadIdentity(TomlReader& table) {
  const auto text = table.String("identity");
  if (!text || *text == "repository") return SignedIdentity::kRepository;
  if (*text == "any") return SignedIdentity::kAny;
  table.Complain("identity", "unknown identity '" + *text + "'",
                 NearMiss(*text, {"repository", "any"}));
  return SignedIdentity::kRepository;
}

std::optional<Reference> ReadRepository(TomlReader& table) {
  const auto text = table.String("signed_repository");
  if (!text) return std::nullopt;
  auto repository = Reference::Parse(*text);
  if (!repository || repository->Repository() != *text) {
    table.Complain("signed_repository",
                   "'" + *text + "' is no repository written as host/path");
    return std::nullopt;
  }
  return *std::move(repository);
}

}  // namespace

std::unique_ptr<Signer> SigstoreKeySigner::Read(const std::string& name,
                                                const Toml& table,
                                                TrustFiles& files,
                                                Diagnostics& diagnostics) {
  const auto before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  reader.String("type");
  RefuseLogWords(reader);
  auto keyring = Keyring::Read(reader, files, KeyUse::kSigstore);
  auto annotations = ReadAnnotations(reader);
  const auto identity = ReadIdentity(reader);
  auto repository = ReadRepository(reader);
  if (identity == SignedIdentity::kAny && repository) {
    reader.Complain("signed_repository",
                    "identity = \"any\" leaves it without meaning");
  }
  reader.Finish();
  if (!keyring || diagnostics.size() != before) return nullptr;
  return std::make_unique<SigstoreKeySigner>(
      name, SigstoreKeyPolicy{*std::move(keyring), std::move(annotations),
                              identity, std::move(repository)});
}

}  // namespace assay
