#include "io/wire/drop_in.h"

#include <algorithm>
#include <filesystem>

#include "base/bytes.h"
#include "io/files/files.h"
#include "io/wire/containerd_edit.h"
#include "io/wire/runtimes.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kConfigBytes = 1U << 20;

Error Unfit(std::string detail) {
  return Fail(Reason::kConfigurationMalformed, std::move(detail));
}

// An absent file is none.
Status AddDropInFile(const std::string& path, std::vector<DropInFile>& files) {
  const auto text = ReadFile(path, kConfigBytes);
  if (!text && text.error().reason == Reason::kNotFound) return Ok();
  if (!text) return text.error();
  Diagnostics diagnostics;
  auto toml = Toml::Parse(*text, path, diagnostics);
  if (!toml) return Unfit(diagnostics.front().str());
  files.push_back({path, *std::move(toml)});
  return Ok();
}

class DropInPlanner {
 public:
  DropInPlanner(const WireOptions& options, const DropInFormat& format)
      : options_(options),
        format_(format),
        runtimes_(options),
        folder_(options.config + ".d"),
        ours_(folder_ + "/" + std::string(kDropInName)) {}

  Result<WirePlan> Plan() {
    if (!IsExecutable(ShimProgram(options_.paths))) {
      return Fail(Reason::kNotFound,
                  ShimProgram(options_.paths) +
                      ": the shim is not installed; install assay first");
    }
    if (auto there = CheckInstalled(); !there) return there.error();
    if (auto known = ReadFiles(); !known) return known.error();
    const auto handlers = format_.Handlers(files_, options_);
    if (!handlers) return handlers.error();
    for (const DropInHandler& handler : *handlers) {
      if (auto taken = Take(handler); !taken) return taken.error();
    }
    if (wired_.empty()) {
      return Fail(Reason::kNotFound,
                  "no OCI runtime is installed for " +
                      std::string(RuntimeName(options_.runtime)));
    }
    if (auto last = CheckOursIsLast(); !last) return last.error();
    if (auto written = PlanFile(); !written) return written.error();
    return std::move(plan_);
  }

 private:
  Status CheckInstalled() const {
    const std::string name(RuntimeName(options_.runtime));
    std::error_code ignored;
    if (fs::exists(options_.config, ignored) || fs::exists(folder_, ignored) ||
        !runtimes_.Lookup(name, "").empty()) {
      return Ok();
    }
    return Fail(Reason::kNotFound,
                name + " is not installed, and there is no " + options_.config);
  }

  // All but ours, in the order in which they are read.
  Status ReadFiles() {
    for (const std::string& path : format_.MainFiles(options_)) {
      if (auto added = AddDropInFile(path, files_); !added) return added;
    }
    std::vector<std::string> paths;
    std::error_code failed;
    for (fs::recursive_directory_iterator at(folder_, failed);
         !failed && at != fs::recursive_directory_iterator();
         at.increment(failed)) {
      const std::string path = at->path().string();
      if (at->is_regular_file() && path != ours_ &&
          format_.IsRead(at->path().filename().string())) {
        paths.push_back(path);
      }
    }
    if (failed && failed != std::errc::no_such_file_or_directory) {
      return Fail(Reason::kFileUnreadable, folder_ + ": " + failed.message());
    }
    std::sort(paths.begin(), paths.end());
    for (const std::string& path : paths) {
      if (auto added = AddDropInFile(path, files_); !added) return added;
    }
    return Ok();
  }

  Status Take(const DropInHandler& handler) {
    if (!handler.note.empty()) {
      plan_.handlers.push_back({handler.name, "", "", handler.note});
      return Ok();
    }
    HandlerLinks links;
    for (const HandlerProgram& program : handler.programs) {
      if (!IsRuntimeName(handler.name)) {
        return Unfit("handler " + Printable(handler.name) +
                     ": a name that cannot be a file's; rename it");
      }
      if (program.path.empty()) {
        return Fail(Reason::kNotFound, "handler " + handler.name +
                                           ": its runtime is not found; "
                                           "install it first");
      }
      auto link = LinkFor(handler.name, program);
      if (!link) return link.error();
      links.push_back(ShimLink(options_.paths, *link));
      plan_.handlers.push_back({handler.name +
                                    (program.platform.empty() ? "" : " ") +
                                    program.platform,
                                *link, program.path, ""});
      runtimes_.PlanLinks(*link, program.path, plan_.links);
    }
    wired_.emplace_back(handler, std::move(links));
    return Ok();
  }

