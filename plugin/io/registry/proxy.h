// Which proxy a request goes through, by the environment as Go's tools (and so
// containerd) read it: HTTPS_PROXY, HTTP_PROXY, NO_PROXY and their lower-case
// forms; loopback is never proxied.
#ifndef ASSAY_IO_REGISTRY_PROXY_H_
#define ASSAY_IO_REGISTRY_PROXY_H_

#include <string>
#include <vector>

#include "io/registry/url.h"

namespace assay::registry {

class ProxyRules {
 public:
  struct Environment {
    std::string http_proxy;
    std::string https_proxy;
    std::string no_proxy;
  };
  // Reads the process environment; call before threads change it.
  static Environment FromProcess();

  explicit ProxyRules(const Environment& environment);

  // "" for a direct connection.
  std::string For(const Url& url) const;

 private:
  bool Excepts(const Url& url) const;

  std::string http_;
  std::string https_;
  std::vector<std::string> exceptions_;
};

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_PROXY_H_
