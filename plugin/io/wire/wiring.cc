#include "io/wire/wiring.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/bytes.h"
#include "io/files/files.h"
#include "io/wire/containerd_edit.h"
#include "io/wire/docker_config.h"
#include "io/wire/journal.h"
#include "io/wire/peer.h"
#include "io/wire/runtimes.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWiredFileBytes = 1U << 20;

enum class Now { kAsBefore, kAsWired, kForeign };

bool Absent(const std::string& path) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() == fs::file_type::not_found;
}

Result<Now> StateOf(const JournalFile& file) {
  const auto text = ReadFile(file.path, kWiredFileBytes);
  if (!text) {
    if (text.error().reason != Reason::kNotFound) return text.error();
    return file.before ? Now::kForeign : Now::kAsBefore;
  }
  if (file.after.Matches(*text)) return Now::kAsWired;
  const bool before = file.before && *file.before == *text;
  return before ? Now::kAsBefore : Now::kForeign;
}

Now StateOf(const JournalLink& link) {
  if (Absent(link.path)) return Now::kAsBefore;
  return LinkTarget(link.path) == link.target ? Now::kAsWired : Now::kForeign;
}

Error Changed(const std::string& path) {
  return Fail(Reason::kConfigurationMalformed,
              path +
                  " has been changed by others since it was wired, so "
                  "nothing is undone. Wire again to take that change over, "
                  "then undo");
}

// In the shim's folder a link that leads past it is replaced.
Status Link(const Paths& paths, const std::string& path,
            const std::string& target) {
  if (auto made = MakeFolders(fs::path(path).parent_path().string()); !made) {
    return made;
  }
  if (path.starts_with(paths.ShimDir() + "/")) return ReplaceLink(path, target);
  if (::symlink(target.c_str(), path.c_str()) == 0) return Ok();
  const bool same = errno == EEXIST && LinkTarget(path) == target;
  if (same) return Ok();
  return Fail(Reason::kWriteFailed, path + ": " + std::strerror(errno));
}

unsigned ModeOf(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0644U;
}

Status Restore(const JournalFile& file) {
  if (file.before) {
    return WriteFileAtomically(file.path, *file.before, ModeOf(file.path));
  }
  if (::unlink(file.path.c_str()) == 0 || errno == ENOENT) return Ok();
  return Fail(Reason::kWriteFailed, file.path + ": " + std::strerror(errno));
}

// A wired text less our own lines.
std::string Unwired(const WireOptions& options, const std::string& text) {
  return options.runtime == WiredRuntime::kDocker ? UnwireDocker(options, text)
                                                  : Unwire(text);
}

// Folders above a path that are not there yet.
void AddMissingFolders(const std::string& path, Journal& journal) {
  std::vector<std::string> missing;
  for (fs::path at = fs::path(path).parent_path();
       at.has_relative_path() && Absent(at.string()); at = at.parent_path()) {
    missing.push_back(at.string());
  }
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    auto& folders = journal.folders;
    const bool known =
        std::find(folders.begin(), folders.end(), *at) != folders.end();
    if (!known) folders.push_back(*at);
  }
}

// The journal of what is there and what the plan adds. A file that was wired
// before and edited by others since is taken over: what stands there now, less
// our own lines, is what undo shall bring back.
Result<Journal> Extend(const WireOptions& options, Journal journal,
                       const WirePlan& plan) {
  for (const FileChange& change : plan.files) {
    const Digest after = Digest::Of(change.after);
    const auto known = std::find_if(
        journal.files.begin(), journal.files.end(),
        [&](const auto& file) { return file.path == change.path; });
    if (known == journal.files.end()) {
      JournalFile file{change.path, std::nullopt, after};
      if (change.existed) file.before = change.before;
      journal.files.push_back(std::move(file));
      continue;
    }
    const auto now = StateOf(*known);
    if (!now) return now.error();
    if (*now == Now::kForeign) known->before = Unwired(options, change.before);
    known->after = after;
  }
  for (const LinkChange& link : plan.links) {
    journal.links.push_back({link.path, link.target});
  }
  if (plan.shadow) {
    journal.links.push_back({plan.shadow->path, plan.shadow->target});
  }
  for (const auto& file : journal.files) AddMissingFolders(file.path, journal);
  for (const auto& link : journal.links) AddMissingFolders(link.path, journal);
  return journal;
}

