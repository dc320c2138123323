#include "io/wire/docker_config.h"

#include <filesystem>
#include <optional>

#include "base/bytes.h"
#include "base/json.h"
#include "io/files/files.h"
#include "io/wire/json_members.h"
#include "io/wire/runtimes.h"

namespace assay {
namespace {

constexpr std::size_t kDaemonFileBytes = 1U << 20;
constexpr std::string_view kRunc = "runc";
constexpr std::string_view kRuncShim = "io.containerd.runc.v2";
constexpr std::string_view kEmptyObject = "{}\n";

Error BadFile(const std::string& path, std::string detail) {
  return Fail(Reason::kConfigurationMalformed, path + ": " + std::move(detail));
}

// What "runtimes" says of one: where its program's path stands.
struct DockerProgram {
  bool is_option = false;  // options.BinaryName, else path
  std::string path;
};

// Nothing for a runtime that is no OCI runtime: a shim of containerd's.
std::optional<DockerProgram> ProgramOf(const Json& runtime) {
  if (const std::string* path = runtime.FindString("path")) {
    return DockerProgram{false, *path};
  }
  const std::string* type = runtime.FindString("runtimeType");
  if (type == nullptr) return DockerProgram{false, std::string(kRunc)};
  if (*type != kRuncShim) return std::nullopt;
  const Json* options = runtime.Find("options");
  const std::string* binary =
      options == nullptr ? nullptr : options->FindString("BinaryName");
  return DockerProgram{true, binary == nullptr ? std::string(kRunc) : *binary};
}

Json WithProgram(const Json& runtime, const DockerProgram& program) {
  Json::Object object = *runtime.AsObject();
  if (!program.is_option) {
    object["path"] = Json(program.path);
    return Json(std::move(object));
  }
  const Json::Object* given = runtime.FindObject("options");
  Json::Object options = given == nullptr ? Json::Object() : *given;
  options["BinaryName"] = Json(program.path);
  object["options"] = Json(std::move(options));
  return Json(std::move(object));
}

bool IsPlainRunc(const std::string& runtime) {
  return runtime == kRunc || runtime == kRuncShim;
}

class DockerPlanner {
 public:
  explicit DockerPlanner(const WireOptions& options)
      : options_(options), runtimes_(options) {}

  Result<WirePlan> Plan() {
    if (!IsExecutable(ShimProgram(options_.paths))) {
      return Fail(Reason::kNotFound,
                  ShimProgram(options_.paths) +
                      ": the shim is not installed; install assay first");
    }
    if (auto read = ReadDaemonFile(); !read) return read.error();
    if (auto taken = TakePlainRunc(); !taken) return taken.error();
    if (const Json::Object* named = settings_.FindObject("runtimes")) {
      for (const auto& [name, runtime] : *named) {
        if (name == kDockerRuntime) continue;
        if (auto taken = Take(name, runtime); !taken) return taken.error();
      }
    }
    if (auto changed = PlanFile(); !changed) return changed.error();
    AddNotes();
    return std::move(plan_);
  }

 private:
  Status ReadDaemonFile() {
    auto text = ReadFile(options_.config, kDaemonFileBytes);
    existed_ = static_cast<bool>(text);
    if (!text && text.error().reason != Reason::kNotFound) return text.error();
    if (!text && runtimes_.Lookup("dockerd", "").empty()) {
      return Fail(
          Reason::kNotFound,
          "docker is not installed, and there is no " + options_.config);
    }
    if (text) before_ = *std::move(text);
    const bool blank =
        before_.find_first_not_of(" \t\r\n") == std::string::npos;
    object_ = blank ? std::string(kEmptyObject) : before_;
    auto json = Json::Parse(object_, kDaemonFileBytes);
    if (!json) return BadFile(options_.config, json.error().detail);
    const Json* named = json->Find("runtimes");
    if (json->AsObject() == nullptr ||
        (named != nullptr && named->AsObject() == nullptr)) {
      return BadFile(options_.config, "no object, or its runtimes are none");
    }
    settings_ = *std::move(json);
    return Ok();
  }

  // The link through which a program is called; of one that is wired already
  // the link that it has.
  Result<std::string> LinkOf(const std::string& handler,
                             const std::string& path) {
    std::string program =
        path.starts_with('/') ? path : runtimes_.Lookup(path, "");
    std::string name = handler;
    if (!program.empty() && runtimes_.IsShim(program)) {
      name = std::filesystem::path(program).filename();
      program = LinkTarget(RuntimeLink(options_.paths, name));
    }
    if (!IsRuntimeName(name)) {
      return BadFile(options_.config,
                     "runtime " + Printable(name) +
                         ": a name that cannot be a file's; rename it");
    }
    if (!IsExecutable(program)) {
      return Fail(Reason::kNotFound, "runtime " + handler +
                                         ": its program is not found; "
                                         "install it first");
    }
    auto link = runtimes_.LinkName(name, program);
    if (!link) return link;
    plan_.handlers.push_back({handler, *link, program, ""});
    runtimes_.PlanLinks(*link, program, plan_.links);
    return ShimLink(options_.paths, *link);
  }

