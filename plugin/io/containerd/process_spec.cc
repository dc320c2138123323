#include "io/containerd/process_spec.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr std::string_view kDefaultPath =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

Error Malformed(std::string_view what) {
  return Fail(Reason::kHookMalformed, "config.json: " + std::string(what));
}

// A key as Go's decoder compares keys: without case, and with the two letters
// beyond ASCII that fold into it.
std::string Folded(std::string_view key) {
  std::string folded;
  while (!key.empty()) {
    if (key.starts_with("\u017F")) {
      folded += 's';
      key.remove_prefix(2);
    } else if (key.starts_with("\u212A")) {
      folded += 'k';
      key.remove_prefix(3);
    } else {
      const char c = key.front();
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      key.remove_prefix(1);
    }
  }
  return folded;
}

// runc takes "Root" for "root", and the later of the two counts; crun does
// not. What two runtimes read in two ways is not judged.
Status CheckSpelling(const Json& json,
                     std::initializer_list<std::string_view> known) {
  const Json::Object* object = json.AsObject();
  if (object == nullptr) return Ok();
  for (const auto& [key, value] : *object) {
    for (const std::string_view name : known) {
      if (key != name && Folded(key) == name) {
        return Malformed("'" + Printable(key, 80) + "' is not '" +
                         std::string(name) + "'");
      }
    }
  }
  return Ok();
}

// A missing list is an empty one.
Result<std::vector<std::string>> Strings(const Json& object,
                                         std::string_view key) {
  std::vector<std::string> strings;
  const Json* member = object.Find(key);
  if (member == nullptr || member->IsNull()) return strings;
  const Json::Array* array = member->AsArray();
  if (array == nullptr) return Malformed(key);
  for (const Json& element : *array) {
    const std::string* text = element.AsString();
    if (text == nullptr) return Malformed(key);
    strings.push_back(*text);
  }
  return strings;
}

// True for every spelling of "/": what is left after the components that a
// mount's destination walks through cancel out.
bool IsRoot(std::string_view path) {
  std::size_t depth = 0;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part == "..") {
      depth -= depth > 0 ? 1 : 0;
    } else if (!part.empty() && part != ".") {
      ++depth;
    }
  }
  return depth == 0;
}

std::vector<std::string> LowerFoldersOf(const std::string& option) {
  constexpr std::string_view kLower = "lowerdir=";
  std::vector<std::string> folders;
  if (!option.starts_with(kLower)) return folders;
  std::string_view rest = std::string_view(option).substr(kLower.size());
  while (!rest.empty()) {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    folders.emplace_back(rest.substr(0, colon));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return folders;
}

// runc tells a bind mount by its options, whatever the type says.
Status ReadMount(const Json& entry, ProcessSpec& spec) {
  if (auto plain =
          CheckSpelling(entry, {"destination", "source", "type", "options"});
      !plain) {
    return plain;
  }
  const std::string* destination = entry.FindString("destination");
  if (destination == nullptr) return Malformed("mounts.destination");
  if (IsRoot(*destination)) spec.root_covered = true;
  auto options = Strings(entry, "options");
  if (!options) return options.error();
  const auto has = [&](std::string_view name) {
    return std::find(options->begin(), options->end(), name) != options->end();
  };
  const std::string* type = entry.FindString("type");
  const std::string* source = entry.FindString("source");
  const bool binds =
      has("bind") || has("rbind") || (type != nullptr && *type == "bind");
  if (binds && source != nullptr) {
    spec.binds.push_back({*destination, *source, has("ro") && !has("rw")});
  }
  for (const std::string& option : *options) {
    auto folders = LowerFoldersOf(option);
    if (folders.empty()) continue;
    spec.overlays.push_back({*destination, std::move(folders)});
  }
  return Ok();
}

Status ReadAnnotations(const Json& document, ProcessSpec& spec) {
  const Json* annotations = document.Find("annotations");
  if (annotations == nullptr || annotations->IsNull()) return Ok();
  const Json::Object* members = annotations->AsObject();
  if (members == nullptr) return Malformed("annotations");
  for (const auto& [key, value] : *members) {
    const std::string* text = value.AsString();
    if (text == nullptr) return Malformed("annotations");
    spec.annotations.emplace(key, *text);
  }
  return Ok();
}

Status ReadMounts(const Json& document, ProcessSpec& spec) {
  const Json* mounts = document.Find("mounts");
  if (mounts == nullptr || mounts->IsNull()) return Ok();
  const Json::Array* entries = mounts->AsArray();
  if (entries == nullptr) return Malformed("mounts");
  for (const Json& entry : *entries) {
    if (Status read = ReadMount(entry, spec); !read) return read;
  }
  return Ok();
}

Status ReadProcess(const Json& process, ProcessSpec& spec) {
  if (auto plain = CheckSpelling(process, {"args", "env", "cwd", "user"});
      !plain) {
    return plain;
  }
  auto args = Strings(process, "args");
  if (!args) return args.error();
  auto env = Strings(process, "env");
  if (!env) return env.error();
  spec.args = *std::move(args);
  spec.env = *std::move(env);
  if (const auto* cwd = process.FindString("cwd")) spec.cwd = *cwd;
  const Json* user = process.Find("user");
  if (user == nullptr) return Malformed("process.user");
  if (auto plain = CheckSpelling(*user, {"uid", "gid"}); !plain) return plain;
  const std::int64_t* uid = user->FindInt("uid");
  const std::int64_t* gid = user->FindInt("gid");
  spec.uid = uid == nullptr ? 0 : *uid;
  spec.gid = gid == nullptr ? 0 : *gid;
  return Ok();
}

std::optional<std::int64_t> ToId(std::string_view text) {
  std::int64_t id = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 0) {
    return std::nullopt;
  }
  return id;
}

