#include "io/policy/volume_links.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <filesystem>
#include <system_error>

namespace assay {
namespace {

constexpr std::string_view kData = "..data";
constexpr int kMostLinks = 40;  // as Linux has it

std::optional<std::string> LinkTarget(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  if (size <= 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(size));
}

// Takes the first component off `rest`; empty at the end.
std::string TakeComponent(std::string& rest) {
  const auto begin = rest.find_first_not_of('/');
  if (begin == rest.npos) {
    rest.clear();
    return {};
  }
  const auto end = std::min(rest.find('/', begin), rest.size());
  std::string component = rest.substr(begin, end - begin);
  rest.erase(0, end);
  return component;
}

std::optional<std::string> GenerationNow(const std::string& folder) {
  const auto target = LinkTarget(folder + "/" + std::string(kData));
  if (!target || target->size() <= 2 || !target->starts_with("..") ||
      target->find('/') != std::string::npos) {
    return std::nullopt;
  }
  return folder + "/" + *target;
}

}  // namespace

std::optional<std::string> VolumeLinks::Generation(const std::string& folder) {
  const auto known = generations_.find(folder);
  if (known != generations_.end()) return known->second;
  const auto found = GenerationNow(folder);
  if (found) generations_.emplace(folder, *found);
  return found;
}

bool VolumeLinks::Replaced() const {
  return std::any_of(generations_.begin(), generations_.end(),
                     [](const auto& known) {
                       const auto& [folder, generation] = known;
                       return GenerationNow(folder) != generation;
                     });
}

std::string VolumeLinks::Resolve(std::string_view path) {
  std::string done;
  std::error_code ignored;  // then the path is empty, and leads to "/"
  std::string rest = std::filesystem::absolute(path, ignored).string();
  int links = 0;
  for (std::string component = TakeComponent(rest); !component.empty();
       component = TakeComponent(rest)) {
    const auto generation =
        component == kData ? Generation(done) : std::nullopt;
    const std::string next = done + "/" + component;
    if (generation) {
      done = *generation;
    } else if (component == "..") {
      done.erase(std::min(done.rfind('/'), done.size()));
    } else if (const auto target = LinkTarget(next)) {
      if (++links > kMostLinks) return next + rest;
      if (target->starts_with('/')) done.clear();
      rest = *target + rest;
    } else if (component != ".") {
      done = next;
    }
  }
  return done.empty() ? "/" : done;
}

}  // namespace assay
