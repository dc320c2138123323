// PullRequest: what a kubelet says when it wants an image, as far as a verdict
// needs it. Read from the bytes that the runtime will get, and read strictly:
// whatever a runtime might understand otherwise is an error.
#ifndef ASSAY_CRI_PULL_REQUEST_H_
#define ASSAY_CRI_PULL_REQUEST_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay::cri {

// AuthConfig: the pull's own credentials. For the verdict on this one pull;
// never logged, never kept.
struct PullAuth {
  std::string username;
  std::string password;
  std::string server_address;  // "" for the image's own registry
  std::string identity_token;
  std::string registry_token;
};

struct PullRequest {
  std::string image;          // as the pod names it; never empty
  std::string pod_namespace;  // "" where no pod is said
  std::optional<PullAuth> auth;
};

// Larger than any that a runtime takes.
inline constexpr std::size_t kMostPullRequestBytes = 16U << 20;

// A PullImageRequest of runtime.v1, or of v1alpha2, which is alike. Errors:
// kHookMalformed.
Result<PullRequest> ReadPullRequest(std::string_view bytes);

}  // namespace assay::cri

#endif  // ASSAY_CRI_PULL_REQUEST_H_
