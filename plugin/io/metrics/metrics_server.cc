#include "io/metrics/metrics_server.h"

#include <httplib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

namespace assay {
namespace {

constexpr time_t kMostSeconds = 2;  // for a request to come, an answer to go

// A unix socket takes its mode from this, before anybody can see it. A port
// that somebody else has stays his.
void PrepareSocket(int socket) {
  const int yes = 1;
  (void)::fchmod(socket, 0600);
  (void)::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

}  // namespace

class MetricsServer::Impl {
 public:
  explicit Impl(Text text) : text_(std::move(text)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(1); };
    server_.set_keep_alive_max_count(1);
    server_.set_read_timeout(kMostSeconds);
    server_.set_write_timeout(kMostSeconds);
    server_.set_payload_max_length(0);
    server_.set_socket_options(PrepareSocket);
    server_.Get("/metrics",
                [this](const httplib::Request&, httplib::Response& response) {
                  response.set_content(text_(), "text/plain; version=0.0.4");
                });
  }
  ~Impl() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
    if (!path_.empty()) (void)::unlink(path_.c_str());
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool Bind(const MetricsSettings& settings) {
    if (!settings.path.empty()) {
      (void)::unlink(settings.path.c_str());
      server_.set_address_family(AF_UNIX);
      // The library wants a port for every family.
      if (!server_.bind_to_port(settings.path, 1)) return false;
      path_ = settings.path;
      return true;
    }
    port_ = settings.port;
    if (port_ != 0) return server_.bind_to_port(settings.host, port_);
    port_ = server_.bind_to_any_port(settings.host);
    return port_ > 0;
  }

  // The library can only end what has begun.
  void Serve() {
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
    while (!server_.is_running() && !ended_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  int port() const { return port_; }

 private:
  const Text text_;
  httplib::Server server_;
  std::thread thread_;
  std::atomic<bool> ended_{false};
  std::string path_;  // of the unix socket
  int port_ = 0;
};

MetricsServer::MetricsServer(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

MetricsServer::~MetricsServer() = default;

int MetricsServer::port() const { return impl_->port(); }

Result<std::unique_ptr<MetricsServer>> MetricsServer::Start(
    const MetricsSettings& settings, Text text) {
  auto impl = std::make_unique<Impl>(std::move(text));
  if (!impl->Bind(settings)) {
    return Fail(Reason::kWriteFailed,
                "cannot listen for metrics at " + settings.str());
  }
  impl->Serve();
  return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(impl)));
}

}  // namespace assay
