#include "io/wire/checks.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/files/files.h"
#include "io/wire/journal.h"
#include "io/wire/peer.h"
#include "io/wire/runtimes.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWire = "sudo assay wire containerd";

}  // namespace

std::string WritableByOthers(const std::string& path) {
  fs::path part;
  for (const auto& step : fs::path(path)) {
    part /= step;
    struct stat info {};
    if (::stat(part.c_str(), &info) != 0) return part.string();
    const bool owner = info.st_uid == 0 || info.st_uid == ::geteuid();
    const bool sticky = S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0;
    if (!owner || (!sticky && (info.st_mode & (S_IWGRP | S_IWOTH)) != 0)) {
      return part.string();
    }
  }
  return {};
}

namespace {

Check ProgramCheck(const char* id, const std::string& path) {
  if (!IsExecutable(path)) {
    return {id, Health::kFailure, path + " is not installed", "install assay"};
  }
  const std::string loose = WritableByOthers(path);
  if (!loose.empty()) {
    return {id, Health::kFailure, loose + " may be written by others than root",
            "chown root:root and chmod go-w " + loose};
  }
  return {id, Health::kOk, path, ""};
}

std::vector<std::string> Names(const std::string& folder) {
  auto names = ListFolder(folder);
  return names ? std::move(*names) : std::vector<std::string>();
}

// Why a link pair does not work, "" when it does.
std::string LinkTrouble(const Paths& paths, const std::string& name) {
  const std::string link = ShimLink(paths, name);
  const std::string runtime = RuntimeLink(paths, name);
  if (!SameFile(link, ShimProgram(paths))) {
    return link + " does not lead to the shim";
  }
  if (!IsExecutable(runtime)) {
    return runtime + " does not lead to a program";
  }
  if (SameFile(runtime, ShimProgram(paths))) {
    return runtime + " leads back to the shim";
  }
  std::error_code ignored;
  const std::string real = fs::canonical(runtime, ignored).string();
  const std::string loose = WritableByOthers(real);
  if (!loose.empty()) return loose + " may be written by others than root";
  return {};
}

Check HandlerCheck(const WireOptions& options, const RuntimeHandler& handler) {
  Check check{"handler", Health::kFailure, handler.name + ": ", ""};
  const std::string shims = options.paths.ShimDir() + "/";
  if (!handler.IsRuncType()) {
    check.found += handler.type +
                   " runs containers that no OCI runtime starts, so the shim "
                   "never sees them";
    check.remedy = "remove the handler, or keep pods from its RuntimeClass";
    return check;
  }
  if (!handler.binary.starts_with(shims)) {
    check.found += handler.binary.empty()
                       ? "names no BinaryName"
                       : "runs " + Printable(handler.binary) + " directly";
    check.remedy = kWire;
    return check;
  }
  const std::string trouble =
      LinkTrouble(options.paths, handler.binary.substr(shims.size()));
  if (!trouble.empty()) {
    check.found += trouble + "; its containers cannot start";
    check.remedy = kWire;
    return check;
  }
  if (!handler.shim.empty()) {
    check.health = Health::kWarning;
    check.found += "its shim is " + Printable(handler.shim) +
                   ", which may start containers without " + handler.binary;
    check.remedy = "remove runtime_path unless that shim calls BinaryName";
    return check;
  }
  check.health = Health::kOk;
  check.found += "through " + handler.binary + " to " +
                 LinkTarget(RuntimeLink(options.paths,
                                        handler.binary.substr(shims.size())));
  return check;
}

Check ShadowCheck(const WireOptions& options, const ContainerdConfig& config) {
  const std::string path = config.OptPath() + "/bin/runc";
  if (SameFile(path, ShimProgram(options.paths))) {
    const std::string trouble = LinkTrouble(options.paths, "runc");
    if (trouble.empty()) return {"runc-shadow", Health::kOk, path, ""};
    return {"runc-shadow", Health::kFailure, trouble, std::string(kWire)};
  }
  const bool ours = path.starts_with(options.paths.root() + "/");
  return {"runc-shadow", ours ? Health::kFailure : Health::kWarning,
          path +
              " is not the shim: ctr, nerdctl and others that name no "
              "binary start containers past Assay",
          ours ? std::string(kWire)
               : "set the opt plugin's path below " + options.paths.root()};
}

// Newest change of a file containerd reads at start.
Moment NewestChange(const ContainerdConfig& config) {
  Moment newest{};
  for (const auto& file : config.files()) {
    struct stat info {};
    if (::stat(file.path.c_str(), &info) == 0) {
      newest = std::max(newest, ModifiedAt(info));
    }
  }
  return newest;
}

Check PeerFailure(const char* id, const Error& error) {
  const bool unknown = error.reason == Reason::kFileUnreadable;
  return {id, Health::kUnknown, error.detail,
          unknown ? "run as root: sudo assay doctor"
                  : "systemctl status containerd"};
}

bool IsRuntimeSocket(const std::string& path) {
  const std::string name = fs::path(path).filename().string();
  return name == "containerd.sock" || name == "docker.sock" ||
         name == "crio.sock" || name == "podman.sock" ||
         name == "cri-dockerd.sock";
}

bool IsWired(const Paths& paths, WiredRuntime runtime) {
  const auto journal = ReadJournal(paths, runtime);
  return journal && !journal->empty();
}

// Whether it is the socket of a wired runtime of root's, which has a check of
// its own. A user's podman listens at another, and asks nobody.
bool IsOfWired(const Paths& paths, const std::string& socket) {
  const auto is = [&](const char* path, WiredRuntime runtime) {
    return socket == paths.root() + path && IsWired(paths, runtime);
  };
  return is("/run/crio/crio.sock", WiredRuntime::kCrio) ||
         is("/run/podman/podman.sock", WiredRuntime::kPodman) ||
         is("/run/docker.sock", WiredRuntime::kDocker);
}

std::string SocketOf(const Result<ContainerdConfig>& config) {
  return config ? config->Address() : "/run/containerd/containerd.sock";
}

Check FolderCheck(const char* id, const std::string& folder) {
  std::string existing = folder;
  while (!existing.empty() && !fs::exists(existing)) {
    existing = fs::path(existing).parent_path().string();
    if (existing == "/") break;
  }
  if (::access(existing.c_str(), W_OK) != 0) {
    const bool denied = errno == EACCES && ::geteuid() != 0;
    return {id, denied ? Health::kUnknown : Health::kFailure,
            existing + ": " + std::strerror(errno),
            denied ? "run as root: sudo assay doctor"
                   : "make " + folder + " writable for root"};
  }
  const std::string loose = WritableByOthers(existing);
  if (!loose.empty()) {
    return {id, Health::kFailure, loose + " may be written by others than root",
            "chown root:root and chmod go-w " + loose};
  }
  return {id, Health::kOk, folder, ""};
}

// Whoever may write where the policy or the settings lie decides what starts.
Check SettingsCheck(const Paths& paths) {
  for (const std::string& path :
       {paths.PolicyDir(), paths.Config(), paths.ConfigDir()}) {
    if (!fs::exists(path)) continue;
    const std::string loose = WritableByOthers(path);
    if (loose.empty()) continue;
    return {"settings", Health::kFailure,
            loose + " may be written by others than root",
            "chown root:root and chmod go-w " + loose};
  }
  return {"settings", Health::kOk,
          fs::path(paths.PolicyDir()).parent_path().string(), ""};
}

Check TrustCheck(const Paths& paths) {
  std::size_t count = 0;
  std::error_code failed;
  fs::recursive_directory_iterator at(
      paths.TrustDir(), fs::directory_options::follow_directory_symlink,
      failed);
  if (failed) {
    return {"trust", Health::kWarning,
            paths.TrustDir() + ": " + failed.message(),
            "put the keys you trust there"};
  }
  for (; at != fs::recursive_directory_iterator(); at.increment(failed)) {
    if (failed) break;
    const std::string path = at->path().string();
    if (::access(path.c_str(), R_OK) != 0) {
      return {"trust", Health::kFailure, path + ": " + std::strerror(errno),
              "make it readable for root"};
    }
    const std::string loose = WritableByOthers(path);
    if (!loose.empty()) {
      return {"trust", Health::kFailure,
              loose + " may be written by others than root",
              "chown root:root and chmod go-w " + loose};
    }
    if (at->is_regular_file(failed)) ++count;
  }
  if (count == 0) {
    return {"trust", Health::kWarning, paths.TrustDir() + " holds no key",
            "put the keys you trust there"};
  }
  return {"trust", Health::kOk,
          std::to_string(count) + " files in " + paths.TrustDir(), ""};
}

Check DiskCheck(const Paths& paths) {
  constexpr std::uintmax_t kLeast = 64U << 20;
  std::string existing = paths.StateDir();
  while (!fs::exists(existing) && existing != "/") {
    existing = fs::path(existing).parent_path().string();
  }
  std::error_code failed;
  const fs::space_info space = fs::space(existing, failed);
  if (failed) {
    return {"disk", Health::kUnknown, existing + ": " + failed.message(), ""};
  }
  const std::string found =
      std::to_string(space.available >> 20U) + " MiB free at " + existing;
  if (space.available < kLeast) {
    return {"disk", Health::kFailure, found, "free space; assay evidence gc"};
  }
  return {"disk", Health::kOk, found, ""};
}

}  // namespace

