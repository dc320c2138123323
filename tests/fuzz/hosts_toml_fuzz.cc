// Property: every host that is read can be asked: it has an address of the web
// (the last may stand for the registry itself), absolute file names, and
// headers that are one line each.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "io/registry/registry_host.h"
#include "io/registry/url.h"

namespace {

using assay::registry::RegistryHost;

void Require(bool holds) {
  if (!holds) std::abort();
}

void Check(const RegistryHost& host, bool last) {
  Require(last || !host.host.empty());
  if (!host.host.empty()) {
    Require(assay::registry::Url::Parse(host.Address() + host.path + "/a")
                .has_value());
  }
  for (const std::string& file : host.ca_files) Require(file.front() == '/');
  Require(host.client_cert.empty() == host.client_key.empty());
  for (const std::string& header : host.headers) {
    Require(header.find_first_of("\r\n") == std::string::npos);
    Require(header.find(": ") != std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto hosts = assay::registry::ParseHostsToml(text, "/certs.d/x");
  if (!hosts) {
    Require(hosts.error().reason == assay::Reason::kConfigurationMalformed);
    return 0;
  }
  Require(!hosts->empty());
  for (const RegistryHost& host : *hosts) {
    Check(host, &host == &hosts->back());
  }
  return 0;
}
