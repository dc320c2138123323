// PolicyHolder: the policy in force. New files of policy.d replace it whole or
// not at all; at first there is none, and none means that everything is
// refused. Where they are not taken, those in force stay, key files and all;
// but a key that a cluster took away is gone, whatever else is wrong (decision
// 28). Thread-safe.
#ifndef ASSAY_IO_POLICY_POLICY_HOLDER_H_
#define ASSAY_IO_POLICY_POLICY_HOLDER_H_

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/clock.h"
#include "io/policy/policy_loader.h"

namespace assay {

class PolicyHolder {
 public:
  explicit PolicyHolder(const Paths& paths) : paths_(paths), loader_(paths) {}

  std::shared_ptr<const Policy> Current() const;

  // Reads the files anew. False when they were not taken; then LastDiagnostics
  // says why, and what is in force is renewed, as Policy::Renew has it. Whoever
  // keeps verdicts forgets them either way.
  bool Reload();

  // Of the last Reload; empty when it was taken.
  Diagnostics LastDiagnostics() const;
  // What is wrong with files of break-glass; they have no say in whether the
  // policy was taken.
  Diagnostics BreakGlassDiagnostics() const;
  // Where the last Reload looked for keys, also those of the files in force.
  std::set<std::string> TrustFolders() const;
  // Which files of the TUF repository it asked for.
  std::set<std::string> PublishedFiles() const;
  // What it asked of the cluster.
  std::set<ClusterReference> ClusterReferences() const;
  // When the policy in force became what it is.
  Time LoadedAt() const;

 private:
  std::shared_ptr<const Policy> Renew(Diagnostics& diagnostics,
                                      AskedTrust& asked) const;

  const Paths paths_;
  PolicyLoader loader_;
  std::mutex reloading_;         // one reader of files at a time
  std::optional<Digest> taken_;  // of the last policy whose files were taken
  mutable std::mutex mutex_;
  std::shared_ptr<const Policy> current_;
  Diagnostics diagnostics_;
  Diagnostics break_glass_diagnostics_;
  AskedTrust asked_;
  Time loaded_at_{};
};

}  // namespace assay

#endif  // ASSAY_IO_POLICY_POLICY_HOLDER_H_
