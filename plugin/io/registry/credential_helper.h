// Credential helpers: docker-credential-<name>, run as child processes without
// a shell (docker/docker-credential-helpers).
#ifndef ASSAY_IO_REGISTRY_CREDENTIAL_HELPER_H_
#define ASSAY_IO_REGISTRY_CREDENTIAL_HELPER_H_

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace assay::registry {

struct HelperAnswer {
  std::string username;
  std::string secret;
};

struct HelperCall {
  std::string name;         // "ecr-login"
  std::string search_path;  // absolute folders with colons between
  std::string server;       // "registry.example.com"
};

// Runs "docker-credential-<name> get" and gives it the server on its standard
// input. nullopt when the helper says that it has none. The child and what it
// started are killed at the deadline, after 5 seconds, and when the answer is
// over limits::kCredentialHelperBytes. Errors: kRegistryUnauthorized.
Result<std::optional<HelperAnswer>> RunHelper(const HelperCall& call,
                                              Deadline deadline);

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_CREDENTIAL_HELPER_H_
