// What the requests of one conversation share, and what all calls of a client
// share.
#ifndef ASSAY_IO_REGISTRY_CALL_H_
#define ASSAY_IO_REGISTRY_CALL_H_

#include <coroutine>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/registry/auth_cache.h"
#include "io/registry/credentials.h"
#include "io/registry/http_worker.h"
#include "io/registry/proxy.h"
#include "io/registry/registry_client.h"
#include "io/registry/registry_host.h"
#include "io/registry/tls_profile.h"
#include "io/registry/url.h"

namespace assay::registry {

// Of a client, for its lifetime. Every member is thread-safe or constant.
struct ClientState {
  explicit ClientState(RegistryOptions from)
      : options(std::move(from)),
        credentials(options.credential_files, options.helper_path),
        proxies(ProxyRules::FromProcess()) {}

  const RegistryOptions options;
  const Credentials credentials;
  const ProxyRules proxies;
  ParsedHosts hosts;
  TlsProfiles tls;
  AuthCache auth;
  AuthCache signature_stores;  // see signature_store.cc; by Address()
  HttpPool pool;
};

// An authorization that one request of a call obtains while others wait for it.
struct Flight {
  // An awaitable that goes on when the result is there.
  struct Landed {
    Flight& flight;
    bool await_ready() const noexcept { return flight.result.has_value(); }
    void await_suspend(std::coroutine_handle<> waiter) {
      flight.waiters.push_back(waiter);
    }
    void await_resume() const noexcept {}
  };

  std::optional<Result<std::string>> result;
  std::vector<std::coroutine_handle<>> waiters;
};

// Of one conversation, on one thread.
struct Call {
  ClientState& client;
  HttpWorker& worker;
  AuthCache& auth;
  const GivenCredential* given;  // null: the node's own are used
  std::map<std::string, std::shared_ptr<Flight>> flights;
  // By the name of a registry; read once a call, however many requests it has.
  std::map<std::string, Result<std::vector<RegistryHost>>> hosts;
  std::map<std::string, Url> servers;  // by RegistryHost::Address()
};

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_CALL_H_
