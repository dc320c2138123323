#include "io/kubernetes/cluster_store.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error_text.h"
#include "base/json.h"
#include "base/limits.h"
#include "core/schemes/kubernetes_object.h"
#include "io/files/files.h"
#include "io/kubernetes/cluster_identity.h"
#include "io/kubernetes/public_material.h"

namespace assay {
namespace {

constexpr std::int64_t kStoreVersion = 1;

Error PendingObject(std::string detail) {
  return Fail(Reason::kKubernetesPending, std::move(detail));
}

Json ItemAsJson(const ClusterItem& item) {
  if (!item.problem.empty()) {
    return Json(Json::Object{{"problem", Json(item.problem)}});
  }
  Json::Object files;
  for (const TrustFile& file : item.files) {
    files.emplace(file.path, Json(Base64Encode(file.bytes)));
  }
  return Json(Json::Object{{"files", Json(std::move(files))}});
}

std::optional<ClusterItem> ItemFrom(const Json& json) {
  ClusterItem item;
  if (const auto* problem = json.FindString("problem")) {
    item.problem = *problem;
    if (item.problem.empty()) return std::nullopt;
    return item;
  }
  const auto* files = json.FindObject("files");
  if (files == nullptr) return std::nullopt;
  for (const auto& [name, text] : *files) {
    if (text.AsString() == nullptr) return std::nullopt;
    auto bytes = Base64Decode(*text.AsString());
    if (!bytes) return std::nullopt;
    item.files.push_back({name, *std::move(bytes)});
  }
  if (item.files.empty()) return std::nullopt;
  return item;
}

std::optional<KeptObject> KeptFrom(const Json& json) {
  const auto* version = json.FindString("resource_version");
  const auto* confirmed = json.FindInt("confirmed_at");
  const auto* items = json.FindObject("items");
  const auto* cluster = json.FindString("cluster");
  if (version == nullptr || confirmed == nullptr || items == nullptr ||
      cluster == nullptr) {
    return std::nullopt;
  }
  KeptObject kept{
      *version, Time(std::chrono::seconds(*confirmed)), {}, *cluster};
  for (const auto& [name, value] : *items) {
    auto item = ItemFrom(value);
    if (!item) return std::nullopt;
    kept.items.emplace(name, *std::move(item));
  }
  return kept;
}

}  // namespace

bool ClusterItem::operator==(const ClusterItem& other) const {
  return problem == other.problem &&
         std::equal(files.begin(), files.end(), other.files.begin(),
                    other.files.end(),
                    [](const TrustFile& one, const TrustFile& two) {
                      return one.path == two.path && one.bytes == two.bytes;
                    });
}

std::map<std::string, ClusterItem> ItemsOf(const Json* object,
                                           const std::set<std::string>& items) {
  std::map<std::string, ClusterItem> all;
  for (const std::string& name : items) {
    ClusterItem item;
    if (object == nullptr) {
      item.problem = "there is no such object";
    } else if (auto files = ReadKubernetesEntries(*object, "", name)) {
      for (TrustFile& file : *files) {
        file.path.erase(0, 1);  // its '#'
        // Whatever it is, no signer can take it, and it may be a secret.
        if (!IsPublicMaterial(file.bytes)) file.bytes.clear();
      }
      item.files = *std::move(files);
    } else {
      item.problem = Printable(ErrorText(files.error()), 1000);
    }
    all.emplace(name, std::move(item));
  }
  return all;
}

Result<std::vector<TrustFile>> KeysOf(const ClusterReference& reference,
                                      const KeptObject& kept) {
  const auto found = kept.items.find(reference.item);
  if (found == kept.items.end())
    return PendingObject("this entry was not asked for");
  const ClusterItem& item = found->second;
  if (!item.problem.empty()) {
    return Fail(Reason::kKubernetesGone, item.problem);
  }
  std::vector<TrustFile> files = item.files;
  for (TrustFile& file : files) {
    file.path = reference.object.str() + "#" + file.path;
  }
  return files;
}

ClusterStore::ClusterStore(const Paths& paths,
                           const KubernetesSettings& settings)
    : paths_(paths),
      settings_(settings),
      folder_(paths.KubernetesDir()),
      source_(settings.kubeconfig.empty() ? "service account"
                                          : settings.kubeconfig) {}

// Names of objects may be longer than those of files.
std::string ClusterStore::PathOf(const ClusterObject& object) const {
  return folder_ + "/" + Digest::Of(object.str()).hex() + ".json";
}

Result<KeptObject> ClusterStore::Load(const ClusterObject& object) const {
  const std::string path = PathOf(object);
  const auto text =
      ReadFile(path, limits::kKubernetesObjectBytes, FileTrust::kOwnerOrRoot);
  if (!text) {
    if (text.error().reason == Reason::kNotFound) return text.error();
    return PendingObject(text.error().detail);
  }
  const auto json = Json::Parse(*text, limits::kKubernetesObjectBytes);
  if (!json) return PendingObject(path + ": " + json.error().detail);
  const auto* version = json->FindInt("version");
  const auto* name = json->FindString("object");
  const auto* source = json->FindString("source");
  if (version == nullptr || *version != kStoreVersion || name == nullptr ||
      *name != object.str() || source == nullptr || *source != source_) {
    return Fail(Reason::kNotFound, path + " is of something else");
  }
  auto kept = KeptFrom(*json);
  if (!kept) return PendingObject(path + " is not what was written there");
  const auto cluster = FindClusterIdentity(paths_, settings_);
  if (cluster && kept->cluster != cluster->str()) {
    return Fail(Reason::kNotFound, path + " is of another cluster");
  }
  return *std::move(kept);
}

Status ClusterStore::Save(const ClusterObject& object,
                          const KeptObject& kept) const {
  Json::Object items;
  for (const auto& [name, item] : kept.items)
    items.emplace(name, ItemAsJson(item));
  const std::int64_t confirmed = kept.confirmed_at.time_since_epoch().count();
  const Json document(Json::Object{{"version", Json(kStoreVersion)},
                                   {"object", Json(object.str())},
                                   {"source", Json(source_)},
                                   {"cluster", Json(kept.cluster)},
                                   {"resource_version", Json(kept.version)},
                                   {"confirmed_at", Json(confirmed)},
                                   {"items", Json(std::move(items))}});
  if (const Status made = MakeFolders(folder_, 0700); !made) return made;
  return WriteFileAtomically(PathOf(object), document.Dump(), 0600);
}

Status ClusterStore::Remove(const ClusterObject& object) const {
  const std::string path = PathOf(object);
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return Ok();
  return Fail(Reason::kWriteFailed, path + " cannot be removed");
}

void ClusterStore::Retain(const std::set<ClusterObject>& objects) const {
  std::set<std::string> paths;
  for (const ClusterObject& object : objects) paths.insert(PathOf(object));
  const auto names = ListFolder(folder_);
  if (!names) return;
  for (const std::string& name : *names) {
    const std::string path = folder_ + "/" + name;
    if (!paths.contains(path)) ::unlink(path.c_str());
  }
}

Result<std::vector<TrustFile>> ClusterStore::Read(
    const ClusterReference& reference) const {
  const auto kept = Load(reference.object);
  if (kept) return KeysOf(reference, *kept);
  const Error& error = kept.error();
  return PendingObject(error.reason == Reason::kNotFound ? "" : error.detail);
}

}  // namespace assay
