// What `assay doctor` finds out from files and sockets of this node: whether
// the gate is installed, wired and alone. Each check says what it found where
// and what to do; none changes anything.
#ifndef ASSAY_IO_WIRE_CHECKS_H_
#define ASSAY_IO_WIRE_CHECKS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/paths.h"
#include "io/wire/wiring.h"

namespace assay {

// Zero is not knowing. A failure means that something does not enforce.
enum class Health : std::uint8_t { kUnknown = 0, kOk, kWarning, kFailure };

struct Check {
  std::string id;  // stable: "shim", "handler", "containerd-restart", ...
  Health health = Health::kUnknown;
  std::string found;   // what was found, and where
  std::string remedy;  // the next thing to do; "" when all is well
};

using Checks = std::vector<Check>;

// "shim", "decider", "links": the programs are there, only root may write
// them, and the links between them are right.
void CheckInstallation(const Paths& paths, Checks& checks);

// "containerd-config", "handler" (one each), "runc-shadow".
void CheckWiring(const WireOptions& options, Checks& checks);

// "image-verifier": whether containerd asks before it pulls, "pull-path": what
// in its configuration makes it pull past whoever it would ask. A container
// that was not asked about when it was pulled still is when it starts, so
// nothing here is more than a warning unless pulls are blocked or let pass by
// mistake.
void CheckPulls(const WireOptions& options, Checks& checks);

// "image-proxy": whether image.sock answers where assayd is to serve it, and
// whether what is known of a kubelet names it. Nothing where neither is so.
void CheckImageProxy(const Paths& paths, bool served, Checks& checks);

// How the daemon says it stands with the runtime that it is to be a plugin of.
struct NriExpectation {
  std::string socket;  // of [nri]
  bool connected = false;
  std::string runtime;
  bool validates = false;  // the runtime asks a question that stops a container
  std::string problem;     // why it is not connected
};

// "nri": whether containerd asks the daemon before it makes a container,
// "nri-required": whether it waits for it. `nri` is nullopt without [nri].
void CheckNri(const WireOptions& options,
              const std::optional<NriExpectation>& nri, Checks& checks);

// Whether containerd is installed, configured or wired on this node, or
// answers.
bool IsContainerdHere(const WireOptions& options);

// "containerd", "containerd-restart": the daemon that runs, and whether it has
// read what the files say now.
void CheckContainerd(const WireOptions& options, Checks& checks);

// "other-runtimes": sockets of runtimes that the gate does not stand before.
void CheckOtherRuntimes(const WireOptions& options, Checks& checks);

// "crio", "crio-restart", "podman", "docker": where they are installed or
// wired, whether every handler leads to the shim, and whether CRI-O knows.
void CheckDropIns(const Paths& paths,
                  const std::vector<std::string>& search_path, Checks& checks);

// The first part of the path, from the top, that others than root and us may
// write; "" when there is none. A folder with the sticky bit keeps its files.
std::string WritableByOthers(const std::string& path);

// "trust", "evidence", "audit", "disk", "clock".
void CheckState(const Paths& paths, Time now, Checks& checks);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_CHECKS_H_