bool SameUser(const ProcessSpec& process, const std::string& user) {
  if (user.empty()) return process.uid == 0 && process.gid == 0;
  const std::size_t colon = std::min(user.find(':'), user.size());
  const auto uid = ToId(std::string_view(user).substr(0, colon));
  if (!uid || *uid != process.uid) return false;
  if (colon == user.size()) return true;
  const auto gid = ToId(std::string_view(user).substr(colon + 1));
  return gid && *gid == process.gid;
}

// What runtimes add of themselves: none of it can change what is run.
bool IsAddedByRuntime(const std::string& entry) {
  return entry == "TERM=xterm" || entry.starts_with("HOSTNAME=");
}

bool SameEnvironment(const ProcessSpec& process, const ImageConfig& config) {
  std::vector<std::string> wanted = config.env;
  const bool has_path =
      std::any_of(wanted.begin(), wanted.end(),
                  [](const auto& e) { return e.starts_with("PATH="); });
  if (!has_path) wanted.emplace_back(kDefaultPath);
  std::vector<std::string> given = process.env;
  std::erase_if(given, [&](const std::string& entry) {
    return IsAddedByRuntime(entry) &&
           std::find(wanted.begin(), wanted.end(), entry) == wanted.end();
  });
  std::sort(wanted.begin(), wanted.end());
  std::sort(given.begin(), given.end());
  return wanted == given;
}

}  // namespace

Result<ProcessSpec> ProcessSpec::Parse(std::string_view json) {
  auto document = Json::Parse(json, limits::kBundleConfigBytes);
  if (!document) return Malformed(document.error().detail);
  Status plain =
      CheckSpelling(*document, {"root", "process", "mounts", "annotations"});
  const Json* root = document->Find("root");
  if (plain && root != nullptr) plain = CheckSpelling(*root, {"path"});
  if (!plain) return plain.error();
  ProcessSpec spec;
  const std::string* path =
      root == nullptr ? nullptr : root->FindString("path");
  if (path == nullptr) return Malformed("root.path");
  spec.root_path = *path;
  const Json* process = document->Find("process");
  if (process == nullptr || process->AsObject() == nullptr) {
    return Malformed("process");
  }
  if (auto read = ReadProcess(*process, spec); !read) return read.error();
  if (auto read = ReadMounts(*document, spec); !read) return read.error();
  if (auto read = ReadAnnotations(*document, spec); !read) return read.error();
  return spec;
}

bool RunsExactly(const ProcessSpec& process, const ImageConfig& config) {
  std::vector<std::string> args = config.entrypoint;
  args.insert(args.end(), config.cmd.begin(), config.cmd.end());
  const std::string cwd = config.working_dir.empty() ? "/" : config.working_dir;
  return process.args == args && process.cwd == cwd &&
         SameEnvironment(process, config) && SameUser(process, config.user);
}

}  // namespace assay
