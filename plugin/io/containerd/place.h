// Where a container lives, from what the shim was called with. Three sources
// name the runtime namespace (the bundle's path, --root, NAMESPACE) and two the
// id; none of them is authenticated, so all that are present must agree.
#ifndef ASSAY_IO_CONTAINERD_PLACE_H_
#define ASSAY_IO_CONTAINERD_PLACE_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/question/question.h"

namespace assay {

struct ContainerPlace {
  std::string runtime_namespace;
  std::string id;
};

// containerd's identifier grammar: alphanumerics, joined by single . _ or -
// signs. Ids end up in paths and headers, so nothing else is let through.
bool IsIdentifier(std::string_view text);

// The bundle must be <state>/io.containerd.runtime.v2.task/<namespace>/<id>.
// Errors: kContainerUnknown (no bundle of containerd's), kRuntimeAmbiguous.
Result<ContainerPlace> LocateContainer(const ContainerClaim& claim);

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_PLACE_H_