  Status TakePlainRunc() {
    auto link = LinkOf(std::string(kRunc), std::string(kRunc));
    if (!link) return link.error();
    wired_[std::string(kDockerRuntime)] =
        Json(Json::Object{{"path", Json(*std::move(link))}});
    return Ok();
  }

  Status Take(const std::string& name, const Json& runtime) {
    if (runtime.AsObject() == nullptr) {
      return BadFile(options_.config, "runtime " + Printable(name));
    }
    const auto program = ProgramOf(runtime);
    if (!program) {
      plan_.handlers.push_back(
          {name, "", "",
           "no OCI runtime: " + *runtime.FindString("runtimeType")});
      wired_[name] = runtime;
      return Ok();
    }
    auto link = LinkOf(name, program->path);
    if (!link) return link.error();
    wired_[name] = WithProgram(runtime, {program->is_option, *std::move(link)});
    return Ok();
  }

  Status PlanFile() {
    const std::string* standard = settings_.FindString("default-runtime");
    const bool plain = standard == nullptr || IsPlainRunc(*standard);
    std::string text = object_;
    Json::Object expected = *settings_.AsObject();
    const auto set = [&](const std::string& key, Json value) {
      const auto known = expected.find(key);
      if (known != expected.end() && known->second.Dump() == value.Dump()) {
        return;
      }
      text = SetMember(text, key, value.Dump());
      expected[key] = std::move(value);
    };
    set("runtimes", Json(wired_));
    if (plain) set("default-runtime", Json(std::string(kDockerRuntime)));
    const auto after = Json::Parse(text, kDaemonFileBytes);
    if (!after || after->Dump() != Json(std::move(expected)).Dump()) {
      return BadFile(options_.config,
                     "it is written in a way that Assay does not edit");
    }
    if (text == object_) return Ok();
    plan_.files.push_back({options_.config, existed_, before_, text});
    return Ok();
  }

  void AddNotes() {
    const Json* features = settings_.Find("features");
    const Json* store = features == nullptr
                            ? nullptr
                            : features->Find("containerd-snapshotter");
    const bool in_containerd =
        store != nullptr && store->AsBool() != nullptr && *store->AsBool();
    if (in_containerd) return;
    plan_.notes.push_back(
        options_.config +
        " does not give docker containerd's image store, without which nobody "
        "can tell what a container is, and each is refused (subject-storage). "
        "Set \"features\": {\"containerd-snapshotter\": true}, restart docker, "
        "and pull or load the images again");
  }

  const WireOptions& options_;
  Runtimes runtimes_;
  bool existed_ = false;
  std::string before_;
  std::string object_;  // `before_`, or an empty one
  Json settings_;
  Json::Object wired_;  // what "runtimes" shall be
  WirePlan plan_;
};

}  // namespace

Result<WirePlan> PlanDocker(const WireOptions& options) {
  return DockerPlanner(options).Plan();
}

std::string UnwireDocker(const WireOptions& options, const std::string& text) {
  const auto settings = Json::Parse(text, kDaemonFileBytes);
  if (!settings || settings->AsObject() == nullptr) return text;
  const Runtimes known(options);
  std::string plain = text;
  if (const Json::Object* named = settings->FindObject("runtimes")) {
    Json::Object left;
    bool ours = false;
    for (const auto& [name, runtime] : *named) {
      ours = ours || name == kDockerRuntime;
      if (name == kDockerRuntime) continue;
      left[name] = runtime;
      const auto program =
          runtime.AsObject() == nullptr ? std::nullopt : ProgramOf(runtime);
      if (!program || !known.IsShim(program->path)) continue;
      ours = true;
      const std::string link = std::filesystem::path(program->path).filename();
      left[name] = WithProgram(
          runtime,
          {program->is_option, LinkTarget(RuntimeLink(options.paths, link))});
    }
    if (ours && left.empty()) plain = DropMember(plain, "runtimes");
    if (ours && !left.empty()) {
      plain = SetMember(plain, "runtimes", Json(std::move(left)).Dump());
    }
  }
  const std::string* standard = settings->FindString("default-runtime");
  return standard != nullptr && *standard == kDockerRuntime
             ? DropMember(plain, "default-runtime")
             : plain;
}

}  // namespace assay
