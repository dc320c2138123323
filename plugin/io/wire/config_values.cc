#include "io/wire/config_values.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace assay {
namespace {

const Toml* FindValue(const ContainerdFile& file,
                      const std::vector<std::string>& path) {
  const Toml* value = &file.toml;
  for (const auto& key : path) value = value ? value->Find(key) : nullptr;
  return value;
}

}  // namespace

const Toml* LastValue(const ContainerdConfig& config,
                      const std::vector<std::string>& path) {
  const Toml* last = nullptr;
  for (const ContainerdFile& file : config.files()) {
    if (const Toml* value = FindValue(file, path)) last = value;
  }
  return last;
}

bool IsBool(const Toml* value, bool wanted) {
  const bool* found = value ? value->AsBool() : nullptr;
  return found != nullptr && *found == wanted;
}

bool IsPluginDisabled(const ContainerdConfig& config, std::string_view plugin) {
  const auto names_it = [&](const ContainerdFile& file) {
    const Toml* plugins = FindValue(file, {"disabled_plugins"});
    const auto* names = plugins ? plugins->AsArray() : nullptr;
    return names != nullptr &&
           std::any_of(names->begin(), names->end(), [&](const Toml& name) {
             const auto* text = name.AsString();
             return text != nullptr && *text == plugin;
           });
  };
  return std::any_of(config.files().begin(), config.files().end(), names_it);
}

std::optional<std::chrono::milliseconds> ReadGoDuration(std::string_view text) {
  constexpr std::int64_t kMostCount = 1'000'000;
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc() || count < 0 || count > kMostCount) {
    return std::nullopt;
  }
  const std::string_view unit(read.ptr,
                              static_cast<std::size_t>(end - read.ptr));
  if (unit == "ms") return std::chrono::milliseconds(count);
  if (unit == "s") return std::chrono::seconds(count);
  if (unit == "m") return std::chrono::minutes(count);
  if (unit == "h") return std::chrono::hours(count);
  return std::nullopt;
}

}  // namespace assay
