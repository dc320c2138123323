#include "io/policy/trust_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/files/files.h"
#include "io/policy/closed_folder.h"

namespace assay {
namespace {

bool IsFolder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// Where `..data` of a mounted volume points now, else the folder itself.
std::string Generation(const std::string& folder) {
  std::array<char, PATH_MAX> target{};
  const ssize_t size =
      ::readlink((folder + "/..data").c_str(), target.data(), target.size());
  if (size <= 0) return folder;
  const std::string_view name(target.data(), static_cast<std::size_t>(size));
  // Kubernetes links to a sibling; anything else is somebody else's link.
  if (name.find('/') != std::string_view::npos) return folder;
  return folder + "/" + std::string(name);
}

Result<TrustFile> ReadOne(const std::string& path) {
  const Status closed = CheckClosedFolder(path.substr(0, path.rfind('/')));
  if (!closed) return closed.error();
  auto bytes = ReadFile(path, limits::kKeyFileBytes, FileTrust::kOwnerOrRoot);
  if (bytes) return TrustFile{path, *std::move(bytes)};
  Error error = bytes.error();
  const bool absent = error.reason == Reason::kNotFound ||
                      error.reason == Reason::kFileUnreadable;
  if (absent) error.reason = Reason::kPolicyKeyUnreadable;
  return error;
}

Result<std::vector<TrustFile>> ReadFolder(const std::string& folder) {
  const std::string generation = Generation(folder);
  const auto names = ListFolder(generation);
  if (!names) {
    return Fail(Reason::kPolicyKeyUnreadable, names.error().detail);
  }
  std::vector<TrustFile> files;
  for (const std::string& name : *names) {
    if (name.starts_with('.')) continue;
    auto file = ReadOne(generation + "/" + name);
    if (!file) return file.error();
    files.push_back(*std::move(file));
  }
  if (files.empty()) {
    return Fail(Reason::kPolicyKeyUnreadable,
                Printable(folder) + ": the folder holds no file");
  }
  return files;
}

}  // namespace

std::string TrustFolder::PathOf(std::string_view name) const {
  if (name.starts_with('/')) return std::string(name);
  return folder_ + "/" + std::string(name);
}

TrustKind TrustFolder::Look(const std::string& path) {
  asked_folders_.insert(path.substr(0, path.rfind('/')));
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return TrustKind::kAbsent;
  if (S_ISREG(info.st_mode)) return TrustKind::kFile;
  if (!S_ISDIR(info.st_mode)) return TrustKind::kOther;
  asked_folders_.insert(path);
  return TrustKind::kFolder;
}

TrustKind TrustFolder::KindOf(std::string_view name) {
  return Look(PathOf(name));
}

Result<std::vector<TrustFile>> TrustFolder::ReadPlain(std::string_view name) {
  const std::string path = PathOf(name);
  std::vector<std::string> paths = {path};
  if (Look(path) == TrustKind::kFolder) {
    const auto names = ListFolder(path);
    if (!names) {
      return Fail(Reason::kPolicyKeyUnreadable, names.error().detail);
    }
    paths.clear();
    for (const std::string& one : *names) paths.push_back(path + "/" + one);
  }
  std::vector<TrustFile> files;
  for (const std::string& one : paths) {
    if (Look(one) != TrustKind::kFile) {
      return Fail(Reason::kPolicyKeyUnreadable,
                  Printable(one) + " is no plain file; links are not followed");
    }
    auto file = ReadOne(one);
    if (!file) return file.error();
    files.push_back(*std::move(file));
  }
  return files;
}

Result<std::vector<TrustFile>> TrustFolder::Read(std::string_view name) {
  const std::string path = PathOf(name);
  if (IsFolder(path)) {
    asked_folders_.insert(path);
    return ReadFolder(path);
  }
  asked_folders_.insert(path.substr(0, path.rfind('/')));
  auto file = ReadOne(path);
  if (!file) return file.error();
  return std::vector<TrustFile>{*std::move(file)};
}

}  // namespace assay
