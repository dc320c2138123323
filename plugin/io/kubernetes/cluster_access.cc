#include "io/kubernetes/cluster_access.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/files/files.h"
#include "io/policy/closed_folder.h"

namespace assay {
namespace {

Error BadAccess(std::string detail) {
  return Fail(Reason::kConfigurationMalformed, std::move(detail));
}

// It goes into a header.
bool IsToken(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7F; });
}

Result<ClusterAccess> ReadServiceAccount(const Paths& paths) {
  auto cluster = ReadPodCluster(paths);
  if (!cluster) return cluster.error();
  auto token =
      ReadFile(paths.root() + kServiceAccount + "/token", limits::kTokenBytes);
  if (!token) return token.error();
  ClusterAccess access;
  access.cluster = *std::move(cluster);
  access.token = *std::move(token);
  access.token.erase(access.token.find_last_not_of("\r\n") + 1);
  return access;
}

}  // namespace

Result<ClusterAccess> ReadClusterAccess(const Paths& paths,
                                        const KubernetesSettings& settings) {
  const auto read = [&]() -> Result<ClusterAccess> {
    const std::string& path = settings.kubeconfig;
    if (path.empty()) return ReadServiceAccount(paths);
    const std::string folder = path.substr(0, path.rfind('/'));
    const Status closed = CheckClosedFolder(folder);
    if (!closed) return closed.error();
    const auto text =
        ReadFile(path, limits::kPolicyFileBytes, FileTrust::kOwnerOrRoot);
    if (!text) return text.error();
    auto access = ReadKubeconfig(*text, folder);
    if (!access) return WithContext(access.error(), path);
    return access;
  };
  auto access = read();
  if (!access) return access;
  if (!access->cluster.server.starts_with("https://")) {
    return BadAccess("the API server is to be reached by https://");
  }
  if (access->client_certificate.empty() && access->token.empty()) {
    return BadAccess("there is neither a client certificate nor a token");
  }
  if (!IsToken(access->token)) {
    return BadAccess("the token holds what no token does");
  }
  return access;
}

}  // namespace assay
