// Wiring of docker: its one file, /etc/docker/daemon.json, names the runtimes
// that containers may be started with and which one they are without a word.
// "runc" is built in and cannot be said anew, so Assay adds a runtime and makes
// it the one; those that the file names lead to the shim under their own names.
#ifndef ASSAY_IO_WIRE_DOCKER_CONFIG_H_
#define ASSAY_IO_WIRE_DOCKER_CONFIG_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "io/wire/wiring.h"

namespace assay {

inline constexpr std::string_view kDockerRuntime = "assay-runc";

// PlanWiring for docker. Every byte of the file that says nothing of runtimes
// stays. Errors: as of PlanWiring.
Result<WirePlan> PlanDocker(const WireOptions& options);

// The text without what PlanDocker makes it say; a text that is no object of
// JSON stays as it is.
std::string UnwireDocker(const WireOptions& options, const std::string& text);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_DOCKER_CONFIG_H_
