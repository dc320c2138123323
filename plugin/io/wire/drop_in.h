// Wiring of CRI-O and podman: both read a main file and then a folder of files
// in the order of their names, so that one file of ours, the last, says what
// every runtime handler is.
#ifndef ASSAY_IO_WIRE_DROP_IN_H_
#define ASSAY_IO_WIRE_DROP_IN_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/toml.h"
#include "io/wire/wiring.h"

namespace assay {

// The first line of our file begins so.
inline constexpr std::string_view kDropInMark = "# Written by assay wire ";
inline constexpr std::string_view kDropInName = "99-assay.conf";

struct DropInFile {
  std::string path;
  Toml toml;
};

// A program that a handler starts: under "" the usual one, under "linux/arm64"
// (CRI-O's platform_runtime_paths) that of images for another platform.
struct HandlerProgram {
  std::string platform;
  std::string path;  // "" when it is not found
};

struct DropInHandler {
  std::string name;
  std::string note;  // why it is left alone; "" when it is to be wired
  std::vector<HandlerProgram> programs;
  // What our file repeats, because its table replaces the one it is in.
  const Toml* table = nullptr;
};

// A program's path for each of a handler's, in their order.
using HandlerLinks = std::vector<std::string>;

// How one runtime writes its handlers.
class DropInFormat {
 public:
  virtual ~DropInFormat() = default;
  // The files that are read before and beside the main file's folder.
  virtual std::vector<std::string> MainFiles(
      const WireOptions& options) const = 0;
  virtual bool IsRead(std::string_view file_name) const = 0;
  // Every handler that a container can be started with. `files` outlive the
  // result. Errors: kNotFound, kConfigurationMalformed.
  virtual Result<std::vector<DropInHandler>> Handlers(
      const std::vector<DropInFile>& files,
      const WireOptions& options) const = 0;
  // The text of our file, but for its first line.
  virtual std::string Text(
      const std::vector<DropInFile>& files,
      const std::vector<std::pair<DropInHandler, HandlerLinks>>& wired)
      const = 0;
  // Whether a file says anything of what ours says.
  virtual bool Overrides(const DropInFile& file,
                         const std::vector<std::string>& handlers) const = 0;
};

const DropInFormat& PodmanFormat();
const DropInFormat& CrioFormat();

// PlanWiring for CRI-O and podman.
Result<WirePlan> PlanDropIn(const WireOptions& options);

// The member at a path of keys; null when there is none.
const Toml* FindTable(const Toml& toml,
                      const std::vector<std::string_view>& path);
// A value as TOML on one line; "" for one that no handler has (a date).
std::string TomlText(const Toml& value);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_DROP_IN_H_
