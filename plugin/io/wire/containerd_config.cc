#include "io/wire/containerd_config.h"

#include <fnmatch.h>
#include <glob.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <set>

#include "base/bytes.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::size_t kFileBytes = 1U << 20;
constexpr std::size_t kFiles = 256;
constexpr const char* kCriV1 = "cri";
constexpr const char* kCriV2 = "io.containerd.grpc.v1.cri";
constexpr const char* kCriV3 = "io.containerd.cri.v1.runtime";

std::string StringAt(const Toml& table, std::string_view key) {
  const Toml* value = table.Find(key);
  const std::string* text = value ? value->AsString() : nullptr;
  return text ? *text : std::string();
}

// What a name without '*' stands for is itself, whether it exists or not.
std::vector<std::string> Expand(const std::string& pattern,
                                const ContainerdConfig::Overlay& overlay) {
  if (pattern.find('*') == std::string::npos) return {pattern};
  std::set<std::string> names;
  glob_t found{};
  // Go's Glob has no rule of its own for names that begin with a dot.
  if (::glob(pattern.c_str(), GLOB_PERIOD, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) {
      names.insert(found.gl_pathv[i]);
    }
  }
  ::globfree(&found);
  for (const auto& [path, text] : overlay) {
    const bool matches =
        ::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0;
    if (matches && !text.empty()) names.insert(path);
    if (text.empty()) names.erase(path);
  }
  return {names.begin(), names.end()};
}

// Collects handlers of one reading, later files over earlier ones.
class HandlerView {
 public:
  void Builtin() {
    RuntimeHandler runc;
    runc.name = "runc";
    runc.type = "io.containerd.runc.v2";
    runc.table = {"runtimes", "runc"};
    handlers_["runc"] = std::move(runc);
  }

  void Add(const Toml& section, std::size_t file) {
    const Toml* containerd = section.Find("containerd");
    if (containerd == nullptr) return;
    for (const char* legacy :
         {"default_runtime", "untrusted_workload_runtime"}) {
      const Toml* table = containerd->Find(legacy);
      if (table == nullptr || StringAt(*table, "runtime_type").empty())
        continue;
      Merge(legacy, {legacy}, *table, file);
    }
    const Toml* runtimes = containerd->Find("runtimes");
    if (runtimes == nullptr || runtimes->AsTable() == nullptr) return;
    for (const auto& [name, table] : *runtimes->AsTable()) {
      Merge(name, {"runtimes", name}, table, file);
    }
  }

  void AppendTo(std::vector<RuntimeHandler>& all) const {
    for (const auto& entry : handlers_) {
      const RuntimeHandler& handler = entry.second;
      const bool known =
          std::any_of(all.begin(), all.end(), [&](const RuntimeHandler& other) {
            return other.name == handler.name && other.type == handler.type &&
                   other.binary == handler.binary &&
                   other.shim == handler.shim && other.files == handler.files;
          });
      if (!known) all.push_back(handler);
    }
  }

 private:
  void Merge(const std::string& name, std::vector<std::string> table,
             const Toml& value, std::size_t file) {
    RuntimeHandler& handler = handlers_[name];
    handler.name = name;
    handler.table = std::move(table);
    handler.files.push_back(file);
    const std::string type = StringAt(value, "runtime_type");
    if (!type.empty()) handler.type = type;
    const std::string shim = StringAt(value, "runtime_path");
    if (!shim.empty()) handler.shim = shim;
    const Toml* options = value.Find("options");
    if (options == nullptr) return;
    const std::string binary = StringAt(*options, "BinaryName");
    if (!binary.empty()) handler.binary = binary;
  }

  std::map<std::string, RuntimeHandler> handlers_;
};

}  // namespace

bool RuntimeHandler::IsRuncType() const {
  // An empty type of "runc" is what containerd 2 completes by its default.
  return type.empty() || type == "io.containerd.runc.v2" ||
         type == "io.containerd.runc.v1";
}

// Follows imports breadth first, as containerd does.
struct ContainerdConfig::Loader {
  const Overlay& overlay;
  ContainerdConfig& config;
  std::deque<std::string> pending;
  std::set<std::string> loaded;

  Result<std::string> Text(const std::string& path) const {
    const auto entry = overlay.find(path);
    if (entry == overlay.end()) return ReadFile(path, kFileBytes);
    if (entry->second.empty()) return Fail(Reason::kNotFound, path);
    return entry->second;
  }

  Status Load(const std::string& path) {
    auto text = Text(path);
    if (!text) return text.error();
    Diagnostics diagnostics;
    auto toml = Toml::Parse(*text, path, diagnostics);
    if (!toml) {
      return Fail(Reason::kConfigurationMalformed,
                  diagnostics.empty() ? path : diagnostics.front().str());
    }
    const Toml* version = toml->Find("version");
    const std::int64_t* number = version ? version->AsInt() : nullptr;
    const int given = number ? static_cast<int>(*number) : 0;
    if (given < 0 || given > 4 || (version != nullptr && number == nullptr)) {
      return Fail(Reason::kConfigurationMalformed,
                  path + ": a version that Assay does not know");
    }
    QueueImports(*toml, path);
    config.files_.push_back(
        {path, std::move(*text), std::move(*toml), std::max(given, 1)});
    return Ok();
  }

