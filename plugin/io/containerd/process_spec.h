// What an OCI runtime specification (config.md of the runtime specification)
// says about the root file system and the first process.
#ifndef ASSAY_IO_CONTAINERD_PROCESS_SPEC_H_
#define ASSAY_IO_CONTAINERD_PROCESS_SPEC_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/subject/image_config.h"

namespace assay {

// A folder of the host that the container sees. Everything as it is written.
struct BindMount {
  std::string destination;
  std::string source;
  bool read_only = false;
};

// An overlay of the container's own, as it is written.
struct OverlayMount {
  std::string destination;
  std::vector<std::string> lower_folders;  // topmost first
};

struct ProcessSpec {
  std::string root_path;
  std::vector<BindMount> binds;
  std::vector<OverlayMount> overlays;
  std::map<std::string, std::string> annotations;  // claims, never trusted
  bool root_covered = false;  // a mount of its own goes over "/"
  std::vector<std::string> args;
  std::vector<std::string> env;
  std::string cwd;
  std::int64_t uid = -1;
  std::int64_t gid = -1;

  // Errors: kHookMalformed.
  static Result<ProcessSpec> Parse(std::string_view json);
};

// True when the process is exactly the one this configuration describes, with
// nothing overridden: the same arguments, environment, folder and user. A user
// that is a name cannot be judged and is false.
bool RunsExactly(const ProcessSpec& process, const ImageConfig& config);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_PROCESS_SPEC_H_
