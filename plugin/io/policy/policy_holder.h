// PolicyHolder: the policy in force. A new one replaces it whole or not at
// all; at first there is none, and none means that everything is refused.
// Thread-safe.
#ifndef ASSAY_IO_POLICY_POLICY_HOLDER_H_
#define ASSAY_IO_POLICY_POLICY_HOLDER_H_

#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/clock.h"
#include "io/policy/policy_loader.h"

namespace assay {

class PolicyHolder {
 public:
  explicit PolicyHolder(const Paths& paths) : loader_(paths) {}

  std::shared_ptr<const Policy> Current() const;

  // Reads the files anew. False when they were not taken; then the policy in
  // force stays and LastDiagnostics says why.
  bool Reload();

  // Of the last Reload; empty when it was taken.
  Diagnostics LastDiagnostics() const;
  // Where the last Reload looked for keys.
  std::set<std::string> TrustFolders() const;
  // Which files of the TUF repository it asked for.
  std::set<std::string> PublishedFiles() const;
  // What it asked of the cluster; where it was not taken, what the policy in
  // force did as well.
  std::set<ClusterReference> ClusterReferences() const;
  // When the policy in force was taken.
  Time LoadedAt() const;

 private:
  PolicyLoader loader_;
  std::mutex reloading_;  // one reader of files at a time
  mutable std::mutex mutex_;
  std::shared_ptr<const Policy> current_;
  Diagnostics diagnostics_;
  AskedTrust asked_;
  Time loaded_at_{};
};

}  // namespace assay

#endif  // ASSAY_IO_POLICY_POLICY_HOLDER_H_
