// The WWW-Authenticate header (RFC 9110 section 11.6.1), as registries use it
// to say how they want to be asked (distribution specification, token.md).
#ifndef ASSAY_IO_REGISTRY_WWW_AUTHENTICATE_H_
#define ASSAY_IO_REGISTRY_WWW_AUTHENTICATE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::registry {

struct Challenge {
  std::string scheme;                         // lower case: "bearer"
  std::map<std::string, std::string> params;  // names in lower case

  // The parameter, "" when absent.
  std::string Param(const std::string& name) const;
};

// All challenges of one header line, in order. Hostile input; a line that is
// not of the grammar, is over 8 KiB or repeats a parameter is an error
// (kRegistryProtocol), not a partial answer.
Result<std::vector<Challenge>> ParseWwwAuthenticate(std::string_view line);

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_WWW_AUTHENTICATE_H_
