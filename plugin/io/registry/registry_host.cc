#include "io/registry/registry_host.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/limits.h"
#include "io/files/files.h"
#include "io/registry/url.h"

namespace assay::registry {
namespace {

constexpr std::size_t kParsedFiles = 256;

// Names of a registry's folder, in containerd's order.
std::vector<std::string> FolderNames(std::string_view registry) {
  std::vector<std::string> names;
  const std::string whole(registry);
  const std::size_t colon = whole.rfind(':');
  if (colon != std::string::npos && colon > 0) {
    names.push_back(whole.substr(0, colon) + "_" + whole.substr(colon + 1) +
                    "_");
  }
  names.push_back(whole);
  names.emplace_back("_default");
  return names;
}

// The folder that describes the registry, "" when there is none.
Result<std::string> FindFolder(const std::vector<std::string>& folders,
                               std::string_view registry) {
  for (const std::string& folder : folders) {
    for (const std::string& name : FolderNames(registry)) {
      const std::string path = folder + "/" + name;
      struct stat info {};
      if (::stat(path.c_str(), &info) == 0) return path;
      if (errno != ENOENT && errno != ENOTDIR) {
        return Fail(Reason::kFileUnreadable,
                    path + ": " + std::strerror(errno));
      }
    }
  }
  return std::string();
}

// Docker's layout: *.crt are authorities, X.cert with X.key a client pair.
Result<RegistryHost> ReadCertificateFiles(const std::string& folder) {
  RegistryHost host;
  const auto names = ListFolder(folder);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    if (name.ends_with(".crt")) host.ca_files.push_back(folder + "/" + name);
    if (!name.ends_with(".cert")) continue;
    const std::string key = name.substr(0, name.size() - 4) + "key";
    if (std::find(names->begin(), names->end(), key) == names->end()) {
      return Fail(Reason::kConfigurationMalformed,
                  folder + "/" + name + ": its key " + key + " is missing");
    }
    if (!host.client_cert.empty()) {
      return Fail(Reason::kConfigurationMalformed,
                  folder + ": more than one client certificate");
    }
    host.client_cert = folder + "/" + name;
    host.client_key = folder + "/" + key;
  }
  return host;
}

Result<std::vector<RegistryHost>> ReadFolder(const std::string& folder,
                                             ParsedHosts& parsed) {
  auto text = ReadFile(folder + "/hosts.toml", limits::kPolicyFileBytes);
  if (!text && text.error().reason != Reason::kNotFound) return text.error();
  if (text && !text->empty()) return parsed.Parse(*text, folder);
  auto host = ReadCertificateFiles(folder);
  if (!host) return host.error();
  return std::vector<RegistryHost>{std::move(*host)};
}

// Gives the last host its address. A loopback registry whose port does not
// tell is asked in plain text first, then with unverified TLS.
void AddRegistryItself(std::string_view registry,
                       std::vector<RegistryHost>& hosts) {
  RegistryHost& own = hosts.back();
  own.from_name = true;
  own.path = "/v2";
  own.pull = own.resolve = own.referrers = true;
  own.host = registry == "docker.io" ? "registry-1.docker.io" : registry;
  own.scheme = "https";
  const auto [name, port] = SplitHostPort(registry);
  if (!IsLoopbackHost(name)) return;
  if (port == "80") {
    own.scheme = "http";
    return;
  }
  const bool tls_known = port.empty() || port == "443" ||
                         !own.ca_files.empty() || !own.client_cert.empty();
  own.skip_verify = own.skip_verify || own.ca_files.empty();
  if (tls_known) return;
  RegistryHost secure = own;
  secure.only_if_not_http = true;
  own.scheme = "http";
  own.guessed_plain = true;
  hosts.push_back(std::move(secure));
}

}  // namespace

Result<std::vector<RegistryHost>> ParsedHosts::Parse(
    const std::string& text, const std::string& folder) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = files_.find(folder);
    if (known != files_.end() && known->second.text == text) {
      return known->second.hosts;
    }
  }
  auto hosts = ParseHostsToml(text, folder);
  if (!hosts) return hosts;
  const std::lock_guard lock(mutex_);
  if (files_.size() >= kParsedFiles) files_.clear();
  files_.insert_or_assign(folder, File{text, *hosts});
  return hosts;
}

Result<std::vector<RegistryHost>> FindHosts(
    const std::vector<std::string>& folders, std::string_view registry,
    ParsedHosts& parsed) {
  const auto folder = FindFolder(folders, registry);
  if (!folder) return folder.error();
  std::vector<RegistryHost> hosts(1);
  if (!folder->empty()) {
    auto described = ReadFolder(*folder, parsed);
    if (!described) return described.error();
    hosts = std::move(*described);
  }
  if (hosts.back().host.empty()) AddRegistryItself(registry, hosts);
  // Many files name the server as a host, too. What it does not have, it does
  // not have when it is asked again.
  RegistryHost server = hosts.back();
  server.from_name = false;
  const auto last = hosts.end() - 1;
  if (std::find(hosts.begin(), last, server) != last) hosts.pop_back();
  return hosts;
}

}  // namespace assay::registry