  Result<std::string> LinkFor(const std::string& handler,
                              const HandlerProgram& program) const {
    std::string name = handler;
    if (!program.platform.empty()) name += "-" + program.platform;
    std::replace(name.begin(), name.end(), '/', '-');
    return runtimes_.LinkName(name, program.path);
  }

  Status CheckOursIsLast() const {
    std::vector<std::string> names;
    for (const auto& [handler, links] : wired_) names.push_back(handler.name);
    for (const DropInFile& file : files_) {
      const bool later = file.path.starts_with(folder_ + "/") &&
                         file.path > ours_ && format_.Overrides(file, names);
      if (later) {
        return Unfit(file.path + " is read after " + ours_ +
                     " and says which runtimes there are; give it an earlier "
                     "name and wire again");
      }
    }
    return Ok();
  }

  Status PlanFile() {
    if (!ours_.starts_with(options_.paths.root() + "/")) {
      return Unfit(ours_ + " lies outside of " + options_.paths.root());
    }
    const auto now = ReadFile(ours_, kConfigBytes);
    if (!now && now.error().reason != Reason::kNotFound) return now.error();
    const bool foreign = now && !now->starts_with(kDropInMark);
    if (foreign || !LinkTarget(ours_).empty()) {
      return Unfit(ours_ + " is not Assay's file; move it and wire again");
    }
    const std::string runtime(RuntimeName(options_.runtime));
    const std::string text =
        std::string(kDropInMark) + runtime + "; assay wire " + runtime +
        " --undo takes it back.\n" + format_.Text(files_, wired_);
    Diagnostics diagnostics;
    if (!Toml::Parse(text, ours_, diagnostics)) {
      return Unfit("a handler cannot be repeated: " +
                   diagnostics.front().str());
    }
    if (now && *now == text) return Ok();
    plan_.files.push_back(
        {ours_, static_cast<bool>(now), now ? *now : std::string(), text});
    return Ok();
  }

  const WireOptions& options_;
  const DropInFormat& format_;
  Runtimes runtimes_;
  std::string folder_;
  std::string ours_;
  std::vector<DropInFile> files_;
  std::vector<std::pair<DropInHandler, HandlerLinks>> wired_;
  WirePlan plan_;
};

}  // namespace

const Toml* FindTable(const Toml& toml,
                      const std::vector<std::string_view>& path) {
  const Toml* found = &toml;
  for (const std::string_view key : path) {
    found = found->Find(key);
    if (found == nullptr) return nullptr;
  }
  return found;
}

std::string TomlText(const Toml& value) {
  if (const bool* flag = value.AsBool()) return *flag ? "true" : "false";
  if (const std::int64_t* number = value.AsInt()) {
    return std::to_string(*number);
  }
  if (const double* number = value.AsFloat()) return std::to_string(*number);
  if (const std::string* text = value.AsString()) return TomlString(*text);
  std::string text;
  if (const Toml::Array* array = value.AsArray()) {
    for (const Toml& element : *array) {
      text += (text.empty() ? "" : ", ") + TomlText(element);
    }
    return "[" + text + "]";
  }
  if (const Toml::Table* table = value.AsTable()) {
    for (const auto& [key, member] : *table) {
      text += (text.empty() ? "" : ", ") + TomlString(key) + " = " +
              TomlText(member);
    }
    return "{" + text + "}";
  }
  return {};
}

Result<WirePlan> PlanDropIn(const WireOptions& options) {
  const bool crio = options.runtime == WiredRuntime::kCrio;
  return DropInPlanner(options, crio ? CrioFormat() : PodmanFormat()).Plan();
}

}  // namespace assay
