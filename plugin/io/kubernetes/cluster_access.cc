#include "io/kubernetes/cluster_access.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/files/files.h"
#include "io/policy/closed_folder.h"

namespace assay {
namespace {

constexpr const char* kServiceAccount =
    "/var/run/secrets/kubernetes.io/serviceaccount";

Error BadAccess(std::string detail) {
  return Fail(Reason::kConfigurationMalformed, std::move(detail));
}

// It goes into a header.
bool IsToken(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7F; });
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

Result<ClusterAccess> ReadServiceAccount(const Paths& paths) {
  const std::string host = Environment("KUBERNETES_SERVICE_HOST");
  const std::string port = Environment("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty()) {
    return BadAccess(
        "[kubernetes] names no kubeconfig, and KUBERNETES_SERVICE_HOST and "
        "KUBERNETES_SERVICE_PORT are not set, as in a pod they are");
  }
  const bool six = host.find(':') != host.npos;
  ClusterAccess access;
  access.server = "https://" + (six ? "[" + host + "]" : host) + ":" + port;
  const std::string folder = paths.root() + kServiceAccount;
  auto authorities = ReadFile(folder + "/ca.crt", limits::kKeyFileBytes,
                              FileTrust::kOwnerOrRoot);
  if (!authorities) return authorities.error();
  if (authorities->empty()) return BadAccess(folder + "/ca.crt is empty");
  auto token = ReadFile(folder + "/token", limits::kTokenBytes);
  if (!token) return token.error();
  access.authorities = *std::move(authorities);
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
  if (!access->server.starts_with("https://")) {
    return BadAccess("the API server is to be reached by https://");
  }
  while (access->server.ends_with('/')) access->server.pop_back();
  if (access->client_certificate.empty() && access->token.empty()) {
    return BadAccess("there is neither a client certificate nor a token");
  }
  if (!IsToken(access->token)) {
    return BadAccess("the token holds what no token does");
  }
  return access;
}

}  // namespace assay