Status Execute(const Paths& paths, const WirePlan& plan) {
  for (const LinkChange& link : plan.links) {
    if (auto made = Link(paths, link.path, link.target); !made) return made;
  }
  for (const FileChange& change : plan.files) {
    auto made = MakeFolders(fs::path(change.path).parent_path().string());
    if (!made) return made;
    auto written =
        WriteFileAtomically(change.path, change.after, ModeOf(change.path));
    if (!written) return written;
  }
  if (plan.shadow) return Link(paths, plan.shadow->path, plan.shadow->target);
  return Ok();
}

bool Changes(const WirePlan& plan, const std::string& path) {
  return std::any_of(plan.files.begin(), plan.files.end(),
                     [&](const auto& change) { return change.path == path; });
}

// Others edited a wired file in a way that needs no new line from us: undo
// shall bring back their text, less our lines.
Status TakeOverEdits(const WireOptions& options, Journal& journal,
                     const WirePlan& plan) {
  std::vector<JournalFile> files;
  for (JournalFile& file : journal.files) {
    const auto now = StateOf(file);
    if (!now) return now.error();
    if (*now == Now::kForeign && !Changes(plan, file.path)) {
      const auto text = ReadFile(file.path, kWiredFileBytes);
      if (!text) continue;  // removed: nothing of ours is left in it
      file.before = Unwired(options, *text);
      file.after = Digest::Of(*text);
    }
    files.push_back(std::move(file));
  }
  journal.files = std::move(files);
  return Ok();
}

// After a failure. What cannot be taken back stays in the journal for undo.
void TakeBack(const WireOptions& options, const WirePlan& plan,
              const Journal& old) {
  bool clean = true;
  for (const FileChange& change : plan.files) {
    JournalFile file{change.path, std::nullopt, Digest::Of(change.after)};
    if (change.existed) file.before = change.before;
    const auto now = StateOf(file);
    clean = clean && now && (*now == Now::kAsBefore || Restore(file));
  }
  if (!clean) return;
  for (const LinkChange& link : plan.links) {
    const auto shared = IsSharedLink(options.paths, options.runtime, link.path);
    if (!shared || *shared) continue;
    if (LinkTarget(link.path) == link.target) ::unlink(link.path.c_str());
  }
  // A journal too many is harmless: undo finds everything as it was.
  static_cast<void>(WriteJournal(options.paths, options.runtime, old));
}

// Where containerd's shims keep what they were started with; docker has a
// containerd of its own where it finds none. podman looks its runtime up each
// time.
std::vector<std::string> ShimStates(const WireOptions& options) {
  const bool docker = options.runtime == WiredRuntime::kDocker;
  if (options.runtime != WiredRuntime::kContainerd && !docker) return {};
  const std::string file =
      docker ? WireOptions::For(options.paths).config : options.config;
  const auto config = ContainerdConfig::Read(file);
  std::vector<std::string> states = {config ? config->State()
                                            : "/run/containerd"};
  if (docker) {
    states.push_back(options.paths.root() + "/run/docker/containerd/daemon");
  }
  return states;
}

// Shims of running containers keep calling the link they were created with
// (kill, delete, exec), so it must stay as long as one of them lives.
bool InUse(const std::string& state, const std::string& link) {
  std::error_code ignored;
  const std::string tasks = state + "/io.containerd.runtime.v2.task";
  fs::recursive_directory_iterator at(
      tasks, fs::directory_options::skip_permission_denied, ignored);
  for (; at != fs::recursive_directory_iterator(); at.increment(ignored)) {
    if (ignored) return true;
    // <tasks>/<namespace>/<id>/options.json; the root file system below it is
    // not ours to walk.
    if (at.depth() >= 2) at.disable_recursion_pending();
    if (at->path().filename() != "options.json") continue;
    const auto text = ReadFile(at->path().string(), kWiredFileBytes);
    if (!text || text->find('"' + link + '"') != std::string::npos) return true;
  }
  return false;
}

// CRI-O reads its handlers when it starts, and calls what it has read: for
// containers that are there as for new ones.
bool CrioCallsLinks(const WireOptions& options, const Journal& journal) {
  if (options.runtime != WiredRuntime::kCrio || options.retires) return false;
  const auto peer =
      FindPeer(options.paths.root() + "/run/crio/crio.sock", false);
  if (!peer) return peer.error().reason == Reason::kFileUnreadable;
  const auto undone = JournalTime(options.paths, options.runtime);
  return !journal.files.empty() || !undone || peer->started <= *undone;
}

bool MustStay(const WireOptions& options,
              const std::vector<std::string>& states, const JournalLink& link) {
  if (options.retires) return false;
  const std::string name = fs::path(link.path).filename().string();
  const bool ours = link.path == ShimLink(options.paths, name) ||
                    link.path == RuntimeLink(options.paths, name);
  return ours &&
         std::any_of(states.begin(), states.end(), [&](const auto& state) {
           return InUse(state, ShimLink(options.paths, name));
         });
}

