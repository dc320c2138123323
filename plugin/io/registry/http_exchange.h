// One HTTP request and its answer, before anything is made of it.
#ifndef ASSAY_IO_REGISTRY_HTTP_EXCHANGE_H_
#define ASSAY_IO_REGISTRY_HTTP_EXCHANGE_H_

#include <array>
#include <chrono>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "io/registry/address.h"
#include "io/registry/tls_profile.h"

struct curl_slist;
struct curl_sockaddr;

namespace assay::registry {

struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::optional<std::string> body;   // makes it a POST
  std::size_t most = 0;              // largest body of a 200 answer
  // Where given, takes the body of a 200 answer as it comes, however long it
  // is; false ends the exchange, which counts as answered.
  std::function<bool(std::string_view)> sink;
  std::shared_ptr<const TlsProfile> tls;
  std::string proxy;  // "" for none
  AddressGuard guard;
  std::chrono::milliseconds connect_timeout{};
  Deadline deadline{};
};

// How an exchange ended below HTTP. Zero is a failure.
enum class Transport : std::uint8_t {
  kUnreachable = 0,   // no connection
  kReset,             // the connection broke: worth another try
  kNotHttp,           // something else answers there
  kTls,               // the peer cannot be believed, or we by it
  kStalled,           // connected, but no answer in time
  kTooLarge,          // body over `most`, or headers over their cap
  kForbiddenAddress,  // the guard said no
  kAnswered,
};

struct HttpHeaders {
  std::string content_type;  // lower case, without parameters
  std::string location;
  std::string retry_after;
  std::vector<std::string> www_authenticate;
  std::vector<std::string> link;
  std::optional<std::uint64_t> content_length;
  bool stores_signatures = false;  // X-Registry-Supports-Signatures: 1
};

struct HttpAnswer {
  Transport transport = Transport::kUnreachable;
  std::string problem;  // in words, unless kAnswered
  int status = 0;
  HttpHeaders headers;
  std::string body;  // of a 200 answer alone
  // Where the answer came from; public when a proxy hides it.
  AddressClass peer = AddressClass::kPublic;
};

class HttpWorker;

// An awaitable: runs `request` (borrowed) on the worker and yields the answer.
// Lives in the frame of the coroutine that awaits it.
class HttpExchange {
 public:
  HttpExchange(HttpWorker& worker, const HttpRequest& request)
      : worker_(worker), request_(request) {}
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;
  ~HttpExchange();

  bool await_ready() const noexcept { return false; }
  // False (go on at once) when the exchange could not even be started.
  bool await_suspend(std::coroutine_handle<> waiter);
  HttpAnswer await_resume() { return std::move(answer_); }

 private:
  friend class HttpWorker;

  bool Configure(void* easy);
  static void ConfigureLong(void* easy);
  void ConfigureTls(void* easy);
  void Finish(int code);  // a CURLcode
  Transport Ending(int code) const;

  bool OnHeader(std::string_view line);
  bool OnBody(std::string_view part);
  int OnOpenSocket(curl_sockaddr* address);
  bool OnConnected(const char* ip);

  // libcurl's callbacks: type-safe shells around the methods above.
  static std::size_t HeaderCallback(char* data, std::size_t size,
                                    std::size_t count, void* self);
  static std::size_t BodyCallback(char* data, std::size_t size,
                                  std::size_t count, void* self);

  HttpWorker& worker_;
  const HttpRequest& request_;
  HttpAnswer answer_;
  std::coroutine_handle<> waiter_;
  void* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  std::size_t header_bytes_ = 0;
  std::shared_ptr<TlsNotes> notes_ = std::make_shared<TlsNotes>();
  bool too_large_ = false;
  bool forbidden_ = false;
  bool enough_ = false;  // the sink said so
  std::array<char, 256> message_{};
};

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_HTTP_EXCHANGE_H_
