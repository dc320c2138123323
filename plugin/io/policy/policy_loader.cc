#include "io/policy/policy_loader.h"

#include <sys/stat.h>

#include "base/limits.h"
#include "io/files/files.h"
#include "io/policy/closed_folder.h"

namespace assay {
namespace {

void Complain(const std::string& file, const Error& error,
              Diagnostics& diagnostics) {
  diagnostics.push_back({error.reason, {file, 0, 0}, error.detail, {}});
}

bool IsFolder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

std::vector<std::string> PathsIn(const std::string& folder,
                                 Diagnostics& diagnostics) {
  std::vector<std::string> paths;
  const auto names = ListFolder(folder);
  if (!names) {
    Complain(folder, names.error(), diagnostics);
    return paths;
  }
  for (const std::string& name : *names) {
    const bool hidden = name.starts_with('.');
    if (!hidden && name.ends_with(".toml"))
      paths.push_back(folder + "/" + name);
  }
  if (paths.empty()) {
    Complain(folder, Fail(Reason::kPolicyMissing, "no *.toml file"),
             diagnostics);
  }
  if (paths.size() > limits::kPolicyFiles) {
    Complain(folder, Fail(Reason::kTooLarge, "too many policy files"),
             diagnostics);
  }
  return paths;
}

std::vector<PolicyFile> ReadAll(const std::vector<std::string>& paths,
                                Diagnostics& diagnostics) {
  std::vector<PolicyFile> files;
  for (const std::string& path : paths) {
    auto text =
        ReadFile(path, limits::kPolicyFileBytes, FileTrust::kOwnerOrRoot);
    if (text) {
      files.push_back({path, *std::move(text)});
    } else {
      Complain(path, text.error(), diagnostics);
    }
  }
  return files;
}

AskedTrust AskedOf(const NodeTrust& trust) {
  return {trust.asked_folders(), trust.published_names(),
          trust.cluster_references()};
}

}  // namespace

void AskedTrust::Add(AskedTrust other) {
  folders.merge(other.folders);
  published.merge(other.published);
  cluster.merge(other.cluster);
}

std::shared_ptr<const Policy> PolicyLoader::Load(Diagnostics& diagnostics,
                                                 AskedTrust* asked) const {
  const std::string folder = paths_.PolicyDir();
  if (const Status closed = CheckClosedFolder(folder); !closed) {
    Complain(folder, closed.error(), diagnostics);
    return nullptr;
  }
  return Read(folder, diagnostics, asked);
}

std::shared_ptr<const Policy> PolicyLoader::LoadFrom(
    const std::string& path, Diagnostics& diagnostics) const {
  return Read(path, diagnostics, nullptr);
}

std::shared_ptr<const Policy> PolicyLoader::LoadText(
    PolicyFile text, Diagnostics& diagnostics) const {
  NodeTrust trust(paths_);
  return Policy::Read({{std::move(text)}}, trust, diagnostics);
}

std::shared_ptr<const Policy> PolicyLoader::Read(const std::string& path,
                                                 Diagnostics& diagnostics,
                                                 AskedTrust* asked) const {
  const std::size_t before = diagnostics.size();
  std::vector<std::string> paths = {path};
  if (IsFolder(path)) paths = PathsIn(path, diagnostics);
  const std::vector<PolicyFile> files = ReadAll(paths, diagnostics);
  // A policy with a file missing would be another policy.
  if (diagnostics.size() != before) return nullptr;
  NodeTrust trust(paths_, fetch_);
  auto policy = Policy::Read(files, trust, diagnostics);
  if (asked != nullptr) *asked = AskedOf(trust);
  return policy;
}

std::shared_ptr<const Policy> PolicyLoader::Renew(const Policy& policy,
                                                  Diagnostics& diagnostics,
                                                  AskedTrust& asked) const {
  NodeTrust trust(paths_, fetch_);
  auto renewed = policy.Renew(trust, diagnostics);
  asked.Add(AskedOf(trust));
  return renewed;
}

}  // namespace assay
