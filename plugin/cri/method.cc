#include "cri/method.h"

#include <algorithm>

namespace assay::cri {
namespace {

constexpr std::string_view kImageServices[] = {"runtime.v1.ImageService",
                                               "runtime.v1alpha2.ImageService"};
constexpr std::string_view kPullName = "pullimage";

bool IsPathLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '_' || c == '-';
}

std::string LowerLetters(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

bool NamesPull(std::string_view path) {
  const std::string lower = LowerLetters(path);
  std::size_t start = 0;
  while (start < lower.size()) {
    const std::size_t end = std::min(lower.find('/', start), lower.size());
    if (std::string_view(lower).substr(start, end - start) == kPullName) {
      return true;
    }
    start = end + 1;
  }
  return false;
}

}  // namespace

Method ReadMethod(std::string_view path) {
  if (path.empty() || !std::all_of(path.begin(), path.end(), IsPathLetter)) {
    return {};
  }
  if (!NamesPull(path)) return {MethodKind::kForward, {}};
  if (path.front() == '/') path.remove_prefix(1);
  for (const std::string_view service : kImageServices) {
    if (path == std::string(service) + "/PullImage") {
      return {MethodKind::kPull, std::string(service)};
    }
  }
  return {};
}

}  // namespace assay::cri
