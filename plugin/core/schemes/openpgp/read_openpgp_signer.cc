// A signer of type `openpgp` out of its policy table.
#include <algorithm>

#include "core/schemes/openpgp/openpgp_signer.h"
#include "core/schemes/simple_signing/registries_d.h"

namespace assay {
namespace {

std::optional<OpenpgpKeyring> ReadOpenpgpKeys(TomlReader& table,
                                              TrustFiles& files) {
  const auto names = table.Strings("keys");
  if (!names) {
    table.Missing("keys");
    return std::nullopt;
  }
  std::vector<std::string> keyrings;
  bool good = true;
  const auto complain = [&](const std::string& what, const Error& error) {
    table.Complain("keys", error.reason, what + ": " + error.detail);
    good = false;
  };
  for (const auto& name : *names) {
    auto read = files.ReadAnywhere(name);
    if (!read) {
      complain(name, read.error());
      continue;
    }
    for (auto& file : *read) {
      // Each by itself, so that what is wrong is said of the one it is in.
      const auto parsed = OpenpgpKeyring::Parse({file.bytes});
      if (!parsed) complain(file.path, parsed.error());
      keyrings.push_back(std::move(file.bytes));
    }
  }
  if (!good) return std::nullopt;
  auto keyring = OpenpgpKeyring::Parse(std::move(keyrings));
  if (keyring) return *std::move(keyring);
  complain("the keys together", keyring.error());
  return std::nullopt;
}

// As gpg prints it, with or without blanks.
std::string NormalisedFingerprint(const std::string& text) {
  std::string fingerprint;
  for (const char c : text) {
    if (c == ' ') continue;
    fingerprint += c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return fingerprint;
}

std::set<std::string> ReadFingerprints(TomlReader& table,
                                       const OpenpgpKeyring* keyring) {
  std::set<std::string> fingerprints;
  const auto texts = table.Strings("fingerprints");
  if (!texts) return fingerprints;
  if (texts->empty()) {
    table.Complain("fingerprints", "no key would count");
    return fingerprints;
  }
  for (const std::string& text : *texts) {
    std::string fingerprint = NormalisedFingerprint(text);
    if (keyring != nullptr &&
        std::none_of(keyring->keys().begin(), keyring->keys().end(),
                     [&](const OpenpgpKey& key) {
                       return key.fingerprint == fingerprint;
                     })) {
      table.Complain("fingerprints", "'" + text +
                                         "' is the fingerprint of no primary "
                                         "key in `keys`");
    }
    fingerprints.insert(std::move(fingerprint));
  }
  return fingerprints;
}

IdentityMatch ReadNameMatch(TomlReader& table) {
  const auto text = table.String("identity");
  if (!text || *text == "name") return {};
  if (*text == "exact") return IdentityMatch::MatchExact();
  if (*text == "repository") return IdentityMatch::MatchRepository();
  table.Complain("identity", "unknown identity '" + *text + "'",
                 NearMiss(*text, {"name", "exact", "repository"}));
  return {};
}

Result<IdentityMatch> ReadRemap(const Toml& value, Diagnostics& diagnostics) {
  TomlReader reader(value, diagnostics, Reason::kPolicyMalformed);
  const auto prefix = reader.String("prefix");
  const auto signed_prefix = reader.String("signed_prefix");
  if (!prefix) reader.Missing("prefix");
  if (!signed_prefix) reader.Missing("signed_prefix");
  reader.Finish();
  if (!prefix || !signed_prefix) return IdentityMatch();
  return IdentityMatch::RemapIdentity(*prefix, *signed_prefix);
}

// How the signed name must relate to the image's: one way of them.
IdentityMatch ReadIdentityMatch(TomlReader& table, Diagnostics& diagnostics) {
  IdentityMatch match = ReadNameMatch(table);
  int ways = table.Value("identity") == nullptr ? 0 : 1;
  const auto take = [&](std::string_view key, Result<IdentityMatch> read) {
    if (++ways > 1) table.Complain(key, "another key says it already");
    if (!read) return table.Complain(key, read.error().detail);
    match = *std::move(read);
  };
  if (const auto text = table.String("signed_repository")) {
    take("signed_repository", IdentityMatch::ExactRepository(*text));
  }
  if (const auto text = table.String("signed_reference")) {
    take("signed_reference", IdentityMatch::ExactReference(*text));
  }
  if (const Toml* value = table.TableValue("remap")) {
    take("remap", ReadRemap(*value, diagnostics));
  }
  return match;
}

std::shared_ptr<const LookasideStores> ReadLookasideStores(
    TomlReader& table, TrustFiles& files, std::vector<std::string>& warnings) {
  const auto address = table.String("lookaside");
  const auto folder = table.String("registries_d");
  if (address && folder) {
    table.Complain("registries_d", "`lookaside` names the store already");
  }
  if (address) {
    auto store = LookasideAddress::Parse(*address);
    if (store) return std::make_shared<const LookasideStores>(*store);
    table.Complain("lookaside", store.error().detail);
    return nullptr;
  }
  if (folder && !folder->starts_with('/')) {
    table.Complain("registries_d", "'" + *folder + "' is no absolute path");
    return nullptr;
  }
  auto stores =
      ReadRegistriesD(files, folder ? *folder : files.OnNode(kRegistriesD));
  if (folder) warnings = RegistriesDWarnings(files, *folder);
  if (stores) return *std::move(stores);
  table.Complain("registries_d", stores.error().reason, stores.error().detail);
  return nullptr;
}

}  // namespace

std::unique_ptr<Signer> OpenpgpSigner::Read(const std::string& name,
                                            const Toml& table,
                                            TrustFiles& files,
                                            Diagnostics& diagnostics) {
  const auto before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  reader.String("type");
  auto keyring = ReadOpenpgpKeys(reader, files);
  auto fingerprints = ReadFingerprints(reader, keyring ? &*keyring : nullptr);
  const auto window = SignerWindow::Read(reader);
  auto identity = ReadIdentityMatch(reader, diagnostics);
  std::vector<std::string> warnings;
  auto stores = ReadLookasideStores(reader, files, warnings);
  reader.Finish();
  if (!keyring || !stores || diagnostics.size() != before) return nullptr;
  return std::make_unique<OpenpgpSigner>(
      name, OpenpgpTerms{*std::move(keyring), std::move(fingerprints), window,
                         std::move(identity), std::move(stores),
                         std::move(warnings)});
}

}  // namespace assay
