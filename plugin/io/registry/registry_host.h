// RegistryHost: one place that may answer for a registry, and the list of them
// for a registry name, as containerd's certs.d folders describe them
// (hosts.toml, docs/hosts.md of containerd). Files are read at every call, so
// that a change needs no reload.
#ifndef ASSAY_IO_REGISTRY_REGISTRY_HOST_H_
#define ASSAY_IO_REGISTRY_REGISTRY_HOST_H_

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::registry {

struct RegistryHost {
  std::string scheme;     // "https"
  std::string host;       // "registry.example.com:5000"
  std::string path;       // "/v2", without a final slash
  bool pull = true;       // answers what is asked by digest
  bool resolve = true;    // answers what is asked by name
  bool referrers = true;  // answers the referrers API
  bool skip_verify = false;
  std::vector<std::string> ca_files;  // beside the system's authorities
  std::string client_cert;            // PEM file; "" for none
  std::string client_key;             // may be the same file
  std::vector<std::string> headers;   // "Name: value"
  std::optional<std::chrono::milliseconds> dial_timeout;
  // Plain text is a guess: status 400 may mean that TLS is spoken there.
  bool guessed_plain = false;
  // Asked only when that guess of the host before it was wrong.
  bool only_if_not_http = false;
  // Where it is was told by the registry's name alone, not by a file.
  bool from_name = false;

  std::string Address() const { return scheme + "://" + host; }
  friend bool operator==(const RegistryHost&, const RegistryHost&) = default;
};

// The hosts.toml files that were parsed: one that has still the same text is
// not parsed again. Thread-safe, bounded.
class ParsedHosts {
 public:
  // As ParseHostsToml.
  Result<std::vector<RegistryHost>> Parse(const std::string& text,
                                          const std::string& folder);

 private:
  struct File {
    std::string text;
    std::vector<RegistryHost> hosts;
  };

  std::mutex mutex_;
  std::map<std::string, File> files_;  // by folder
};

// In the order they are to be asked; the registry itself last. `registry` is
// the host of a reference ("docker.io"). Of `folders` the first that knows the
// registry counts. Errors: kConfigurationMalformed with file, line and column,
// kFileUnreadable, kFileTooLarge.
Result<std::vector<RegistryHost>> FindHosts(
    const std::vector<std::string>& folders, std::string_view registry,
    ParsedHosts& parsed);

// The hosts of one hosts.toml; `folder` is what its relative paths start from.
// A last host without an address stands for the registry itself.
Result<std::vector<RegistryHost>> ParseHostsToml(std::string_view text,
                                                 const std::string& folder);

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_REGISTRY_HOST_H_
