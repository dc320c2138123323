#include "cli/registry_access.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace assay {

RegistryOptions RegistryAccess(const NodeConfig& config) {
  RegistryOptions options;
  options.hosts_dirs = config.hosts_dirs;
  options.trusted_realms = config.trusted_realms;
  if (::geteuid() == 0) {
    options.credential_files = config.credential_files;
    return options;
  }
  for (const std::string& file : config.credential_files) {
    const bool closed = ::access(file.c_str(), R_OK) != 0 && errno == EACCES;
    if (!closed) options.credential_files.push_back(file);
  }
  if (const char* home = std::getenv("HOME")) {
    options.credential_files.push_back(std::string(home) +
                                       "/.docker/config.json");
  }
  return options;
}

}  // namespace assay
