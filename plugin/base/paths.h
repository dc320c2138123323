// Where everything is. One root moves all of it, so that tests and the quick
// start run beside a real installation without touching it.
#ifndef ASSAY_BASE_PATHS_H_
#define ASSAY_BASE_PATHS_H_

#include <string>

namespace assay {

class Paths {
 public:
  // `root` is "" for the host itself, else an absolute folder without a final
  // slash that stands for "/".
  explicit Paths(std::string root = {}) : root_(std::move(root)) {}

  const std::string& root() const { return root_; }
  std::string Config() const { return root_ + "/etc/assay/assayd.toml"; }
  std::string ConfigDir() const { return root_ + "/etc/assay/assayd.d"; }
  std::string VendorDir() const { return root_ + "/usr/lib/assay"; }
  std::string PolicyDir() const { return root_ + "/etc/assay/policy.d"; }
  std::string BreakGlassDir() const {
    return root_ + "/etc/assay/break-glass.d";
  }
  std::string TrustDir() const { return root_ + "/etc/assay/trust"; }
  std::string RuntimesDir() const { return root_ + "/etc/assay/runtimes"; }
  std::string StateDir() const { return root_ + "/var/lib/assay"; }
  std::string EvidenceDir() const { return StateDir() + "/evidence"; }
  std::string RevocationDir() const { return StateDir() + "/revocation"; }
  std::string KubernetesDir() const { return StateDir() + "/kubernetes"; }
  std::string TrustDataDir() const { return StateDir() + "/trust-data"; }
  std::string TufState() const { return StateDir() + "/tuf/state.json"; }
  // What the canary last proved.
  std::string Proof() const { return StateDir() + "/proof.json"; }
  // The head and the key of the audit log.
  std::string AuditState() const { return StateDir() + "/audit"; }
  std::string AuditLog() const { return root_ + "/var/log/assay/audit.jsonl"; }
  std::string RunDir() const { return root_ + "/run/assay"; }
  std::string AskSocket() const { return RunDir() + "/ask.sock"; }
  std::string ImageSocket() const { return RunDir() + "/image.sock"; }
  std::string EnforcerSocket() const { return RunDir() + "/assayd.sock"; }
  // The shim's own folder: links named after runtimes point to the shim.
  std::string ShimDir() const { return VendorDir() + "/bin"; }

 private:
  std::string root_;
};

}  // namespace assay

#endif  // ASSAY_BASE_PATHS_H_
