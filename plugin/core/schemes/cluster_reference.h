// How a policy names keys that live in a Kubernetes cluster:
//
//   k8s://NAMESPACE/NAME            a Secret, as cosign names it
//   k8s://secret/NAMESPACE/NAME     the same
//   k8s://configmap/NAMESPACE/NAME  a ConfigMap
//
// each of which may go on with #ENTRY.
#ifndef ASSAY_CORE_SCHEMES_CLUSTER_REFERENCE_H_
#define ASSAY_CORE_SCHEMES_CLUSTER_REFERENCE_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

inline constexpr std::string_view kClusterPrefix = "k8s://";

enum class ClusterKind : std::uint8_t { kSecret = 1, kConfigMap };

// One object of a cluster; a plain value.
struct ClusterObject {
  ClusterKind kind = ClusterKind::kSecret;
  std::string name_space;
  std::string name;

  auto operator<=>(const ClusterObject&) const = default;
  std::string_view KindName() const;  // "Secret": as its `kind` says
  std::string_view Plural() const;    // "secrets": as paths of the API say
  std::string str() const;            // "k8s://secret/NAMESPACE/NAME"
};

struct ClusterReference {
  ClusterObject object;
  std::string item;  // the entry, "" where none is named

  auto operator<=>(const ClusterReference&) const = default;

  // Error: kPolicyMalformed.
  static Result<ClusterReference> Parse(std::string_view text);
};

// That a policy of other programs, or what one names, is no name of a cluster.
// Error: kPolicyMalformed, with what to do instead.
Status CheckOnDisk(std::string_view name);

// Whether it says what a cluster holds: nothing that is known yet
// (kKubernetesPending), or nothing (kKubernetesGone). All else is a mistake of
// whoever asks.
inline bool IsClusterAnswer(const Error& error) {
  return error.reason == Reason::kKubernetesPending ||
         error.reason == Reason::kKubernetesGone;
}

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_CLUSTER_REFERENCE_H_
