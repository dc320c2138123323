// podman's runtimes: [engine.runtimes] (containers.conf(5)), a list of paths
// for each name, of which the first that exists counts. Names that podman knows
// by itself are there without any file.
#include <algorithm>
#include <map>
#include <optional>

#include "io/wire/containerd_edit.h"
#include "io/wire/drop_in.h"
#include "io/wire/runtimes.h"

namespace assay {
namespace {

// A name and the program that podman looks for.
struct PodmanBuiltIn {
  std::string_view name;
  std::string_view program;
};
constexpr PodmanBuiltIn kPodmanBuiltIns[] = {
    {"crun", "crun"},   {"crun-vm", "crun-vm"},  {"crun-wasm", "crun-wasm"},
    {"krun", "krun"},   {"runc", "runc"},        {"runsc", "runsc"},
    {"youki", "youki"}, {"kata", "kata-runtime"}};

// The last of the files counts.
std::optional<std::string> DefaultRuntime(
    const std::vector<DropInFile>& files) {
  std::optional<std::string> name;
  for (const DropInFile& file : files) {
    const Toml* value = FindTable(file.toml, {"engine", "runtime"});
    if (value != nullptr && value->AsString()) name = *value->AsString();
  }
  return name;
}

class Podman : public DropInFormat {
 public:
  std::vector<std::string> MainFiles(
      const WireOptions& options) const override {
    return {options.paths.root() + "/usr/share/containers/containers.conf",
            options.config};
  }
  bool IsRead(std::string_view file_name) const override {
    return file_name.ends_with(".conf");
  }

  Result<std::vector<DropInHandler>> Handlers(
      const std::vector<DropInFile>& files,
      const WireOptions& options) const override {
    const Runtimes runtimes(options);
    std::map<std::string, std::string> programs;
    for (const PodmanBuiltIn& built_in : kPodmanBuiltIns) {
      programs[std::string(built_in.name)] =
          runtimes.Lookup(std::string(built_in.program), "");
    }
    for (const DropInFile& file : files) {
      const Toml* table = FindTable(file.toml, {"engine", "runtimes"});
      if (table == nullptr || table->AsTable() == nullptr) continue;
      for (const auto& [name, paths] : *table->AsTable()) {
        programs[name] = FirstProgram(paths, name, options);
      }
    }
    const auto standard = DefaultRuntime(files);
    if (standard && standard->starts_with('/') && !runtimes.IsShim(*standard)) {
      std::string name = NameOf(*standard);
      const auto known = programs.find(name);
      if (known != programs.end() && !known->second.empty() &&
          !SameFile(known->second, *standard)) {
        name.insert(0, "default-");
      }
      programs[name] = *standard;
    }
    std::vector<DropInHandler> handlers;
    for (const auto& [name, program] : programs) {
      if (!program.empty()) handlers.push_back({name, "", {{"", program}}});
    }
    return handlers;
  }

  std::string Text(const std::vector<DropInFile>& files,
                   const std::vector<std::pair<DropInHandler, HandlerLinks>>&
                       wired) const override {
    std::string text;
    const auto standard = DefaultRuntime(files);
    if (standard && standard->starts_with('/')) {
      // A path would go past every name.
      text += "\n[engine]\nruntime = " + TomlString(NameFor(*standard, wired)) +
              "\n";
    }
    text += "\n[engine.runtimes]\n";
    for (const auto& [handler, links] : wired) {
      text +=
          TomlPath({handler.name}) + " = [" + TomlString(links.front()) + "]\n";
    }
    return text;
  }

  bool Overrides(const DropInFile& file,
                 const std::vector<std::string>& handlers) const override {
    const Toml* standard = FindTable(file.toml, {"engine", "runtime"});
    if (standard != nullptr && standard->AsString() &&
        standard->AsString()->starts_with('/')) {
      return true;
    }
    return std::any_of(handlers.begin(), handlers.end(), [&](const auto& name) {
      return FindTable(file.toml, {"engine", "runtimes", name});
    });
  }

 private:
  static std::string NameOf(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
  }

  // The wired runtime of that path.
  static std::string NameFor(
      const std::string& path,
      const std::vector<std::pair<DropInHandler, HandlerLinks>>& wired) {
    for (const auto& [handler, links] : wired) {
      if (SameFile(handler.programs.front().path, path)) return handler.name;
    }
    return NameOf(path);
  }

  static std::string FirstProgram(const Toml& paths, const std::string& name,
                                  const WireOptions& options) {
    const Runtimes runtimes(options);
    const Toml::Array* list = paths.AsArray();
    if (list == nullptr) return {};
    for (const Toml& entry : *list) {
      const std::string* path = entry.AsString();
      if (path == nullptr || !IsExecutable(*path)) continue;
      if (!runtimes.IsShim(*path)) return *path;
      return LinkTarget(RuntimeLink(options.paths, NameOf(*path)));
    }
    return runtimes.Lookup(name, "");
  }
};

}  // namespace

const DropInFormat& PodmanFormat() {
  static const Podman kFormat;
  return kFormat;
}

}  // namespace assay
