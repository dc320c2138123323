// A signer's keys out of its policy table.
#include <algorithm>
#include <array>
#include <utility>

#include "core/schemes/cluster_reference.h"
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

// The keys of one signer while its names are read.
class KeyReader {
 public:
  KeyReader(TomlReader& table, TrustFiles& files)
      : table_(table), files_(files) {}

  void Read(const std::string& name) {
    if (name.starts_with(kClusterPrefix)) {
      ReadCluster(name);
    } else {
      ReadFile(name);
    }
  }

  bool good() const { return good_; }

  // A cluster's key that does not go with the table or with the other keys is
  // missing like one that is not there.
  Result<Keyring> Make(KeyUse use, KeyringOptions options) {
    options.missing = missing_;
    std::vector<PublicKey> all = keys_;
    for (const PublicKey& key : cluster_keys_) {
      if (!Has(all, key)) all.push_back(key);
    }
    auto ring = Keyring::Make(std::move(all), use, options);
    if (ring || cluster_keys_.empty()) return ring;
    options.missing = Fail(Reason::kKubernetesGone, ring.error().detail);
    return Keyring::Make(keys_, use, options);
  }

 private:
  static bool Has(const std::vector<PublicKey>& keys, const PublicKey& key) {
    return std::any_of(keys.begin(), keys.end(), [&](const PublicKey& one) {
      return one.fingerprint() == key.fingerprint();
    });
  }

  void Complain(const std::string& where, const Error& error) {
    table_.Complain("keys", error.reason, where + ": " + error.detail);
    good_ = false;
  }

  void ReadFile(const std::string& name) {
    const auto read = files_.Read(name);
    if (!read) return Complain(name, read.error());
    for (const auto& file : *read) {
      auto parsed = PublicKey::ParseFile(file.bytes);
      if (!parsed) {
        Complain(file.path, parsed.error());
        continue;
      }
      for (auto& key : *parsed) keys_.push_back(std::move(key));
    }
  }

  // What may yet come leaves more open than what is gone.
  void NoteMissing(Error error) {
    if (missing_ && missing_->reason == Reason::kKubernetesPending) return;
    missing_ = std::move(error);
  }

  void ReadCluster(const std::string& name) {
    const auto read = files_.ReadCluster(name);
    if (!read) {
      const Error& error = read.error();
      if (!IsClusterAnswer(error)) return Complain(name, error);
      return NoteMissing(WithContext(error, name));
    }
    for (const auto& file : *read) {
      auto parsed = PublicKey::ParseFile(file.bytes);
      if (!parsed) {
        NoteMissing(Fail(Reason::kKubernetesGone,
                         file.path + ": " + parsed.error().detail));
        continue;
      }
      for (auto& key : *parsed) cluster_keys_.push_back(std::move(key));
    }
  }

  TomlReader& table_;
  TrustFiles& files_;
  bool good_ = true;
  std::vector<PublicKey> keys_;
  std::vector<PublicKey> cluster_keys_;
  std::optional<Error> missing_;
};

}  // namespace

std::optional<Keyring> Keyring::Read(TomlReader& table, TrustFiles& files,
                                     KeyUse use) {
  bool good = true;
  KeyringOptions options;
  options.hash = Choice(table, "hash", kHashes, good);
  options.padding = Choice(table, "padding", kPaddings, good);
  options.window = SignerWindow::Read(table);
  const auto names = table.Strings("keys");
  if (!names) {
    table.Missing("keys");
    return std::nullopt;
  }
  KeyReader reader(table, files);
  for (const auto& name : *names) reader.Read(name);
  if (!good || !reader.good()) return std::nullopt;
  auto ring = reader.Make(use, std::move(options));
  if (!ring) {
    table.Complain("keys", ring.error().reason, ring.error().detail);
    return std::nullopt;
  }
  return *std::move(ring);
}

}  // namespace assay
