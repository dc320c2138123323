#include "io/registry/http_exchange.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <exception>

#include "base/limits.h"
#include "io/registry/header_scanner.h"
#include "io/registry/http_worker.h"

namespace assay::registry {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kHeaderBytes = 64U << 10;
// How much of an error page is read to keep its connection.
constexpr std::size_t kIgnoredBytes = 64U << 10;

// The value of the header `name`, nullopt when the line is another header.
std::optional<std::string_view> ValueOf(std::string_view line,
                                        std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':' ||
      LowerAscii(line.substr(0, name.size())) != name) {
    return std::nullopt;
  }
  return TrimSpace(line.substr(name.size() + 1));
}

std::optional<std::uint64_t> ParseLength(std::string_view text) {
  std::uint64_t length = 0;
  const auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), length);
  if (code != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return length;
}

void ReadHeader(std::string_view line, HttpHeaders& headers) {
  if (const auto type = ValueOf(line, "content-type")) {
    headers.content_type =
        LowerAscii(TrimSpace(type->substr(0, type->find(';'))));
  } else if (const auto location = ValueOf(line, "location")) {
    headers.location = *location;
  } else if (const auto wait = ValueOf(line, "retry-after")) {
    headers.retry_after = *wait;
  } else if (const auto challenge = ValueOf(line, "www-authenticate")) {
    headers.www_authenticate.emplace_back(*challenge);
  } else if (const auto link = ValueOf(line, "link")) {
    headers.link.emplace_back(*link);
  } else if (const auto length = ValueOf(line, "content-length")) {
    headers.content_length = ParseLength(*length);
  } else if (const auto has = ValueOf(line, "x-registry-supports-signatures")) {
    headers.stores_signatures = *has == "1";
  }
}

bool IsTlsFailure(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION ||
         code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CERTPROBLEM ||
         code == CURLE_SSL_CIPHER || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_SSL_ISSUER_ERROR ||
         code == CURLE_SSL_INVALIDCERTSTATUS || code == CURLE_SSL_CLIENTCERT ||
         code == CURLE_USE_SSL_FAILED;
}

bool IsReset(CURLcode code) {
  return code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
         code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE ||
         code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
}

bool IsUnreachable(CURLcode code) {
  return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
         code == CURLE_COULDNT_RESOLVE_PROXY;
}

void SetBlob(CURL* easy, CURLoption option, const std::string& bytes) {
  curl_blob blob{const_cast<char*>(bytes.data()), bytes.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, option, &blob);
}

}  // namespace

HttpExchange::~HttpExchange() {
  if (easy_ != nullptr) worker_.End(*this);
  curl_slist_free_all(headers_);
}

bool HttpExchange::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  if (request_.deadline <= SteadyClock::now()) {
    answer_.transport = Transport::kStalled;
    answer_.problem = "no time left";
    return false;
  }
  if (worker_.Begin(*this)) return true;
  answer_.problem = "the request could not be made";
  return false;
}

bool HttpExchange::Configure(void* easy) {
  const auto left =
      std::chrono::ceil<milliseconds>(request_.deadline - SteadyClock::now());
  const auto time = std::max<std::int64_t>(left.count(), 1);
  const auto connect =
      std::clamp<std::int64_t>(request_.connect_timeout.count(), 1, time);
  for (const std::string& header : request_.headers) {
    curl_slist* longer = curl_slist_append(headers_, header.c_str());
    if (longer == nullptr) return false;
    headers_ = longer;
  }
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, message_.data());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(time));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // A name server that stalls must not hold the caller at clean-up.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, request_.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_SOCKS5_AUTH,
                   static_cast<unsigned long>(CURLAUTH_BASIC));
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &HttpExchange::HeaderCallback);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &HttpExchange::BodyCallback);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_opensocket_callback open = [](void* self, curlsocktype /*purpose*/,
                                     curl_sockaddr* address) {
    return static_cast<HttpExchange*>(self)->OnOpenSocket(address);
  };
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_prereq_callback connected = [](void* self, char* ip, char* /*local*/,
                                      int /*port*/, int /*local_port*/) {
    return static_cast<HttpExchange*>(self)->OnConnected(ip)
               ? CURL_PREREQFUNC_OK
               : CURL_PREREQFUNC_ABORT;
  };
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
  if (request_.sink) ConfigureLong(easy);
  if (request_.body) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body->size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body->c_str());
  }
  ConfigureTls(easy);
  return curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str()) == CURLE_OK;
}

// Nothing may come for minutes: a peer that is gone is found out.
void HttpExchange::ConfigureLong(void* easy) {
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 15L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 5L);
}

