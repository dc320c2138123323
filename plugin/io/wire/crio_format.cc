// CRI-O's handlers: [crio.runtime.runtimes.NAME] (crio.conf(5)). A table in a
// later file replaces the whole of an earlier one, so that ours repeats what it
// does not change.
#include <algorithm>
#include <map>

#include "io/wire/containerd_edit.h"
#include "io/wire/drop_in.h"
#include "io/wire/runtimes.h"

namespace assay {
namespace {

constexpr const char* kPathKey = "runtime_path";
constexpr const char* kPlatformKey = "platform_runtime_paths";

// What CRI-O compiles in stays beside whatever files add: runc up to 1.30, crun
// from then on.
struct BuiltIn {
  std::string_view name;
  std::string_view fields;
};
constexpr BuiltIn kBuiltIns[] = {
    {"crun",
     "runtime_type = \"oci\"\nruntime_root = \"/run/crun\"\n"
     "allowed_annotations = [\"io.containers.trace-syscall\", "
     "\"devices.crio.io\"]\n"},
    {"runc", "runtime_type = \"oci\"\nruntime_root = \"/run/runc\"\n"}};

std::string StringIn(const Toml& table, std::string_view key) {
  const Toml* value = table.Find(key);
  const std::string* text = value == nullptr ? nullptr : value->AsString();
  return text == nullptr ? std::string() : *text;
}

// Our own link stands for the runtime behind it.
std::string RealProgram(const std::string& path, const std::string& name,
                        const WireOptions& options) {
  const Runtimes runtimes(options);
  if (path.empty()) return runtimes.Lookup(name, "");
  if (!runtimes.IsShim(path)) return path;
  return LinkTarget(
      RuntimeLink(options.paths, path.substr(path.rfind('/') + 1)));
}

class Crio : public DropInFormat {
 public:
  std::vector<std::string> MainFiles(
      const WireOptions& options) const override {
    return {options.config};
  }
  bool IsRead(std::string_view /*file_name*/) const override { return true; }

  Result<std::vector<DropInHandler>> Handlers(
      const std::vector<DropInFile>& files,
      const WireOptions& options) const override {
    std::map<std::string, const Toml*> tables;
    for (const DropInFile& file : files) {
      const Toml* runtimes =
          FindTable(file.toml, {"crio", "runtime", "runtimes"});
      if (runtimes == nullptr || runtimes->AsTable() == nullptr) continue;
      for (const auto& [name, table] : *runtimes->AsTable()) {
        if (table.AsTable() == nullptr) {
          return Fail(Reason::kConfigurationMalformed,
                      table.position().str() + ": no table");
        }
        tables[name] = &table;
      }
    }
    std::vector<DropInHandler> handlers;
    for (const BuiltIn& built_in : kBuiltIns) {
      const std::string name(built_in.name);
      const std::string path = Runtimes(options).Lookup(name, "");
      if (tables.contains(name) || path.empty()) continue;
      handlers.push_back({name, "", {{"", path}}, nullptr});
    }
    for (const auto& [name, table] : tables) {
      handlers.push_back(HandlerOf(name, *table, options));
    }
    return handlers;
  }

  std::string Text(const std::vector<DropInFile>& /*files*/,
                   const std::vector<std::pair<DropInHandler, HandlerLinks>>&
                       wired) const override {
    std::string text;
    for (const auto& [handler, links] : wired) {
      text += "\n[" + TomlPath({"crio", "runtime", "runtimes", handler.name}) +
              "]\n";
      text += Fields(handler);
      std::string platforms;
      for (std::size_t i = 0; i < links.size(); ++i) {
        const std::string& platform = handler.programs[i].platform;
        if (platform.empty()) {
          text += std::string(kPathKey) + " = " + TomlString(links[i]) + "\n";
        } else {
          platforms += (platforms.empty() ? "" : ", ") + TomlString(platform) +
                       " = " + TomlString(links[i]);
        }
      }
      if (platforms.empty()) continue;
      text += std::string(kPlatformKey) + " = {" + platforms + "}\n";
    }
    return text;
  }

  bool Overrides(const DropInFile& file,
                 const std::vector<std::string>& handlers) const override {
    return std::any_of(handlers.begin(), handlers.end(), [&](const auto& name) {
      return FindTable(file.toml, {"crio", "runtime", "runtimes", name});
    });
  }

 private:
  static std::string Fields(const DropInHandler& handler) {
    std::string text;
    if (handler.table == nullptr) {
      for (const BuiltIn& built_in : kBuiltIns) {
        if (built_in.name == handler.name) text = built_in.fields;
      }
      return text;
    }
    for (const auto& [key, value] : *handler.table->AsTable()) {
      if (key == kPathKey || key == kPlatformKey) continue;
      text += TomlPath({key}) + " = " + TomlText(value) + "\n";
    }
    return text;
  }

  static DropInHandler HandlerOf(const std::string& name, const Toml& table,
                                 const WireOptions& options) {
    DropInHandler handler{name, "", {}, &table};
    const std::string type = StringIn(table, "runtime_type");
    if (!type.empty() && type != "oci") {
      handler.note = "of type " + type +
                     ", whose runtime is no OCI command line; the shim does "
                     "not reach its containers";
      return handler;
    }
    const Toml* inherits = table.Find("inherit_default_runtime");
    if (inherits != nullptr && inherits->AsBool() && *inherits->AsBool()) {
      handler.note = "takes its runtime from the default handler";
      return handler;
    }
    handler.programs.push_back(
        {"", RealProgram(StringIn(table, kPathKey), name, options)});
    const Toml* platforms = table.Find(kPlatformKey);
    if (platforms == nullptr || platforms->AsTable() == nullptr) return handler;
    for (const auto& [platform, path] : *platforms->AsTable()) {
      const std::string* text = path.AsString();
      handler.programs.push_back(
          {platform, text == nullptr ? std::string()
                                     : RealProgram(*text, name, options)});
    }
    return handler;
  }
};

}  // namespace

const DropInFormat& CrioFormat() {
  static const Crio kFormat;
  return kFormat;
}

}  // namespace assay
