// NodeTrust: the trust folder of a node, and what the TUF repository of its
// assayd.toml publishes, from disk alone.
#ifndef ASSAY_IO_POLICY_NODE_TRUST_H_
#define ASSAY_IO_POLICY_NODE_TRUST_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/paths.h"
#include "io/policy/trust_folder.h"
#include "io/tuf/tuf_store.h"

namespace assay {

// For one thread, and for one reading of the policy.
class NodeTrust final : public TrustFolder {
 public:
  explicit NodeTrust(const Paths& paths)
      : TrustFolder(paths.TrustDir()), paths_(paths) {}

  std::string OnNode(std::string_view path) const override {
    return paths_.root() + std::string(path);
  }

  // Errors: kPolicyMalformed (a name no repository has, too many names),
  // kPolicyKeyUnreadable (no [trust.tuf], a pinned root that cannot be used),
  // kTrustMissing.
  Result<PublishedFile> ReadPublished(std::string_view name) override;

  // What was asked for: what a refresh should fetch.
  const std::set<std::string>& published_names() const { return names_; }

 private:
  struct Repository {
    TufSettings settings;
    TufState state;
  };
  Result<Repository> Open() const;

  Paths paths_;
  std::set<std::string> names_;
  std::optional<Result<Repository>> repository_;  // opened when it is needed
};

}  // namespace assay

#endif  // ASSAY_IO_POLICY_NODE_TRUST_H_
