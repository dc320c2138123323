// Credentials of registries from docker's config.json files, in the forms that
// docker, podman and kubelet write (auths with host and path keys, credHelpers,
// credsStore).
#ifndef ASSAY_IO_REGISTRY_CREDENTIALS_H_
#define ASSAY_IO_REGISTRY_CREDENTIALS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace assay::registry {

struct Credential {
  std::string username;
  std::string password;
  std::string identity_token;  // a refresh token (OAuth2)
  std::string registry_token;  // a bearer token, used as it is

  // Value of an Authorization header of scheme Basic.
  std::string Basic() const;
};

// What somebody who asks has brought along, for one registry.
struct GivenCredential {
  std::string registry;  // "host[:port]" as images name it
  Credential credential;

  // `host` is the registry's own, not a mirror.
  bool IsFor(std::string_view host) const;
};

// Whether an address, as docker and the Container Runtime Interface write them
// ("https://index.docker.io/v1/", "registry.example.com:5000"), is that of the
// registry that images name so.
bool IsAddressOf(std::string_view address, std::string_view registry);

class Credentials {
 public:
  Credentials(std::vector<std::string> files, std::string helper_path)
      : files_(std::move(files)), helper_path_(std::move(helper_path)) {}

  // For a repository "path" at a registry "host[:port]"; the longest key that
  // covers it, in the first file that has one. nullopt when no file knows the
  // registry. Thread-safe; reads the files at every call. Errors:
  // kConfigurationMalformed, kFileUnreadable, kRegistryUnauthorized (a helper
  // failed).
  Result<std::optional<Credential>> Find(std::string_view host,
                                         std::string_view path,
                                         Deadline deadline) const;

 private:
  std::vector<std::string> files_;
  std::string helper_path_;
};

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_CREDENTIALS_H_
