#include <algorithm>
#include <filesystem>
#include <map>

#include "base/bytes.h"
#include "io/files/files.h"
#include "io/wire/containerd_edit.h"
#include "io/wire/docker_config.h"
#include "io/wire/drop_in.h"
#include "io/wire/runtimes.h"
#include "io/wire/wiring.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDropIn = "99-assay.toml";

// A file that some program writes anew at every start is not ours to edit.
bool IsGenerated(std::string_view text) {
  std::string head(text.substr(0, 1024));
  std::transform(head.begin(), head.end(), head.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return head.find("do not edit") != std::string::npos;
}

class Planner {
 public:
  explicit Planner(const WireOptions& options)
      : options_(options), runtimes_(options) {}

  Result<WirePlan> Plan() {
    auto config = ContainerdConfig::Read(options_.config);
    if (!config) return config.error();
    if (!IsExecutable(ShimProgram(options_.paths))) {
      return Fail(Reason::kNotFound,
                  ShimProgram(options_.paths) +
                      ": the shim is not installed; install assay first");
    }
    if (config->CriDisabled()) {
      plan_.notes.emplace_back(
          "the CRI plugin is disabled, so only clients that look up \"runc\" "
          "are wired (ctr, nerdctl)");
    }
    for (const auto& handler : config->Handlers()) {
      if (auto taken = TakeHandler(*config, handler); !taken) {
        return taken.error();
      }
    }
    if (auto shadowed = PlanShadow(*config); !shadowed) return shadowed.error();
    PlanVerifier(*config);
    if (auto edited = PlanFiles(*config); !edited) return edited.error();
    return std::move(plan_);
  }

 private:
  // A handler that a link was chosen for.
  struct Choice {
    RuntimeHandler handler;
    std::string binary;  // what BinaryName shall be
  };

  Status TakeHandler(const ContainerdConfig& config,
                     const RuntimeHandler& handler) {
    WiredHandler wired;
    wired.name = handler.name;
    if (!handler.IsRuncType()) {
      wired.note = "not a runc-type runtime (" + handler.type +
                   "); the shim does not reach its containers";
      Show(std::move(wired));
      return Ok();
    }
    if (!IsRuntimeName(handler.name)) {
      return Fail(Reason::kConfigurationMalformed,
                  "handler " + Printable(handler.name) +
                      ": a name that cannot be a file's; rename it");
    }
    const std::string opt = config.OptPath() + "/bin";
    wired.runtime = handler.binary;
    if (!handler.binary.starts_with('/')) {
      const std::string name = handler.binary.empty() ? "runc" : handler.binary;
      wired.runtime = runtimes_.Lookup(name, opt);
      if (wired.runtime.empty()) {
        return Fail(Reason::kNotFound, "handler " + handler.name + ": " +
                                           Printable(name) +
                                           " is not found; install it first");
      }
    }
    if (handler.binary.starts_with(options_.paths.ShimDir() + "/")) {
      // Wired before: the link tells what stands behind it.
      wired.link = fs::path(handler.binary).filename().string();
      wired.runtime = LinkTarget(RuntimeLink(options_.paths, wired.link));
      if (wired.runtime.empty()) wired.runtime = runtimes_.Lookup("runc", opt);
    } else {
      wired.link = runtimes_.NameFor(handler.name, wired.runtime, opt);
    }
    PlanLinks(wired.link, wired.runtime);
    choices_.push_back({handler, ShimLink(options_.paths, wired.link)});
    Show(std::move(wired));
    return Ok();
  }

  void Show(WiredHandler wired) {
    for (const auto& other : plan_.handlers) {
      if (other.name == wired.name && other.link == wired.link) return;
    }
    plan_.handlers.push_back(std::move(wired));
  }

  void PlanLinks(const std::string& name, const std::string& runtime) {
    runtimes_.PlanLinks(name, runtime, plan_.links);
  }

  Status PlanShadow(const ContainerdConfig& config) {
    const std::string folder = config.OptPath() + "/bin";
    const std::string path = folder + "/runc";
    const std::string target = ShimLink(options_.paths, "runc");
    if (runtimes_.IsShim(path)) return Ok();
    if (!path.starts_with(options_.paths.root() + "/")) {
      plan_.notes.push_back(path + " lies outside of " + options_.paths.root() +
                            ": clients that name no binary (ctr, nerdctl) are "
                            "not wired");
      return Ok();
    }
    std::error_code ignored;
    if (fs::symlink_status(path, ignored).type() != fs::file_type::not_found) {
      return Fail(Reason::kConfigurationMalformed,
                  path +
                      " is another program; move it to /usr/local/sbin/runc "
                      "and wire again");
    }
    const std::string runtime = runtimes_.Lookup("runc", folder);
    if (runtime.empty()) {
      plan_.notes.emplace_back("no runc is installed, so none is shadowed");
      return Ok();
    }
    PlanLinks("runc", runtime);
    plan_.shadow = LinkChange{path, target};
    return Ok();
  }

  // A folder in which others stand stays: our program can stand beside them.
  void PlanVerifier(const ContainerdConfig& config) {
    const std::string now = config.VerifierDir();
    const std::string program = VerifierProgram(options_.paths);
    if (now == VerifierDir(options_.paths) || !MayHaveVerifier(config)) return;
    if (!IsExecutable(program)) {
      plan_.notes.push_back(program +
                            " is not installed: containerd pulls unasked");
      return;
    }
    const auto others = ListFolder(now);
    if (!others || others->empty()) {
      verifier_ = VerifierDir(options_.paths);
      return;
    }
    const std::string link = now + "/assay-image-verifier";
    if (SameFile(link, program)) return;
    plan_.notes.push_back(now +
                          " holds other image verifiers and stays; to be "
                          "asked before a pull: ln -s " +
                          program + " " + link);
  }

  // containerd 1.x has none, and its files of version 1 are read by no other. A
  // file that gets its first handler becomes one of version 2.
  bool MayHaveVerifier(const ContainerdConfig& config) const {
    return config.version() >= 2 ||
           (IsBare(config.files().front()) && !choices_.empty());
  }
  static bool IsBare(const ContainerdFile& file) {
    return file.version == 1 && file.toml.Find("plugins") == nullptr &&
           file.toml.Find("version") == nullptr;
  }

  // Where a new drop-in is read, "" when nowhere: the folder of an import
  // pattern. Before version 3 a drop-in's section may replace config.toml's.
  std::string DropIn(const ContainerdConfig& config) const {
    bool has_section = false;
    for (const auto& file : config.files()) {
      for (const auto& key : ContainerdConfig::SectionKeys(file.version)) {
        has_section |= ContainerdConfig::Section(file, key) != nullptr;
      }
    }
    if (config.version() < 3 && has_section) return {};
    for (const std::string& pattern : config.imports()) {
      const fs::path path(pattern);
      const std::string folder = path.parent_path().string();
      std::error_code ignored;
      if (path.filename() == "*.toml" && fs::is_directory(folder, ignored) &&
          folder.starts_with(options_.paths.root() + "/")) {
        return folder + "/" + kDropIn;
      }
    }
    return {};
  }

  Status PlanFiles(const ContainerdConfig& config) {
    choices_.erase(std::remove_if(choices_.begin(), choices_.end(),
                                  [](const Choice& choice) {
                                    return choice.handler.binary ==
                                           choice.binary;
                                  }),
                   choices_.end());
    const std::size_t notes = plan_.notes.size();
    const Status whole = PlanEdits(config);
    if (whole || verifier_.empty()) return whole;
    // The gate before starts is what counts; that before pulls can wait.
    plan_.notes.resize(notes);
    plan_.files.clear();
    overlay_.clear();
    verifier_.clear();
    if (auto without = PlanEdits(config); !without) return without;
    plan_.notes.push_back("pulls are not gated: " + whole.error().detail);
    return Ok();
  }

  Status PlanEdits(const ContainerdConfig& config) {
    if (choices_.empty() && verifier_.empty()) return Ok();
    const std::string drop_in = DropIn(config);
    if (!drop_in.empty() && TryDropIn(config, drop_in)) return Ok();
    if (config.absent()) {
      plan_.notes.push_back(
          config.path() +
          " does not exist, so containerd's own \"runc\" is all there is, and "
          "the shadow covers it; pulls are not gated");
      return Ok();
    }
    return EditFiles(config);
  }

  bool TryDropIn(const ContainerdConfig& config, const std::string& path) {
    const auto read = ReadFile(path, 1U << 20);
    const std::string before = read ? *read : std::string();
    const int version = std::max(config.version(), 2);
    std::string text = read ? before : AddVersion("", version);
    for (const Choice& choice : choices_) {
      auto edited = Apply(EditFor(choice, SectionOf(version)), text, path);
      if (!edited) return false;
      text = std::move(*edited);
    }
    if (!verifier_.empty()) {
      auto edited = Apply(VerifierEdit(), text, path);
      if (!edited) return false;
      text = std::move(*edited);
    }
    overlay_[path] = text;
    if (!Holds(config)) {
      overlay_.clear();
      return false;
    }
    plan_.files.push_back({path, read.has_value(), before, text});
    return true;
  }

  // Where a file of this version keeps its first handler.
  static std::string SectionOf(int version) {
    return ContainerdConfig::SectionKeys(version).front();
  }

  static TomlEdit EditFor(const Choice& choice, const std::string& section) {
    std::vector<std::string> table = {"plugins", section, "containerd"};
    table.insert(table.end(), choice.handler.table.begin(),
                 choice.handler.table.end());
    const std::string& type = choice.handler.type;
    return BinaryNameEdit(std::move(table), choice.binary,
                          type.empty() ? "io.containerd.runc.v2" : type);
  }

  TomlEdit VerifierEdit() const {
    return {
        {{"plugins", ContainerdConfig::kVerifierKey}, "bin_dir", verifier_}};
  }

  // Every file that defines a handler gets its BinaryName, so that it holds
  // however containerd merges them.
  Status EditFiles(const ContainerdConfig& config) {
    std::map<std::string, std::string> texts;
    for (const Choice& choice : choices_) {
      std::vector<std::size_t> targets = choice.handler.files;
      if (targets.empty()) targets.push_back(Home(config));
      for (const std::size_t target : targets) {
        const ContainerdFile& file = config.files()[target];
        std::string& text =
            texts.try_emplace(file.path, file.text).first->second;
        if (auto edited = EditHandler(file, choice, text); !edited) {
          return edited;
        }
      }
    }
    if (!verifier_.empty()) {
      const ContainerdFile& file = config.files()[HomeOfVerifier(config)];
      std::string& text = texts.try_emplace(file.path, file.text).first->second;
      if (auto edited = EditVerifier(file, text); !edited) return edited;
    }
    for (auto& [path, text] : texts) {
      const auto& files = config.files();
      const auto file = std::find_if(
          files.begin(), files.end(),
          [&, &name = path](const auto& f) { return f.path == name; });
      overlay_[path] = text;
      plan_.files.push_back({path, true, file->text, std::move(text)});
    }
    if (Holds(config)) return Ok();
    return Fail(Reason::kConfigurationMalformed,
                config.path() +
                    ": with its imports it cannot be wired so that it holds; "
                    "set BinaryName and bin_dir by hand");
  }

  // The last file that says anything of it is the one that counts.
  static std::size_t HomeOfVerifier(const ContainerdConfig& config) {
    for (std::size_t i = config.files().size(); i > 0; --i) {
      const ContainerdFile& file = config.files()[i - 1];
      if (ContainerdConfig::Section(file, ContainerdConfig::kVerifierKey)) {
        return i - 1;
      }
    }
    return Home(config);
  }

  // The file a handler goes to that no file defines yet.
  static std::size_t Home(const ContainerdConfig& config) {
    std::size_t home = 0;
    for (std::size_t i = 0; i < config.files().size(); ++i) {
      const ContainerdFile& file = config.files()[i];
      for (const auto& key : ContainerdConfig::SectionKeys(file.version)) {
        if (ContainerdConfig::Section(file, key) != nullptr) home = i;
      }
    }
    return home;
  }

  Status EditVerifier(const ContainerdFile& file, std::string& text) {
    if (auto ours = MayEdit(file); !ours) return ours;
    if (IsBare(file) && file.text == text) text = AddVersion(text, 2);
    auto edited = Apply(VerifierEdit(), text, file.path);
    if (!edited) return edited.error();
    text = std::move(*edited);
    return Ok();
  }

  Status EditHandler(const ContainerdFile& file, const Choice& choice,
                     std::string& text) {
    if (auto ours = MayEdit(file); !ours) return ours;
    if (IsBare(file) && file.text == text) text = AddVersion(text, 2);
    const int version = IsBare(file) ? 2 : file.version;
    if (version == 1) {
      plan_.notes.push_back(file.path +
                            " is of version 1, whose CRI section containerd 2 "
                            "ignores: migrate it before you upgrade");
    }
    std::string section = SectionOf(version);
    for (const auto& key : ContainerdConfig::SectionKeys(version)) {
      if (ContainerdConfig::Section(file, key) != nullptr) section = key;
    }
    auto edited = Apply(EditFor(choice, section), text, file.path);
    if (!edited) return edited.error();
    text = std::move(*edited);
    return Ok();
  }

  Status MayEdit(const ContainerdFile& file) const {
    if (!file.path.starts_with(options_.paths.root() + "/")) {
      return Fail(Reason::kConfigurationMalformed,
                  file.path + " lies outside of " + options_.paths.root());
    }
    if (IsGenerated(file.text)) {
      return Fail(Reason::kConfigurationMalformed,
                  file.path +
                      " is written by another program (\"do not edit\"); set "
                      "BinaryName in its template, or give it an imports line "
                      "and wire again");
    }
    if (!LinkTarget(file.path).empty()) {
      return Fail(Reason::kConfigurationMalformed,
                  file.path + " is a link to " + LinkTarget(file.path) +
                      ", so something else manages it; set BinaryName there");
    }
    return Ok();
  }

  // Whether every chosen handler ends up behind the shim, by every reading, and
  // the verifier is the one that is asked.
  bool Holds(const ContainerdConfig& config) const {
    const auto after = ContainerdConfig::Read(config.path(), overlay_);
    if (!after) return false;
    if (!verifier_.empty() && after->VerifierDir() != verifier_) return false;
    const auto handlers = after->Handlers();
    return std::all_of(
        handlers.begin(), handlers.end(), [&](const RuntimeHandler& handler) {
          return !handler.IsRuncType() ||
                 handler.binary.starts_with(options_.paths.ShimDir() + "/");
        });
  }

  const WireOptions& options_;
  Runtimes runtimes_;
  WirePlan plan_;
  std::vector<Choice> choices_;
  std::string verifier_;  // the folder to be set; "" for none
  ContainerdConfig::Overlay overlay_;
};

}  // namespace

Result<WirePlan> PlanWiring(const WireOptions& options) {
  if (options.runtime == WiredRuntime::kContainerd) {
    return Planner(options).Plan();
  }
  if (options.runtime == WiredRuntime::kDocker) return PlanDocker(options);
  return PlanDropIn(options);
}

}  // namespace assay