void HttpExchange::ConfigureTls(void* easy) {
  const TlsProfile& tls = *request_.tls;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                   static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION,
                   static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // Requests sent together wait for the first handshake and share it.
  const bool secure = request_.url.starts_with("https:");
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, secure ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, tls.verify ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, tls.verify ? 2L : 0L);
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
  if (!tls.authorities.empty()) {
    SetBlob(easy, CURLOPT_CAINFO_BLOB, tls.authorities);
  }
  if (!tls.client_cert.empty()) {
    curl_easy_setopt(easy, CURLOPT_SSLCERT, tls.client_cert.c_str());
    curl_easy_setopt(easy, CURLOPT_SSLKEY, tls.client_key.c_str());
  }
  if (!tls.client_cert_pem.empty()) {
    SetBlob(easy, CURLOPT_SSLCERT_BLOB, tls.client_cert_pem);
    SetBlob(easy, CURLOPT_SSLKEY_BLOB, tls.client_key_pem);
  }
  curl_ssl_ctx_callback prepare = [](CURL* /*easy*/, void* context,
                                     void* self) {
    const auto* exchange = static_cast<const HttpExchange*>(self);
    return PrepareContext(context, *exchange->request_.tls, exchange->notes_)
               ? CURLE_OK
               : CURLE_SSL_CACERT_BADFILE;
  };
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, prepare);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
}

std::size_t HttpExchange::HeaderCallback(char* data, std::size_t size,
                                         std::size_t count, void* self) {
  const std::string_view line(data, size * count);
  try {
    return static_cast<HttpExchange*>(self)->OnHeader(line) ? line.size() : 0;
  } catch (const std::exception&) {
    return 0;  // Out of memory: libcurl ends the transfer.
  }
}

std::size_t HttpExchange::BodyCallback(char* data, std::size_t size,
                                       std::size_t count, void* self) {
  const std::string_view part(data, size * count);
  try {
    return static_cast<HttpExchange*>(self)->OnBody(part) ? part.size() : 0;
  } catch (const std::exception&) {
    return 0;
  }
}

// The cap counts all header blocks, interim answers (1xx) included.
bool HttpExchange::OnHeader(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kHeaderBytes) {
    too_large_ = true;
    return false;
  }
  if (line.starts_with("HTTP/")) {
    answer_.headers = {};
  } else {
    ReadHeader(line, answer_.headers);
  }
  return true;
}

// Error pages are read for the sake of the connection and dropped.
bool HttpExchange::OnBody(std::string_view part) {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  const bool wanted = status == 200;
  if (wanted && request_.sink) {
    enough_ = !request_.sink(part);
    return !enough_;
  }
  const std::size_t most = wanted ? request_.most : kIgnoredBytes;
  const std::uint64_t announced = answer_.headers.content_length.value_or(0);
  if (announced > most || part.size() > most - answer_.body.size()) {
    too_large_ = true;
    return false;
  }
  if (answer_.body.empty()) {
    answer_.body.reserve(std::max<std::size_t>(announced, part.size()));
  }
  answer_.body.append(part);
  return true;
}

// Sees every address before it is connected to, after the name was resolved:
// a name that changes its address gains nothing. Behind a proxy the address is
// the operator's own.
int HttpExchange::OnOpenSocket(curl_sockaddr* address) {
  if (request_.proxy.empty() &&
      !request_.guard.Allows(Classify(&address->addr))) {
    forbidden_ = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

// Sees kept connections too, which open no socket.
bool HttpExchange::OnConnected(const char* ip) {
  if (!request_.proxy.empty()) return true;
  answer_.peer = ClassifyLiteral(ip).value_or(AddressClass::kForbidden);
  if (request_.guard.Allows(answer_.peer)) return true;
  forbidden_ = true;
  return false;
}

Transport HttpExchange::Ending(int result) const {
  const auto code = static_cast<CURLcode>(result);
  // An error page too long to read has said what it had to say.
  const bool cut = too_large_ && header_bytes_ <= kHeaderBytes;
  if (code == CURLE_OK || enough_ || (cut && answer_.status != 200)) {
    return Transport::kAnswered;
  }
  if (too_large_) return Transport::kTooLarge;
  if (forbidden_) return Transport::kForbiddenAddress;
  if (IsTlsFailure(code)) return Transport::kTls;
  if (IsReset(code)) {
    return notes_->certificate_wanted ? Transport::kTls : Transport::kReset;
  }
  if (IsUnreachable(code)) return Transport::kUnreachable;
  if (code == CURLE_OPERATION_TIMEDOUT) {
    curl_off_t connected = 0;
    curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &connected);
    return connected > 0 ? Transport::kStalled : Transport::kUnreachable;
  }
  return Transport::kNotHttp;
}

void HttpExchange::Finish(int code) {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  answer_.status = static_cast<int>(status);
  answer_.transport = Ending(code);
  if (answer_.transport != Transport::kAnswered) {
    answer_.problem = message_.front() != '\0'
                          ? message_.data()
                          : curl_easy_strerror(static_cast<CURLcode>(code));
    if (notes_->certificate_wanted) {
      answer_.problem += "; the server wants a client certificate";
    }
  }
  if (answer_.status != 200) answer_.body.clear();
}

}  // namespace assay::registry
