#include "io/revocation/revocation_fetch.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {
namespace {

using registry::DocumentClient;
using registry::DocumentRequest;
using registry::Transport;
using registry::Url;

// What caches on the way can still keep (RFC 5019 section 5).
constexpr std::size_t kMostInPath = 255;

Error Unknown(const std::string& url, std::string_view what) {
  return Fail(Reason::kRevocationUnknown,
              Printable(url, 200) + ": " + std::string(what));
}

std::string InPath(const std::string& base, const std::string& request) {
  const std::string slash = base.ends_with('/') ? "" : "/";
  return base + slash + registry::PercentEncode(Base64Encode(request));
}

Result<std::string> Ask(DocumentClient& client, const std::string& address,
                        const DocumentRequest& request) {
  const auto url = Url::Parse(address);
  if (!url) return Unknown(address, url.error().detail);
  // Answers are signed; https would need a certificate that may be revoked.
  if (url->secure()) return Unknown(address, "it is not plain http");
  auto answer = client.Ask(*url, request);
  if (!answer) return Unknown(address, answer.error().detail);
  if (answer->transport == Transport::kTooLarge) {
    return Unknown(address, "it answers with more than " +
                                std::to_string(request.most) + " bytes");
  }
  if (answer->transport == Transport::kForbiddenAddress) {
    return Unknown(address, "an address that no certificate may lead to");
  }
  if (answer->transport != Transport::kAnswered) {
    return Unknown(address, answer->problem);
  }
  if (answer->status != 200) {
    return Unknown(address, "status " + std::to_string(answer->status));
  }
  return std::move(answer->body);
}

}  // namespace

Result<std::string> FetchRevocation(DocumentClient& client,
                                    const RevocationPlace& place,
                                    Deadline deadline) {
  const bool list = !place.about.has_value();
  DocumentRequest request;
  request.deadline = std::min<Deadline>(
      deadline,
      std::chrono::steady_clock::now() +
          (list ? limits::kRevocationListDeadline : limits::kOcspDeadline));
  request.guard = registry::AddressGuard::AnyButLinkLocal();
  request.most =
      list ? limits::kRevocationListBytes : limits::kOcspResponseBytes;
  if (list) return Ask(client, place.url, request);
  const std::string question = OcspRequestFor(*place.about, place.issuer);
  request.headers = {"Accept: application/ocsp-response"};
  const std::string address = InPath(place.url, question);
  if (address.size() - place.url.size() < kMostInPath) {
    return Ask(client, address, request);
  }
  request.headers.emplace_back("Content-Type: application/ocsp-request");
  request.body = question;
  return Ask(client, place.url, request);
}

}  // namespace assay