void CheckInstallation(const Paths& paths, Checks& checks) {
  checks.push_back(ProgramCheck("shim", ShimProgram(paths)));
  checks.push_back(
      ProgramCheck("decider", paths.VendorDir() + "/assay-decide"));
  Check links{"links", Health::kOk, "", ""};
  const auto names = Names(paths.ShimDir());
  for (const auto& name : names) {
    const std::string trouble = LinkTrouble(paths, name);
    links.found += (links.found.empty() ? "" : ", ") + name;
    if (trouble.empty()) continue;
    links = {"links", Health::kFailure, trouble, std::string(kWire)};
    break;
  }
  if (names.empty()) {
    links = {"links", Health::kFailure,
             paths.ShimDir() + " holds no link to the shim",
             std::string(kWire)};
  }
  checks.push_back(std::move(links));
}

void CheckWiring(const WireOptions& options, Checks& checks) {
  const auto config = ContainerdConfig::Read(options.config);
  if (!config) {
    checks.push_back({"containerd-config", Health::kUnknown,
                      config.error().detail,
                      std::string(Describe(config.error().reason).remedy)});
    return;
  }
  std::string found = config->absent() ? options.config + " is absent: defaults"
                                       : options.config + ", version " +
                                             std::to_string(config->version());
  if (config->files().size() > 1) {
    found += ", with " + std::to_string(config->files().size() - 1) +
             " imported files";
  }
  checks.push_back({"containerd-config", Health::kOk, found, ""});
  const Check shadow = ShadowCheck(options, *config);
  for (const auto& handler : config->Handlers()) {
    // A handler that names no binary looks up "runc", which the shadow is.
    if (handler.IsRuncType() && handler.binary.empty() &&
        shadow.health == Health::kOk && config->absent()) {
      checks.push_back({"handler", Health::kOk,
                        handler.name + ": through " + shadow.found, ""});
      continue;
    }
    checks.push_back(HandlerCheck(options, handler));
  }
  checks.push_back(shadow);
}

