#include "io/kubernetes/cluster_identity.h"

#include <cstdlib>
#include <utility>

#include "base/digest.h"
#include "base/limits.h"
#include "io/files/files.h"

namespace assay {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

Error NoPod(std::string detail) {
  return Fail(Reason::kConfigurationMalformed, std::move(detail));
}

}  // namespace

std::string ClusterIdentity::str() const {
  return Digest::Of(server + "\n" + authorities).str();
}

Result<ClusterIdentity> ReadPodCluster(const Paths& paths) {
  const std::string host = Environment("KUBERNETES_SERVICE_HOST");
  const std::string port = Environment("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty()) {
    return NoPod(
        "[kubernetes] names no kubeconfig, and KUBERNETES_SERVICE_HOST and "
        "KUBERNETES_SERVICE_PORT are not set, as in a pod they are");
  }
  const bool six = host.find(':') != host.npos;
  const std::string file = paths.root() + kServiceAccount + "/ca.crt";
  auto authorities =
      ReadFile(file, limits::kKeyFileBytes, FileTrust::kOwnerOrRoot);
  if (!authorities) return authorities.error();
  if (authorities->empty()) return NoPod(file + " is empty");
  return ClusterIdentity{
      "https://" + (six ? "[" + host + "]" : host) + ":" + port,
      *std::move(authorities)};
}

std::optional<ClusterIdentity> FindClusterIdentity(
    const Paths& paths, const KubernetesSettings& settings) {
  const auto read = [&]() -> Result<ClusterIdentity> {
    const std::string& path = settings.kubeconfig;
    if (path.empty()) return ReadPodCluster(paths);
    const auto text =
        ReadFile(path, limits::kPolicyFileBytes, FileTrust::kOwnerOrRoot);
    if (!text) return text.error();
    return ReadKubeconfigCluster(*text, path.substr(0, path.rfind('/')));
  };
  auto identity = read();
  if (!identity) return std::nullopt;
  return *std::move(identity);
}

}  // namespace assay
