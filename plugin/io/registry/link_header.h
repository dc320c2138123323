// The Link header (RFC 8288), of which only the next page matters.
#ifndef ASSAY_IO_REGISTRY_LINK_HEADER_H_
#define ASSAY_IO_REGISTRY_LINK_HEADER_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay::registry {

// The target of the one link with relation "next", relative or absolute as
// written; nullopt when no link has it. Hostile input; a line that is not of
// the grammar, is over 8 KiB or has two next pages is kRegistryProtocol.
Result<std::optional<std::string>> NextLink(std::string_view line);

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_LINK_HEADER_H_
