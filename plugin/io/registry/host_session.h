// HostSession: asks one host for things of one repository, with everything
// HTTP brings along: challenges and tokens, redirects, retries. It decides who
// gets credentials, and where a registry may send us.
#ifndef ASSAY_IO_REGISTRY_HOST_SESSION_H_
#define ASSAY_IO_REGISTRY_HOST_SESSION_H_

#include <memory>
#include <optional>
#include <string>

#include "core/subject/reference.h"
#include "io/registry/call.h"
#include "io/registry/registry_host.h"
#include "io/registry/task.h"
#include "io/registry/token.h"
#include "io/registry/url.h"

namespace assay::registry {

// An answer, or why there may be none.
struct Asked {
  HttpAnswer answer;
  std::optional<Error> refusal;
  bool foreign = false;  // the answer is another server's, after a redirect

  // nullopt for an answer of status 200. Errors: those of RegistryClient.
  std::optional<Error> Problem(const Url& url) const;
};

struct Ask {
  Url url;  // of the session's host
  std::string accept;
  std::size_t most = 0;
  Deadline deadline{};
  // No credentials: a challenge is the answer.
  bool anonymous = false;
};

// All arguments are borrowed and outlive the session; one thread.
class HostSession {
 public:
  HostSession(Call& call, const RegistryHost& host,
              std::shared_ptr<const TlsProfile> tls,
              const FetchRequest& request);

  // Tries again, a few times, what is worth it.
  Task<Asked> Get(const Ask& ask);

 private:
  // One request with what may change on its way.
  struct Hop {
    Url url;
    AddressGuard guard = AddressGuard::Any();
    std::vector<std::string> headers{};
    std::vector<std::string> own_headers{};  // for url's own origin alone
    std::optional<std::string> form{};
    std::shared_ptr<const TlsProfile> tls{};  // null: the session's
    std::size_t most = 0;
    Deadline deadline{};
  };

  Task<Asked> GetAuthorized(const Ask& ask);
  Task<Asked> Follow(Hop hop);
  std::optional<Error> Redirect(const HttpAnswer& answer, Hop& hop) const;
  HttpRequest MakeRequest(const Hop& hop) const;

  // The value of an Authorization header.
  Task<Result<std::string>> Authorize(const HttpAnswer& answer,
                                      const std::string& rejected,
                                      Deadline deadline);
  Result<std::optional<Credential>> FindCredential(Deadline deadline) const;
  Task<Result<std::string>> Obtain(const HttpAnswer& answer, Deadline deadline);
  Task<Result<std::string>> ObtainToken(const TokenRequest& request,
                                        const Credential& credential,
                                        const Hop& hop);
  Result<Hop> TokenHop(const TokenRequest& request,
                       const Credential& credential, AddressClass peer) const;
  // Whether a password for this host may be shown to that token server.
  Status CheckLogin(const Url& realm) const;
  bool IsTrustedRealm(const Url& url) const;
  AddressGuard GuardFor(const Url& url, AddressClass named_by) const;
  AddressGuard FirstGuard(const Url& url) const;

  std::optional<Deadline> RetryAt(const Asked& asked, int tries) const;

  Call& call_;
  const RegistryHost& host_;
  std::shared_ptr<const TlsProfile> tls_;
  const Reference& repository_;
  const std::string scope_;  // the repository, as tokens name it
  const bool claimed_;
  std::string auth_key_;
};

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_HOST_SESSION_H_
