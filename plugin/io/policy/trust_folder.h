// TrustFolder: reads the key files that a policy names, from the trust folder
// or by absolute path. What decides about trust must be root's (or our own)
// and writable by nobody else.
#ifndef ASSAY_IO_POLICY_TRUST_FOLDER_H_
#define ASSAY_IO_POLICY_TRUST_FOLDER_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/schemes/scheme_table.h"

namespace assay {

class TrustFolder : public TrustFiles {
 public:
  explicit TrustFolder(std::string folder) : folder_(std::move(folder)) {}

  // A folder is read as a mounted Kubernetes Secret or ConfigMap is: through
  // one resolved `..data` where there is one, so that the files are of one
  // generation; names that begin with a dot are skipped.
  Result<std::vector<TrustFile>> Read(std::string_view name) override;

 private:
  std::string folder_;
};

}  // namespace assay

#endif  // ASSAY_IO_POLICY_TRUST_FOLDER_H_
