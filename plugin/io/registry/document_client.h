// DocumentClient: documents from where the operator or an authority that is
// trusted says they are, outside any registry: no credentials, no mirrors, no
// redirects. What comes is for the caller to judge.
#ifndef ASSAY_IO_REGISTRY_DOCUMENT_CLIENT_H_
#define ASSAY_IO_REGISTRY_DOCUMENT_CLIENT_H_

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "io/registry/http_worker.h"
#include "io/registry/proxy.h"
#include "io/registry/tls_profile.h"
#include "io/registry/url.h"

namespace assay::registry {

struct DocumentRequest {
  std::vector<std::string> headers;  // "Name: value"
  std::optional<std::string> body;   // makes it a POST
  std::size_t most = 0;              // largest body of the answer
  std::string ca;      // a file of authorities beside the system's; "" for none
  AddressGuard guard;  // public addresses only, unless it says otherwise
  Deadline deadline{};
};

// Thread-safe. A call runs on its caller's thread.
class DocumentClient {
 public:
  DocumentClient();

  // A few tries while the connection breaks or the server is busy, none later
  // than the deadline. Any answer is one, also a 404. Errors: those of a wrong
  // `ca`.
  Result<HttpAnswer> Ask(const Url& url, const DocumentRequest& request);

 private:
  const ProxyRules proxies_;
  TlsProfiles tls_;
  HttpPool pool_;
};

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_DOCUMENT_CLIENT_H_
