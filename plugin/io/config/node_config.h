// NodeConfig: assayd.toml and assayd.d/*.toml, the node's own settings. The
// policy is not here: it lives in policy.d (core/policy).
#ifndef ASSAY_IO_CONFIG_NODE_CONFIG_H_
#define ASSAY_IO_CONFIG_NODE_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/paths.h"
#include "base/result.h"
#include "base/toml.h"
#include "io/audit/audit_files.h"

namespace assay {

// [trust.tuf]: the TUF repository whose files signers may name as tuf:NAME.
struct TufSettings {
  std::string mirror;  // https, or http on this host
  std::string root;    // the pinned root; relative to the trust folder
  std::string ca;      // authorities of the mirror beside the system's
  std::uint64_t refresh_minutes = 60;
  // How long signers rely on what is kept after its timestamp has expired.
  std::uint64_t stale_after_hours = 72;
};

// [kubernetes]: the API server whose objects signers may name as k8s://.
struct KubernetesSettings {
  std::string kubeconfig;  // absolute; "" for the service account of a pod
};

// [image_proxy]: the runtime whose image service is served on image.sock.
struct ImageProxySettings {
  std::string address;  // its socket; absolute, "" for containerd's
};

// [nri]: the runtime whose plugin the daemon is.
struct NriSettings {
  std::string socket;  // absolute
};

// [metrics]: where Prometheus reads them; either a path or a host.
struct MetricsSettings {
  std::string path;  // of a unix socket; absolute
  std::string host;  // an IP address
  std::uint16_t port = 0;

  // "127.0.0.1:9427", "[::1]:9427" or "unix:/run/assay/metrics.sock". Null
  // where it is none of these.
  static std::optional<MetricsSettings> Parse(std::string_view listen);
  std::string str() const;
};

struct NodeConfig {
  // [create]
  bool allow_restore = false;
  // [containerd]
  std::string containerd_address = "/run/containerd/containerd.sock";
  std::vector<std::string> trusted_snapshotters;
  // [storage]: containers-storage, of CRI-O and podman
  std::vector<std::string> storage_roots = {"/var/lib/containers/storage"};
  std::vector<std::string> storage_run_roots = {"/run/containers/storage"};
  // [registry]
  std::vector<std::string> hosts_dirs = {"/etc/containerd/certs.d"};
  std::vector<std::string> credential_files = {"/etc/assay/credentials.json",
                                               "/root/.docker/config.json"};
  std::vector<std::string> trusted_realms;
  // [evidence]
  std::uint64_t evidence_max_bytes = 2ULL << 30;
  std::uint64_t evidence_max_age_days = 30;
  // [audit]
  AuditLimits audit;
  // Nothing where no file has the section.
  std::optional<TufSettings> tuf;
  std::optional<KubernetesSettings> kubernetes;
  std::optional<ImageProxySettings> image_proxy;
  std::optional<NriSettings> nri;
  std::optional<MetricsSettings> metrics;

  // Defaults, then assayd.toml, then assayd.d in name order; later files win
  // key by key. Absent files are fine; a wrong one is not. Null on problems,
  // with at least one Diagnostic.
  static std::optional<NodeConfig> Load(const Paths& paths,
                                        Diagnostics& diagnostics);
  // The same with all problems in one. Errors: kConfigurationMalformed.
  static Result<NodeConfig> Read(const Paths& paths);

  // Sentences about every setting that weakens what is decided, for start-up,
  // `status` and `doctor`; the policy has its own.
  std::vector<std::string> Doors() const;
};

}  // namespace assay

#endif  // ASSAY_IO_CONFIG_NODE_CONFIG_H_
