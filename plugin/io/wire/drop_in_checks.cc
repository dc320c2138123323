// Whether CRI-O, podman and docker are wired, as `assay doctor` tells it.
#include <sys/stat.h>

#include <filesystem>

#include "io/wire/checks.h"
#include "io/wire/drop_in.h"
#include "io/wire/journal.h"
#include "io/wire/peer.h"
#include "io/wire/runtimes.h"

namespace assay {
namespace {

constexpr const char* kCrioSocket = "/run/crio/crio.sock";

std::string OurFile(const WireOptions& options) {
  return options.config + ".d/" + std::string(kDropInName);
}

// A runtime that is neither installed nor wired is not spoken of.
bool IsInstalled(const WireOptions& options) {
  const bool docker = options.runtime == WiredRuntime::kDocker;
  const std::string name(docker ? "dockerd" : RuntimeName(options.runtime));
  return !Runtimes(options).Lookup(name, "").empty();
}

Check WiringCheck(const WireOptions& options, bool wired) {
  const std::string name(RuntimeName(options.runtime));
  const std::string remedy = "sudo assay wire " + name;
  const auto plan = PlanWiring(options);
  if (!plan) return {name, Health::kFailure, plan.error().detail, remedy};
  if (!plan->empty()) {
    return {name, wired ? Health::kFailure : Health::kWarning,
            wired
                ? "handlers were added or changed since " + name + " was wired"
                : name + " starts containers past Assay",
            remedy};
  }
  std::string handlers;
  for (const auto& handler : plan->handlers) {
    handlers += (handlers.empty() ? "" : ", ") + handler.name +
                (handler.note.empty() ? "" : " (" + handler.note + ")");
  }
  if (!plan->notes.empty()) {
    return {name, Health::kWarning, plan->notes.front(),
            "see assay wire " + name + " --help"};
  }
  return {name, Health::kOk, "through Assay: " + handlers, ""};
}

// CRI-O reads its handlers at start and at no other time.
void CheckCrioRestart(const WireOptions& options, Checks& checks) {
  struct stat info {};
  if (::stat(OurFile(options).c_str(), &info) != 0) return;
  const auto peer = FindPeer(options.paths.root() + kCrioSocket, false);
  if (!peer) return;
  const bool stale = ModifiedAt(info) > peer->started;
  checks.push_back({"crio-restart", stale ? Health::kFailure : Health::kOk,
                    stale ? "CRI-O started before its handlers were changed"
                          : "CRI-O has read its present handlers",
                    stale ? "sudo systemctl restart crio" : ""});
}

}  // namespace

void CheckDropIns(const Paths& paths,
                  const std::vector<std::string>& search_path, Checks& checks) {
  for (const WiredRuntime runtime :
       {WiredRuntime::kCrio, WiredRuntime::kPodman, WiredRuntime::kDocker}) {
    WireOptions options = WireOptions::For(paths, runtime);
    options.search_path = search_path;
    const auto journal = ReadJournal(paths, runtime);
    const bool wired = journal && !journal->empty();
    if (!wired && !IsInstalled(options)) continue;
    checks.push_back(WiringCheck(options, wired));
    if (runtime == WiredRuntime::kCrio) CheckCrioRestart(options, checks);
  }
}

}  // namespace assay
