// A signer's keys out of its policy table.
#include <array>
#include <utility>

#include "core/schemes/keyring.h"

namespace assay {
namespace {

template <typename T, std::size_t kSize>
std::optional<T> Choice(
    TomlReader& table, std::string_view key,
    const std::array<std::pair<std::string_view, T>, kSize>& choices,
    bool& good) {
  const auto text = table.String(key);
  if (!text) return std::nullopt;
  std::set<std::string, std::less<>> known;
  for (const auto& [name, value] : choices) {
    if (*text == name) return value;
    known.emplace(name);
  }
  good = false;
  table.Complain(key, "unknown " + std::string(key) + " '" + *text + "'",
                 NearMiss(*text, known));
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, HashAlgorithm>, 3> kHashes{
    {{"sha256", HashAlgorithm::kSha256},
     {"sha384", HashAlgorithm::kSha384},
     {"sha512", HashAlgorithm::kSha512}}};
constexpr std::array<std::pair<std::string_view, Padding>, 2> kPaddings{
    {{"pkcs1", Padding::kPkcs1}, {"pss", Padding::kPss}}};

std::optional<std::vector<PublicKey>> ReadKeys(TomlReader& table,
                                               TrustFiles& files) {
  const auto names = table.Strings("keys");
  if (!names) {
    table.Missing("keys");
    return std::nullopt;
  }
  std::vector<PublicKey> keys;
  bool good = true;
  for (const auto& name : *names) {
    const auto read = files.Read(name);
    if (!read) {
      table.Complain("keys", read.error().reason,
                     name + ": " + read.error().detail);
      good = false;
      continue;
    }
    for (const auto& file : *read) {
      auto parsed = PublicKey::ParseFile(file.bytes);
      if (!parsed) {
        table.Complain("keys", parsed.error().reason,
                       file.path + ": " + parsed.error().detail);
        good = false;
        continue;
      }
      for (auto& key : *parsed) keys.push_back(std::move(key));
    }
  }
  if (!good) return std::nullopt;
  return keys;
}

}  // namespace

std::optional<Keyring> Keyring::Read(TomlReader& table, TrustFiles& files,
                                     KeyUse use) {
  bool good = true;
  KeyringOptions options;
  options.hash = Choice(table, "hash", kHashes, good);
  options.padding = Choice(table, "padding", kPaddings, good);
  options.window = SignerWindow::Read(table);
  auto keys = ReadKeys(table, files);
  if (!keys || !good) return std::nullopt;
  auto ring = Make(*std::move(keys), use, options);
  if (!ring) {
    table.Complain("keys", ring.error().reason, ring.error().detail);
    return std::nullopt;
  }
  return *std::move(ring);
}

}  // namespace assay
