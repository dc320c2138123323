// The scopes under which tools of containers/image configure an image: what
// policy.json and registries.d have as keys (containers-policy.json.5,
// "docker:"; containers-registries.d.5).
#ifndef ASSAY_CORE_SUBJECT_CONTAINERS_SCOPES_H_
#define ASSAY_CORE_SUBJECT_CONTAINERS_SCOPES_H_

#include <string>
#include <vector>

#include "core/subject/reference.h"

namespace assay {

// The most exact first: the name as it was asked for (a digest stands for
// itself, whatever tag is beside it), its repository, all that is above that up
// to the host with its port, then "*.DOMAIN" for each domain above the host.
std::vector<std::string> ContainersScopes(const Reference& name);

}  // namespace assay

#endif  // ASSAY_CORE_SUBJECT_CONTAINERS_SCOPES_H_
