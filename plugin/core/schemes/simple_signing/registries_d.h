// registries.d of containers/image (docs/containers-registries.d.5.md): which
// lookaside store tools of containers read a repository's signatures from.
//
// What that package's code does counts where its manual says otherwise: a scope
// that names no store for reading leads to the next wider one. Members that are
// unknown there are ignored, as it ignores them.
#ifndef ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_REGISTRIES_D_H_
#define ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_REGISTRIES_D_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence/lookaside_stores.h"
#include "core/schemes/trust_files.h"

namespace assay {

inline constexpr std::string_view kRegistriesD = "/etc/containers/registries.d";

// All *.yaml files of `folder`, which need not be there. Errors: those of
// TrustFiles::ReadSettings and of ParseYaml; kPolicyMalformed (a wrong kind, a
// scope that two files have, an address that is none).
Result<std::shared_ptr<const LookasideStores>> ReadRegistriesD(
    TrustFiles& files, std::string_view folder);

// What to tell of a folder that a policy names: one that is misspelt is silent
// otherwise, as if there were nothing to be set.
std::vector<std::string> RegistriesDWarnings(TrustFiles& files,
                                             const std::string& folder);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIMPLE_SIGNING_REGISTRIES_D_H_
