// SigstoreAttachments: for which images registries.d has tools of containers
// look for cosign's signatures in the registry ("use-sigstore-attachments" of
// containers-registries.d.5); they do so nowhere else. Immutable.
#ifndef ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_SIGSTORE_ATTACHMENTS_H_
#define ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_SIGSTORE_ATTACHMENTS_H_

#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "core/schemes/trust_files.h"
#include "core/subject/reference.h"

namespace assay {

class SigstoreAttachments {
 public:
  // All *.yaml files of `folder`, which need not be there; that no two files
  // have one scope is for ReadRegistriesD to see. Errors: those of
  // TrustFiles::ReadSettings and of ParseYaml; kPolicyMalformed.
  static Result<SigstoreAttachments> Read(TrustFiles& files,
                                          std::string_view folder);

  // As the most exact scope has it that says so at all.
  bool UsedFor(const Reference& name) const;
  bool UsedAnywhere() const;

 private:
  Status Add(const TrustFile& file);
  Status AddScope(const std::string& scope, const Json& section,
                  const std::string& path);

  std::map<std::string, bool, std::less<>> scopes_;  // "" for all others
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_SIGSTORE_ATTACHMENTS_H_
