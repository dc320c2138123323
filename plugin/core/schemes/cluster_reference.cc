#include "core/schemes/cluster_reference.h"

#include <algorithm>
#include <vector>

#include "base/bytes.h"
#include "core/schemes/kubernetes_object.h"

namespace assay {
namespace {

constexpr std::size_t kLongestNamespace = 63;
constexpr std::size_t kLongestObjectName = 253;

// RFC 1123, as Kubernetes has it: lower case, begins and ends with a letter or
// a digit.
bool IsClusterLabel(std::string_view text, std::size_t longest) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= longest && plain(text.front()) &&
         plain(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return plain(c) || c == '-'; });
}

std::vector<std::string_view> SplitReference(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(by);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool IsClusterName(std::string_view text) {
  const auto labels = SplitReference(text, '.');
  return text.size() <= kLongestObjectName &&
         std::all_of(labels.begin(), labels.end(), [](std::string_view label) {
           return IsClusterLabel(label, kLongestObjectName);
         });
}

Error BadReference(std::string_view text) {
  return Fail(Reason::kPolicyMalformed,
              "'" + Printable(text) +
                  "' is to be k8s://NAMESPACE/NAME or "
                  "k8s://configmap/NAMESPACE/NAME, with #ENTRY behind it");
}

}  // namespace

std::string_view ClusterObject::KindName() const {
  return kind == ClusterKind::kSecret ? "Secret" : "ConfigMap";
}

std::string_view ClusterObject::Plural() const {
  return kind == ClusterKind::kSecret ? "secrets" : "configmaps";
}

std::string ClusterObject::str() const {
  const std::string_view word =
      kind == ClusterKind::kSecret ? "secret/" : "configmap/";
  return std::string(kClusterPrefix)
      .append(word)
      .append(name_space)
      .append("/")
      .append(name);
}

Result<ClusterReference> ClusterReference::Parse(std::string_view text) {
  if (!text.starts_with(kClusterPrefix)) return BadReference(text);
  const auto hash = text.find('#');
  const auto item = hash == text.npos ? "" : text.substr(hash + 1);
  if (hash != text.npos && !IsVolumeEntry(item)) return BadReference(text);
  auto parts =
      SplitReference(text.substr(0, hash).substr(kClusterPrefix.size()), '/');
  ClusterReference reference;
  if (parts.size() == 3) {
    const bool map = parts.front() == "configmap";
    if (!map && parts.front() != "secret") return BadReference(text);
    if (map) reference.object.kind = ClusterKind::kConfigMap;
    parts.erase(parts.begin());
  }
  if (parts.size() != 2 || !IsClusterLabel(parts[0], kLongestNamespace) ||
      !IsClusterName(parts[1])) {
    return BadReference(text);
  }
  reference.object.name_space = parts[0];
  reference.object.name = parts[1];
  reference.item = item;
  return reference;
}

Status CheckOnDisk(std::string_view name) {
  if (!name.starts_with(kClusterPrefix)) return Ok();
  return Fail(Reason::kPolicyMalformed,
              "'" + Printable(name) +
                  "': only what a signer believes may be in a cluster, not a "
                  "policy of other programs or what that names; mount the "
                  "object as a volume and name its folder");
}

}  // namespace assay
