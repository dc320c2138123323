#include "io/wire/runtimes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/bytes.h"
#include "io/wire/journal.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// Without links, as far as the path exists.
std::string Real(const std::string& path) {
  std::error_code ignored;
  return fs::weakly_canonical(path, ignored).string();
}

}  // namespace

bool IsExecutable(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::string LinkTarget(const std::string& path) {
  std::error_code ignored;
  return fs::read_symlink(path, ignored).string();
}

Status ReplaceLink(const std::string& path, const std::string& target) {
  const std::string next = path + ".next";
  ::unlink(next.c_str());
  std::error_code ignored;
  const auto type = fs::symlink_status(path, ignored).type();
  const bool replaceable =
      type == fs::file_type::symlink || type == fs::file_type::not_found;
  if (replaceable && ::symlink(target.c_str(), next.c_str()) == 0 &&
      ::rename(next.c_str(), path.c_str()) == 0) {
    return Ok();
  }
  const int error = replaceable ? errno : EEXIST;
  ::unlink(next.c_str());
  return Fail(Reason::kWriteFailed, path + ": " + std::strerror(error));
}

bool SameFile(const std::string& a, const std::string& b) {
  std::error_code failed;
  return fs::equivalent(a, b, failed) && !failed;
}

bool IsRuntimeName(std::string_view name) {
  return !name.empty() && name.size() < 200 && name[0] != '.' &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "._-") == std::string_view::npos;
}

std::string Runtimes::Lookup(const std::string& name,
                             const std::string& except) const {
  for (const std::string& folder : options_.search_path) {
    const std::string path = folder + "/" + name;
    if (folder != except && IsExecutable(path) && !IsShim(path)) return path;
  }
  return {};
}

bool Runtimes::IsShim(const std::string& path) const {
  return Real(path) == Real(ShimProgram(options_.paths));
}

std::string Runtimes::NameFor(const std::string& handler,
                              const std::string& runtime,
                              const std::string& opt) const {
  if (handler != "runc") return handler;
  const std::string plain = Lookup("runc", opt);
  const bool taken = !plain.empty() && Real(plain) != Real(runtime);
  return taken ? "cri-runc" : handler;
}

Result<std::string> Runtimes::LinkName(const std::string& name,
                                       const std::string& program) const {
  for (const std::string& candidate :
       {name, std::string(RuntimeName(options_.runtime)) + "-" + name}) {
    const std::string link = RuntimeLink(options_.paths, candidate);
    std::error_code ignored;
    const bool free =
        fs::symlink_status(link, ignored).type() == fs::file_type::not_found;
    if (free || SameFile(link, program)) return candidate;
  }
  return Fail(Reason::kConfigurationMalformed,
              RuntimeLink(options_.paths, name) + " is another program than " +
                  Printable(program));
}

void Runtimes::PlanLinks(const std::string& name, const std::string& runtime,
                         std::vector<LinkChange>& links) const {
  PlanLink(RuntimeLink(options_.paths, name), runtime, links);
  PlanLink(ShimLink(options_.paths, name), "../assay-shim", links);
}

void Runtimes::PlanLink(const std::string& path, const std::string& target,
                        std::vector<LinkChange>& links) const {
  for (const auto& link : links) {
    if (link.path == path) return;
  }
  std::error_code ignored;
  const auto type = fs::symlink_status(path, ignored).type();
  const bool retired = type == fs::file_type::symlink &&
                       path.starts_with(options_.paths.ShimDir() + "/") &&
                       !IsShim(path);
  if (type == fs::file_type::not_found || retired) {
    links.push_back({path, target});
    return;
  }
  const auto own = ReadJournal(options_.paths, options_.runtime);
  const auto shared = IsSharedLink(options_.paths, options_.runtime, path);
  if (own && !HasLink(*own, path) && shared && *shared) {
    links.push_back({path, LinkTarget(path)});
  }
}

}  // namespace assay
