#include "io/trust_data/trust_data_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::string_view kEnding = ".json";
// Base64 takes a third more, and what is around it a little.
constexpr std::size_t kMostBytes = 2 * limits::kDctRepositoryBytes;

Error Malformed(std::string_view what) {
  return Fail(Reason::kDctMalformed, "what is kept: " + std::string(what));
}

std::optional<std::string> BytesIn(const Json& json) {
  const auto* text = json.AsString();
  return text == nullptr ? std::nullopt : Base64Decode(*text);
}

Result<TrustData> ReadRecord(const Json& record) {
  const auto* roots = record.FindArray("roots");
  const auto* roles = record.FindObject("roles");
  if (roots == nullptr || roles == nullptr) return Malformed("roots or roles");
  TrustData data;
  for (const Json& root : *roots) {
    auto bytes = BytesIn(root);
    if (!bytes) return Malformed("a root");
    data.roots.push_back(*std::move(bytes));
  }
  for (const auto& [role, text] : *roles) {
    auto bytes = BytesIn(text);
    if (!bytes) return Malformed(role);
    data.by_role.emplace(role, *std::move(bytes));
  }
  if (data.roots.empty()) return Malformed("no root");
  return data;
}

}  // namespace

std::string TrustDataStore::NameOf(const TrustDataPlace& place) {
  return Digest::Of(place.judge->name() + "\n" + place.repository.Repository() +
                    "\n" + place.at)
      .hex();
}

std::string TrustDataStore::PathOf(const TrustDataPlace& place) const {
  return folder_ + "/" + NameOf(place) + std::string(kEnding);
}

Result<TrustData> TrustDataStore::Read(const TrustDataPlace& place) const {
  const auto text =
      ReadFile(PathOf(place), kMostBytes, FileTrust::kOwnerOrRoot);
  if (!text) return text.error();
  const auto json = Json::Parse(*text, kMostBytes);
  if (!json) return Malformed(json.error().detail);
  const auto* version = json->FindInt("version");
  const auto* repository = json->FindString("repository");
  if (version == nullptr || *version != kVersion || repository == nullptr ||
      *repository != place.repository.Repository()) {
    return Malformed("version or repository");
  }
  return ReadRecord(*json);
}

void TrustDataStore::MakeRoom() const {
  const auto names = ListFolder(folder_);
  if (!names || names->size() < limits::kDctRepositories) return;
  std::string oldest;
  std::optional<std::time_t> when;
  for (const std::string& name : *names) {
    struct stat info {};
    const std::string path = folder_ + "/" + name;
    if (::stat(path.c_str(), &info) != 0) continue;
    if (when && *when <= info.st_mtime) continue;
    when = info.st_mtime;
    oldest = path;
  }
  if (when) ::unlink(oldest.c_str());
}

Status TrustDataStore::Write(const TrustDataPlace& place,
                             const TrustData& data) const {
  Json::Array roots;
  for (const auto& root : data.roots) roots.emplace_back(Base64Encode(root));
  Json::Object roles;
  for (const auto& [role, bytes] : data.by_role) {
    roles.emplace(role, Json(Base64Encode(bytes)));
  }
  Json::Object record{
      {"version", Json(kVersion)},
      {"repository", Json(place.repository.Repository())},
      {"at", Json(place.at)},
      {"roots", Json(std::move(roots))},
      {"roles", Json(std::move(roles))},
  };
  if (const Status made = MakeFolders(folder_, 0700); !made) return made;
  if (::access(PathOf(place).c_str(), F_OK) != 0) MakeRoom();
  return WriteFileAtomically(PathOf(place), Json(std::move(record)).Dump(),
                             0600);
}

}  // namespace assay
