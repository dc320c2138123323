// TrustFolder: reads the key files that a policy names, from the trust folder
// or by absolute path. What decides about trust must be root's (or our own)
// and writable by nobody else.
#ifndef ASSAY_IO_POLICY_TRUST_FOLDER_H_
#define ASSAY_IO_POLICY_TRUST_FOLDER_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/schemes/trust_files.h"

namespace assay {

class TrustFolder : public TrustFiles {
 public:
  explicit TrustFolder(std::string folder) : folder_(std::move(folder)) {}

  // A folder is read as a mounted Kubernetes Secret or ConfigMap is: through
  // one resolved `..data` where there is one, so that the files are of one
  // generation; names that begin with a dot are skipped.
  Result<std::vector<TrustFile>> Read(std::string_view name) override;

  TrustKind KindOf(std::string_view name) override;
  Result<std::vector<TrustFile>> ReadPlain(std::string_view name) override;

  // Where whatever was asked for lies, found or not: what to watch for changes.
  const std::set<std::string>& asked_folders() const { return asked_folders_; }

 private:
  std::string PathOf(std::string_view name) const;
  // Remembers where it lies.
  TrustKind Look(const std::string& path);

  std::string folder_;
  std::set<std::string> asked_folders_;
};

}  // namespace assay

#endif  // ASSAY_IO_POLICY_TRUST_FOLDER_H_
