#include "io/policy/trust_folder.h"

#include <sys/stat.h>

#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/cluster_reference.h"
#include "core/schemes/kubernetes_object.h"
#include "io/files/files.h"
#include "io/policy/closed_folder.h"

namespace assay {
namespace {

bool IsTrustFolder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

std::string FolderOf(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

Error Unreadable(std::string detail) {
  return Fail(Reason::kPolicyKeyUnreadable, std::move(detail));
}

}  // namespace

// Who may write either folder decides which file it is: the one where the name
// stands, and the one that links lead to.
Result<TrustFile> TrustFolder::ReadOne(const std::string& path) {
  const std::string real = links_.Resolve(path);
  Status closed = CheckClosedFolder(FolderOf(path));
  if (closed) closed = CheckClosedFolder(FolderOf(real));
  if (!closed) return closed.error();
  auto bytes = ReadFile(real, limits::kKeyFileBytes, FileTrust::kOwnerOrRoot);
  if (bytes) return TrustFile{path, *std::move(bytes)};
  Error error = bytes.error();
  const bool absent = error.reason == Reason::kNotFound ||
                      error.reason == Reason::kFileUnreadable;
  if (absent) error.reason = Reason::kPolicyKeyUnreadable;
  return error;
}

// Private keys are not opened: what is never read cannot be lost.
Result<std::vector<TrustFile>> TrustFolder::ReadVolume(
    const std::string& path, const std::string& generation,
    std::string_view item) {
  auto names = ListFolder(generation);
  if (!names) return Unreadable(names.error().detail);
  std::erase_if(*names, [](const auto& name) { return !IsVolumeEntry(name); });
  const auto chosen = ChooseEntries(*names, item);
  if (!chosen) return chosen.error();
  std::vector<TrustFile> files;
  for (const std::string& name : *chosen) {
    auto file = ReadOne(generation + "/" + name);
    if (!file) return file.error();
    files.push_back({path + "/" + name, std::move(file->bytes)});
  }
  return WithoutPrivateKeys(std::move(files));
}

std::string TrustFolder::PathOf(std::string_view name) const {
  if (name.starts_with('/')) return std::string(name);
  return folder_ + "/" + std::string(name);
}

TrustKind TrustFolder::Look(const std::string& path) {
  asked_folders_.insert(FolderOf(path));
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
  const Status here = CheckOnDisk(name);
  if (!here) return here.error();
  read_any_ = true;
  const std::string path = PathOf(name);
  std::vector<std::string> paths = {path};
  if (Look(path) == TrustKind::kFolder) {
    const auto names = ListFolder(path);
    if (!names) return Unreadable(names.error().detail);
    paths.clear();
    for (const std::string& one : *names) paths.push_back(path + "/" + one);
  }
  std::vector<TrustFile> files;
  for (const std::string& one : paths) {
    if (Look(one) != TrustKind::kFile) {
      return Unreadable(Printable(one) +
                        " is no plain file; links are not followed");
    }
    auto file = ReadOne(one);
    if (!file) return file.error();
    files.push_back(*std::move(file));
  }
  return files;
}

Result<std::vector<TrustFile>> TrustFolder::ReadSettings(
    std::string_view folder, std::string_view ending) {
  const std::string path(folder);
  const std::string real = links_.Resolve(path);
  asked_folders_.insert({path, FolderOf(path), real});
  // Also where nothing is in it yet: who could put something there decides.
  const Status closed = CheckClosedFolder(real);
  if (!closed) return closed.error();
  const auto names = ListFolder(real);
  std::vector<TrustFile> files;
  if (!names) {
    if (names.error().reason == Reason::kNotFound) return files;
    return Unreadable(names.error().detail);
  }
  read_any_ = true;
  for (const std::string& name : *names) {
    if (name.starts_with('.') || !name.ends_with(ending)) continue;
    const std::string one = path + "/" + name;
    asked_folders_.insert(FolderOf(links_.Resolve(one)));
    auto file = ReadOne(one);
    if (!file) return file.error();
    files.push_back(*std::move(file));
  }
  return files;
}

Result<std::vector<TrustFile>> TrustFolder::ReadFolder(
    const std::string& path, const std::string& folder, std::string_view item) {
  const Status closed = CheckClosedFolder(folder);
  if (!closed) return closed.error();
  if (const auto generation = links_.Generation(folder)) {
    return ReadVolume(path, *generation, item);
  }
  auto names = ListFolder(folder);
  if (!names) return Unreadable(names.error().detail);
  std::vector<TrustFile> files;
  for (const std::string& name : *names) {
    if (item.empty() ? name.starts_with('.') : name != item) continue;
    auto file = ReadOne(folder + "/" + name);
    if (!file) return file.error();
    files.push_back({path + "/" + name, std::move(file->bytes)});
  }
  if (!files.empty()) return files;
  return Unreadable(Printable(path) + (item.empty()
                                           ? ": the folder holds no file"
                                           : ": the folder has no such file"));
}

// Where it lies and where links lead is watched, in any case.
Result<std::vector<TrustFile>> TrustFolder::ReadNamed(const std::string& path,
                                                      std::string_view item) {
  const std::string real = links_.Resolve(path);
  if (IsTrustFolder(real)) {
    asked_folders_.insert({path, real});
    return ReadFolder(path, real, item);
  }
  asked_folders_.insert({FolderOf(path), FolderOf(real)});
  auto file = ReadOne(path);
  if (!file) return file.error();
  if (IsKubernetesObject(file->bytes)) {
    return ReadKubernetesObject(file->bytes, path, item);
  }
  if (item.empty()) return std::vector<TrustFile>{*std::move(file)};
  return Unreadable(Printable(path) +
                    " is no Secret or ConfigMap that has entries");
}

// A generation that was replaced while it was read is gone. The next is read
// instead, as long as nothing of the one before was handed out.
Result<std::vector<TrustFile>> TrustFolder::Read(std::string_view name) {
  constexpr int kTries = 3;
  const Status here = CheckOnDisk(name);
  if (!here) return here.error();
  const auto hash = name.rfind('#');
  const auto item = hash == name.npos ? "" : name.substr(hash + 1);
  if (hash != name.npos && (hash == 0 || item.empty())) {
    return Fail(Reason::kPolicyMalformed,
                "'" + Printable(name) + "' is to be NAME#ENTRY");
  }
  const std::string path = PathOf(name.substr(0, hash));
  auto read = ReadNamed(path, item);
  for (int i = 1; i < kTries && !read && !read_any_ && links_.Replaced(); ++i) {
    links_.Forget();
    read = ReadNamed(path, item);
  }
  read_any_ = read_any_ || read;
  return read;
}

}  // namespace assay
