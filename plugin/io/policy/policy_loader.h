// PolicyLoader reads the policy files and the keys they name from disk.
#ifndef ASSAY_IO_POLICY_POLICY_LOADER_H_
#define ASSAY_IO_POLICY_POLICY_LOADER_H_

#include <memory>
#include <set>
#include <string>

#include "base/paths.h"
#include "core/policy/policy.h"
#include "io/policy/node_trust.h"

namespace assay {

// What a reading of the policy asked for, found or not.
struct AskedTrust {
  std::set<std::string> folders;    // where keys were looked for
  std::set<std::string> published;  // files of the TUF repository
  std::set<ClusterReference> cluster;

  void Add(AskedTrust other);
};

class PolicyLoader {
 public:
  // `fetch` is for those who may wait for an API server.
  explicit PolicyLoader(Paths paths, ClusterFetch fetch = {})
      : paths_(std::move(paths)), fetch_(std::move(fetch)) {}

  // policy.d/*.toml. Null when there is none (kPolicyMissing) or anything is
  // wrong; then `diagnostics` says what, at least once.
  // Fills `asked`, where given.
  std::shared_ptr<const Policy> Load(Diagnostics& diagnostics,
                                     AskedTrust* asked = nullptr) const;

  // A policy that was read before, as Policy::Renew has it. Adds to `asked`.
  std::shared_ptr<const Policy> Renew(const Policy& policy,
                                      Diagnostics& diagnostics,
                                      AskedTrust& asked) const;

  // The same as Load from one file or from a folder's *.toml; keys still come
  // from the trust folder.
  std::shared_ptr<const Policy> LoadFrom(const std::string& path,
                                         Diagnostics& diagnostics) const;
  // The same from a text that is in no file.
  std::shared_ptr<const Policy> LoadText(PolicyFile text,
                                         Diagnostics& diagnostics) const;

 private:
  std::shared_ptr<const Policy> Read(const std::string& path,
                                     Diagnostics& diagnostics,
                                     AskedTrust* asked) const;

  Paths paths_;
  ClusterFetch fetch_;
};

}  // namespace assay

#endif  // ASSAY_IO_POLICY_POLICY_LOADER_H_
