// Url: an absolute http or https address without user name and fragment.
#ifndef ASSAY_IO_REGISTRY_URL_H_
#define ASSAY_IO_REGISTRY_URL_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace assay::registry {

class Url {
 public:
  // Errors: kRegistryProtocol. Numeric forms of addresses are normalised.
  static Result<Url> Parse(std::string_view text);
  // Another path of the same server, from its first slash; a query may follow.
  Result<Url> At(std::string_view path) const;
  // `relative` as seen from this address (RFC 3986 section 5).
  Result<Url> Resolve(std::string_view relative) const;

  const std::string& str() const { return text_; }
  const std::string& host() const { return host_; }  // lower case, [::1]
  const std::string& port() const { return port_; }  // never empty
  bool secure() const { return scheme_ == "https"; }
  std::string Authority() const { return host_ + ":" + port_; }
  // Scheme, host and port: who may see credentials meant for this address.
  std::string Origin() const { return scheme_ + "://" + Authority(); }

  // The same address with one more query parameter, percent-encoded.
  Result<Url> WithQuery(std::string_view name, std::string_view value) const;

 private:
  struct Handle;
  Url() = default;
  static Result<Url> Read(const Handle& handle);

  std::string text_;
  std::string scheme_;
  std::string host_;
  std::string port_;
};

// Everything but RFC 3986 "unreserved" becomes %XX.
std::string PercentEncode(std::string_view text);

// "host", "host:port", "[::1]:port" into its parts; the port may be empty.
struct HostPort {
  std::string host;
  std::string port;
};
HostPort SplitHostPort(std::string_view authority);

// "localhost" or a literal loopback address.
bool IsLoopbackHost(std::string_view host);

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_URL_H_