bool IsContainerdHere(const WireOptions& options) {
  const auto config = ContainerdConfig::Read(options.config);
  if (!config || !config->absent()) return true;
  if (IsWired(options.paths, WiredRuntime::kContainerd)) return true;
  if (!Runtimes(options).Lookup("containerd", "").empty()) return true;
  const auto peer = FindPeer(SocketOf(config), false);
  if (peer || peer.error().reason != Reason::kNotFound) return true;
  // One that another program brings, as k3s does, may listen anywhere.
  const auto sockets = ListeningSockets();
  return std::any_of(sockets.begin(), sockets.end(), [&](const auto& path) {
    return path.starts_with(options.paths.root() + "/") &&
           fs::path(path).filename() == "containerd.sock";
  });
}

void CheckContainerd(const WireOptions& options, Checks& checks) {
  const auto config = ContainerdConfig::Read(options.config);
  const std::string socket = SocketOf(config);
  const auto peer = FindPeer(socket, false);
  if (!peer) {
    checks.push_back(PeerFailure("containerd", peer.error()));
  } else {
    checks.push_back({"containerd", Health::kOk,
                      socket + ", pid " + std::to_string(peer->pid), ""});
    const bool stale = config && NewestChange(*config) > peer->started;
    checks.push_back(
        {"containerd-restart", stale ? Health::kFailure : Health::kOk,
         stale ? "containerd started before its configuration was changed"
               : "containerd has read its present configuration",
         stale ? "sudo systemctl restart containerd" : ""});
  }
}

void CheckOtherRuntimes(const WireOptions& options, Checks& checks) {
  const std::string socket = SocketOf(ContainerdConfig::Read(options.config));
  std::string others;
  for (const auto& path : ListeningSockets()) {
    if (path == socket || !IsRuntimeSocket(path)) continue;
    if (IsOfWired(options.paths, path)) continue;
    if (!path.starts_with(options.paths.root() + "/")) continue;
    others += (others.empty() ? "" : ", ") + path;
  }
  if (others.empty()) {
    checks.push_back({"other-runtimes", Health::kOk, "none listens here", ""});
  } else {
    checks.push_back({"other-runtimes", Health::kWarning,
                      others + ": containers of theirs may pass Assay by",
                      "wire or stop them"});
  }
}

void CheckState(const Paths& paths, Time now, Checks& checks) {
  checks.push_back(SettingsCheck(paths));
  checks.push_back(TrustCheck(paths));
  checks.push_back(FolderCheck("evidence", paths.EvidenceDir()));
  checks.push_back(
      FolderCheck("audit", fs::path(paths.AuditLog()).parent_path().string()));
  checks.push_back(DiskCheck(paths));
  const std::int64_t seconds = now.time_since_epoch().count();
  const bool plausible = seconds >= limits::kEarliestPlausibleTime;
  checks.push_back({"clock", plausible ? Health::kOk : Health::kFailure,
                    plausible ? "plausible" : "the clock is before 2020",
                    plausible ? "" : "set the clock: timedatectl"});
}

}  // namespace assay
