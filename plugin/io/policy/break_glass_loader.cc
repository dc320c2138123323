#include "io/policy/break_glass_loader.h"

#include <utility>

#include "base/limits.h"
#include "io/files/files.h"
#include "io/policy/closed_folder.h"

namespace assay {
namespace {

void Tell(const std::string& path, const Error& error,
          Diagnostics& diagnostics) {
  diagnostics.push_back({error.reason, {path, 0, 0}, error.detail, {}});
}

std::vector<std::string> BreakGlassPaths(const std::string& folder,
                                         Diagnostics& diagnostics) {
  std::vector<std::string> paths;
  const auto names = ListFolder(folder);
  if (!names) {
    if (names.error().reason != Reason::kNotFound) {
      Tell(folder, names.error(), diagnostics);
    }
    return paths;
  }
  for (const std::string& name : *names) {
    if (name.starts_with('.') || !name.ends_with(".toml")) continue;
    paths.push_back(folder + "/" + name);
  }
  return paths;
}

}  // namespace

std::vector<PolicyException> LoadBreakGlass(const Paths& paths,
                                            Diagnostics& diagnostics) {
  const std::string folder = paths.BreakGlassDir();
  if (const Status closed = CheckClosedFolder(folder); !closed) {
    Tell(folder, closed.error(), diagnostics);
    return {};
  }
  std::vector<PolicyFile> files;
  for (const std::string& path : BreakGlassPaths(folder, diagnostics)) {
    auto text =
        ReadFile(path, limits::kPolicyFileBytes, FileTrust::kOwnerOrRoot);
    if (text) {
      files.push_back({path, *std::move(text)});
    } else {
      Tell(path, text.error(), diagnostics);
    }
  }
  auto exceptions = ReadBreakGlass(files, diagnostics);
  if (exceptions.size() > limits::kPolicyExceptions) {
    Tell(folder, Fail(Reason::kTooLarge, "too many exceptions: none counts"),
         diagnostics);
    exceptions.clear();
  }
  return exceptions;
}

std::shared_ptr<const Policy> WithBreakGlass(
    std::shared_ptr<const Policy> policy, const Paths& paths,
    Diagnostics& diagnostics) {
  auto exceptions = LoadBreakGlass(paths, diagnostics);
  if (policy == nullptr || exceptions.empty()) return policy;
  return policy->With(std::move(exceptions));
}

}  // namespace assay