// Those that hold something by now stay.
void RemoveEmpty(const std::vector<std::string>& folders) {
  for (auto at = folders.rbegin(); at != folders.rend(); ++at) {
    ::rmdir(at->c_str());
  }
}

Status CheckNothingForeign(const Journal& journal) {
  for (const JournalFile& file : journal.files) {
    const auto now = StateOf(file);
    if (!now) return now.error();
    if (*now == Now::kForeign) return Changed(file.path);
  }
  for (const JournalLink& link : journal.links) {
    if (StateOf(link) == Now::kForeign) return Changed(link.path);
  }
  return Ok();
}

}  // namespace

std::string_view RuntimeName(WiredRuntime runtime) {
  switch (runtime) {
    case WiredRuntime::kContainerd:
      return "containerd";
    case WiredRuntime::kCrio:
      return "crio";
    case WiredRuntime::kPodman:
      return "podman";
    case WiredRuntime::kDocker:
      return "docker";
  }
  return "unknown";
}

WireOptions WireOptions::For(const Paths& paths, WiredRuntime runtime) {
  std::string config;
  switch (runtime) {
    case WiredRuntime::kContainerd:
      config = "/etc/containerd/config.toml";
      break;
    case WiredRuntime::kCrio:
      config = "/etc/crio/crio.conf";
      break;
    case WiredRuntime::kPodman:
      config = "/etc/containers/containers.conf";
      break;
    case WiredRuntime::kDocker:
      config = "/etc/docker/daemon.json";
      break;
  }
  return {paths,
          paths.root() + config,
          {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin",
           "/sbin", "/bin"},
          runtime,
          false};
}

std::string ShimLink(const Paths& paths, const std::string& name) {
  return paths.ShimDir() + "/" + name;
}

std::string RuntimeLink(const Paths& paths, const std::string& name) {
  return paths.RuntimesDir() + "/" + name;
}

std::string ShimProgram(const Paths& paths) {
  return paths.VendorDir() + "/assay-shim";
}

std::string VerifierDir(const Paths& paths) {
  return paths.VendorDir() + "/image-verifier";
}

std::string VerifierProgram(const Paths& paths) {
  return VerifierDir(paths) + "/assay-image-verifier";
}

Status ApplyWiring(const WireOptions& options, const WirePlan& plan) {
  const auto old = ReadJournal(options.paths, options.runtime);
  if (!old) return old.error();
  Journal kept = *old;
  if (auto taken = TakeOverEdits(options, kept, plan); !taken) return taken;
  auto journal = Extend(options, std::move(kept), plan);
  if (!journal) return journal.error();
  if (auto written = WriteJournal(options.paths, options.runtime, *journal);
      !written) {
    return written;
  }
  auto done = Execute(options.paths, plan);
  if (!done) TakeBack(options, plan, *old);
  return done;
}

Result<UndoReport> UndoWiring(const WireOptions& options, bool dry_run) {
  auto journal = ReadJournal(options.paths, options.runtime);
  if (!journal) return journal.error();
  if (journal->empty()) return Fail(Reason::kNotFound, "nothing is wired");
  if (auto ours = CheckNothingForeign(*journal); !ours) return ours.error();
  const std::vector<std::string> states = ShimStates(options);
  const bool calls_links = CrioCallsLinks(options, *journal);
  UndoReport report;
  Journal left;
  for (const JournalFile& file : journal->files) {
    report.restored.push_back(file.path);
    if (dry_run) continue;
    if (auto restored = Restore(file); !restored) return restored.error();
  }
  std::reverse(journal->links.begin(), journal->links.end());
  for (const JournalLink& link : journal->links) {
    if (calls_links || MustStay(options, states, link)) {
      report.kept.push_back(link.path);
      left.links.insert(left.links.begin(), link);
      continue;
    }
    const auto shared = IsSharedLink(options.paths, options.runtime, link.path);
    if (!shared) return shared.error();
    if (*shared) continue;
    report.removed.push_back(link.path);
    if (!dry_run) ::unlink(link.path.c_str());
  }
  if (dry_run) return report;
  RemoveEmpty(journal->folders);
  if (!left.empty()) left.folders = journal->folders;
  if (auto kept = WriteJournal(options.paths, options.runtime, left); !kept) {
    return kept.error();
  }
  return report;
}

}  // namespace assay
