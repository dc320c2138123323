#include "cli/cluster_fetch.h"

#include <cstdlib>
#include <filesystem>

#include "base/error_text.h"
#include "io/kubernetes/cluster_client.h"
#include "io/kubernetes/cluster_store.h"

namespace assay {
namespace {

Result<KubernetesSettings> ClusterSettings(const Paths& paths) {
  const auto config = NodeConfig::Read(paths);
  if (!config) return config.error();
  if (config->kubernetes) return *config->kubernetes;
  const char* kubeconfig = std::getenv("KUBECONFIG");
  if (kubeconfig == nullptr || *kubeconfig == '\0') {
    return Fail(Reason::kPolicyKeyUnreadable,
                "assayd.toml has no [kubernetes], and KUBECONFIG is not set");
  }
  std::error_code ignored;  // then it is no file that can be read
  return KubernetesSettings{
      std::filesystem::absolute(kubeconfig, ignored).string()};
}

Error UnknownKeys(const Error& error) {
  return Fail(Reason::kKubernetesPending, ErrorText(error));
}

}  // namespace

ClusterFetch FetchFromCluster(const Paths& paths) {
  return [paths](const ClusterReference& reference)
             -> Result<std::vector<TrustFile>> {
    const auto settings = ClusterSettings(paths);
    if (!settings) return settings.error();
    ClusterClient client([&] { return ReadClusterAccess(paths, *settings); });
    const auto listed = client.Get(reference.object);
    if (!listed) return UnknownKeys(listed.error());
    const Json* object = listed->object ? &*listed->object : nullptr;
    return KeysOf(reference,
                  {listed->version, Time{}, ItemsOf(object, {reference.item})});
  };
}

}  // namespace assay
