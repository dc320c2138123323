// What containerd's files say in the end, for the checks that read them.
#ifndef ASSAY_IO_WIRE_CONFIG_VALUES_H_
#define ASSAY_IO_WIRE_CONFIG_VALUES_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/wire/containerd_config.h"

namespace assay {

// The value that counts: of the last file that has one. Null for none.
const Toml* LastValue(const ContainerdConfig& config,
                      const std::vector<std::string>& path);

// Whether it is that very boolean; null is neither.
bool IsBool(const Toml* value, bool wanted);

// Whether any file's disabled_plugins names it: containerd adds them up.
bool IsPluginDisabled(const ContainerdConfig& config, std::string_view plugin);

// Go's durations of whole milliseconds, seconds, minutes or hours ("2s");
// nullopt for all others, which may be anything.
std::optional<std::chrono::milliseconds> ReadGoDuration(std::string_view text);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_CONFIG_VALUES_H_
