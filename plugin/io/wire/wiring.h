// Wiring: what must change on a node so that containerd, CRI-O, podman or
// docker starts every container through the shim (and containerd asks before it
// pulls), as a plan that can be shown, made true, and undone to the byte.
// Nothing outside Assay's own folders is written by anything else.
//
// Order matters for safety: the journal of what will change is on disk before
// the first change, links exist before a configuration names them, and undo
// takes the configuration back first.
#ifndef ASSAY_IO_WIRE_WIRING_H_
#define ASSAY_IO_WIRE_WIRING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/paths.h"
#include "base/result.h"
#include "io/wire/containerd_config.h"

namespace assay {

// Who starts containers.
enum class WiredRuntime : std::uint8_t { kContainerd, kCrio, kPodman, kDocker };
inline constexpr WiredRuntime kWiredRuntimes[] = {
    WiredRuntime::kContainerd, WiredRuntime::kCrio, WiredRuntime::kPodman,
    WiredRuntime::kDocker};

std::string_view RuntimeName(WiredRuntime runtime);  // "podman"

struct WireOptions {
  Paths paths;
  std::string config;  // the runtime's main configuration file
  // Where the runtime looks up a bare OCI runtime's name.
  std::vector<std::string> search_path;
  WiredRuntime runtime = WiredRuntime::kContainerd;
  // Undo keeps no link for who still calls one; see retire.h.
  bool retires = false;

  // Defaults for a root: ROOT/etc/containerd/config.toml and so on, systemd's
  // PATH.
  static WireOptions For(const Paths& paths,
                         WiredRuntime runtime = WiredRuntime::kContainerd);
};

// A file whose text changes. An empty `before` and !existed: it is new.
struct FileChange {
  std::string path;
  bool existed = false;
  std::string before;
  std::string after;
};

struct LinkChange {
  std::string path;
  std::string target;
};

// One handler as people see it.
struct WiredHandler {
  std::string name;
  std::string link;     // below the shim's folder; "" when it is not wired
  std::string runtime;  // the real one; "" when not known
  std::string note;     // why it is left alone, "" when it is wired
};

struct WirePlan {
  std::vector<WiredHandler> handlers;
  std::vector<LinkChange> links;  // made before the files are written
  std::vector<FileChange> files;
  std::optional<LinkChange> shadow;  // <opt>/bin/runc
  std::vector<std::string> notes;    // what people should know

  bool empty() const { return links.empty() && files.empty() && !shadow; }
};

// Reads, writes nothing. Errors: those of reading the configuration,
// kConfigurationMalformed (a file that Assay does not edit), kNotFound (shim
// or runtime not installed).
Result<WirePlan> PlanWiring(const WireOptions& options);

// Makes the plan true, or takes back what it did and fails.
Status ApplyWiring(const WireOptions& options, const WirePlan& plan);

struct UndoReport {
  std::vector<std::string> restored;  // files
  std::vector<std::string> removed;   // links
  std::vector<std::string> kept;      // links that running containers need
};

// Restores every file that was wired and removes the links. Errors: kNotFound
// when nothing is wired; kConfigurationMalformed when a file or link has been
// changed by others since, and then nothing at all is changed.
Result<UndoReport> UndoWiring(const WireOptions& options, bool dry_run);

// The links of wiring, shared with doctor.
std::string ShimLink(const Paths& paths, const std::string& name);
std::string RuntimeLink(const Paths& paths, const std::string& name);
std::string ShimProgram(const Paths& paths);
// The folder that is the image verifier's alone, and the program in it.
std::string VerifierDir(const Paths& paths);
std::string VerifierProgram(const Paths& paths);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_WIRING_H_
