#include "io/wire/retire.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "io/files/files.h"
#include "io/wire/journal.h"
#include "io/wire/runtimes.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

bool IsShimLink(const Paths& paths, const std::string& path) {
  return path.starts_with(paths.ShimDir() + "/");
}

// A runtime's program as its link in /etc/assay/runtimes says it; "" when it
// is gone, and with it whatever would be called.
std::string RealRuntime(const Paths& paths, const std::string& name) {
  const std::string link = RuntimeLink(paths, name);
  if (!IsExecutable(link) || SameFile(link, ShimProgram(paths))) return {};
  const fs::path target = fs::path(paths.RuntimesDir()) / LinkTarget(link);
  return target.lexically_normal().string();
}

// Those that lead to the shim, whoever made them.
Result<std::vector<LinkChange>> ShimLinks(const Paths& paths) {
  std::vector<LinkChange> links;
  const auto names = ListFolder(paths.ShimDir());
  if (!names) {
    if (names.error().reason == Reason::kNotFound) return links;
    return names.error();
  }
  for (const std::string& name : *names) {
    const std::string path = ShimLink(paths, name);
    if (!SameFile(path, ShimProgram(paths))) continue;
    links.push_back({path, RealRuntime(paths, name)});
  }
  return links;
}

Result<std::vector<WireOptions>> Wired(const Paths& paths) {
  std::vector<WireOptions> wired;
  for (const WiredRuntime runtime : kWiredRuntimes) {
    const auto journal = ReadJournal(paths, runtime);
    if (!journal) return journal.error();
    if (journal->empty()) continue;
    wired.push_back(WireOptions::For(paths, runtime));
    wired.back().retires = true;
  }
  return wired;
}

// The wiring's journal gives up the links that are handed over.
Status LeaveShimLinks(const WireOptions& options) {
  auto journal = ReadJournal(options.paths, options.runtime);
  if (!journal) return journal.error();
  std::erase_if(journal->links, [&](const JournalLink& link) {
    return IsShimLink(options.paths, link.path);
  });
  return WriteJournal(options.paths, options.runtime, *journal);
}

Status HandOver(const LinkChange& link) {
  if (!link.target.empty()) return ReplaceLink(link.path, link.target);
  ::unlink(link.path.c_str());
  return Ok();
}

void Add(const Paths& paths, const UndoReport& undone, RetireReport& report) {
  report.restored.insert(report.restored.end(), undone.restored.begin(),
                         undone.restored.end());
  for (const std::string& path : undone.removed) {
    if (!IsShimLink(paths, path)) report.removed.push_back(path);
  }
}

void Add(const LinkChange& link, RetireReport& report) {
  if (link.target.empty()) {
    report.removed.push_back(link.path);
  } else {
    report.handed_over.push_back(link);
  }
}

}  // namespace

Result<RetireReport> RetireWiring(const Paths& paths, bool dry_run) {
  if (auto free = NoKubeletPullsThroughProxy(paths); !free) return free.error();
  const auto wired = Wired(paths);
  if (!wired) return wired.error();
  const auto links = ShimLinks(paths);
  if (!links) return links.error();
  RetireReport report;
  for (const LinkChange& link : *links) Add(link, report);
  for (const WireOptions& options : *wired) {
    const auto undone = UndoWiring(options, true);
    if (!undone) return undone.error();
    Add(paths, *undone, report);
  }
  if (dry_run) return report;
  for (const WireOptions& options : *wired) {
    if (auto left = LeaveShimLinks(options); !left) return left.error();
  }
  for (const LinkChange& link : *links) {
    if (auto handed = HandOver(link); !handed) return handed.error();
  }
  for (const WireOptions& options : *wired) {
    const auto undone = UndoWiring(options, false);
    if (undone || undone.error().reason == Reason::kNotFound) continue;
    return undone.error();
  }
  return report;
}

}  // namespace assay
