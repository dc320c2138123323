#include "io/containerd/place.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::string_view kTasks = "io.containerd.runtime.v2.task";
constexpr std::size_t kMostIdentifier = 76;  // containerd's own limit

// The components of an absolute path that is already in its plain form.
Result<std::vector<std::string>> Components(std::string_view path) {
  std::vector<std::string> parts;
  if (path.empty() || path.front() != '/') {
    return Fail(Reason::kContainerUnknown,
                "bundle " + Printable(path) + " is not an absolute path");
  }
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") {
      return Fail(Reason::kContainerUnknown, "bundle path is not plain");
    }
    parts.emplace_back(part);
    path.remove_prefix(slash);
  }
  return parts;
}

std::string_view LastComponent(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

Error Ambiguous(std::string_view what, std::string_view one,
                std::string_view other) {
  return Fail(
      Reason::kRuntimeAmbiguous,
      std::string(what) + " " + Printable(one) + " or " + Printable(other));
}

Status CheckIdentifiers(const ContainerPlace& place) {
  if (!IsIdentifier(place.runtime_namespace) || !IsIdentifier(place.id)) {
    return Fail(Reason::kRuntimeAmbiguous,
                "namespace " + Printable(place.runtime_namespace) + ", id " +
                    Printable(place.id) + ": not containerd identifiers");
  }
  return Ok();
}

}  // namespace

bool IsIdentifier(std::string_view text) {
  const auto alnum = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= kMostIdentifier &&
         alnum(text.front()) && alnum(text.back()) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return alnum(c) || c == '.' || c == '_' || c == '-';
         });
}

Result<ContainerPlace> LocateContainer(const ContainerClaim& claim) {
  auto parts = Components(claim.bundle);
  if (!parts) return parts.error();
  const std::size_t count = parts->size();
  if (count < 3 || (*parts)[count - 3] != kTasks) {
    return Fail(Reason::kContainerUnknown,
                Printable(claim.bundle) + " is no bundle of containerd's");
  }
  ContainerPlace place{(*parts)[count - 2], (*parts)[count - 1]};
  if (place.id != claim.id) return Ambiguous("id", place.id, claim.id);
  const std::string_view root = LastComponent(claim.runtime_root);
  if (!claim.runtime_root.empty() && root != place.runtime_namespace) {
    return Ambiguous("namespace", place.runtime_namespace, root);
  }
  if (!claim.runtime_namespace.empty() &&
      claim.runtime_namespace != place.runtime_namespace) {
    return Ambiguous("namespace", place.runtime_namespace,
                     claim.runtime_namespace);
  }
  if (auto valid = CheckIdentifiers(place); !valid) return valid.error();
  return place;
}

}  // namespace assay