  void QueueImports(const Toml& toml, const std::string& parent) {
    const Toml* imports = toml.Find("imports");
    if (imports == nullptr || imports->AsArray() == nullptr) return;
    for (const Toml& import : *imports->AsArray()) {
      if (import.AsString() != nullptr) QueueImport(*import.AsString(), parent);
    }
  }

  void QueueImport(const std::string& import, const std::string& parent) {
    std::filesystem::path path(import);
    if (path.is_relative()) {
      path = std::filesystem::path(parent).parent_path() / path;
    }
    const std::string pattern = path.lexically_normal().string();
    if (parent == config.path_) config.imports_.push_back(pattern);
    for (auto& file : Expand(pattern, overlay)) {
      pending.push_back(std::move(file));
    }
  }
};

Result<ContainerdConfig> ContainerdConfig::Read(const std::string& path,
                                                const Overlay& overlay) {
  ContainerdConfig config;
  config.path_ = path;
  Loader loader{overlay, config, {}, {}};
  if (auto text = loader.Text(path);
      !text && text.error().reason == Reason::kNotFound) {
    config.absent_ = true;
    config.version_ = 3;
    loader.QueueImport("conf.d/*.toml", path);
  } else {
    loader.pending.push_back(path);
  }
  while (!loader.pending.empty()) {
    const std::string next = loader.pending.front();
    loader.pending.pop_front();
    if (!loader.loaded.insert(next).second) continue;
    if (config.files_.size() == kFiles) {
      return Fail(Reason::kConfigurationMalformed, path + ": too many imports");
    }
    if (auto done = loader.Load(next); !done) return done.error();
  }
  if (!config.absent_) config.version_ = config.files_.front().version;
  return config;
}

std::vector<std::string> ContainerdConfig::SectionKeys(int version) {
  if (version <= 1) return {kCriV1};
  if (version == 2) return {kCriV2, kCriV3};
  return {kCriV3};
}

const Toml* ContainerdConfig::Section(const ContainerdFile& file,
                                      const std::string& key) {
  const Toml* plugins = file.toml.Find("plugins");
  return plugins ? plugins->Find(key) : nullptr;
}

std::vector<RuntimeHandler> ContainerdConfig::Handlers() const {
  std::vector<RuntimeHandler> all;
  if (CriDisabled()) return all;
  HandlerView merged;
  merged.Builtin();
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    for (const auto& key : SectionKeys(files_[i].version)) {
      const Toml* section = Section(files_[i], key);
      if (section == nullptr) continue;
      merged.Add(*section, i);
      last = i;
    }
  }
  merged.AppendTo(all);
  if (version_ >= 3 || !last) return all;
  // containerd 1.x: the last file's section alone counts. Its built-in "runc"
  // is gone as soon as a file names any handler, but it does no harm here.
  HandlerView replaced;
  replaced.Builtin();
  for (const auto& key : SectionKeys(files_[*last].version)) {
    const Toml* section = Section(files_[*last], key);
    if (section != nullptr) replaced.Add(*section, *last);
  }
  replaced.AppendTo(all);
  return all;
}

bool ContainerdConfig::CriDisabled() const {
  for (const ContainerdFile& file : files_) {
    const Toml* disabled = file.toml.Find("disabled_plugins");
    if (disabled == nullptr || disabled->AsArray() == nullptr) continue;
    for (const Toml& plugin : *disabled->AsArray()) {
      const std::string* name = plugin.AsString();
      if (name == nullptr) continue;
      if (*name == kCriV2 || *name == kCriV3) return true;
      if (*name == kCriV1 && file.version == 1) return true;
    }
  }
  return false;
}

std::string ContainerdConfig::LastString(const std::vector<std::string>& path,
                                         std::string otherwise) const {
  for (const ContainerdFile& file : files_) {
    const Toml* value = &file.toml;
    for (const auto& key : path) value = value ? value->Find(key) : nullptr;
    const std::string* text = value ? value->AsString() : nullptr;
    if (text != nullptr && !text->empty()) otherwise = *text;
  }
  return otherwise;
}

std::string ContainerdConfig::OptPath() const {
  const bool old = version_ <= 1;
  return LastString(
      {"plugins", old ? "opt" : "io.containerd.internal.v1.opt", "path"},
      "/opt/containerd");
}

std::string ContainerdConfig::VerifierDir() const {
  return LastString({"plugins", kVerifierKey, "bin_dir"},
                    "/opt/containerd/image-verifier/bin");
}

std::string ContainerdConfig::State() const {
  return LastString({"state"}, "/run/containerd");
}

std::string ContainerdConfig::Address() const {
  return LastString(
      {"plugins", "io.containerd.server.v1.grpc", "address"},
      LastString({"grpc", "address"}, "/run/containerd/containerd.sock"));
}

}  // namespace assay
