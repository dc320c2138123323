#include "io/canary/loopback_registry.h"

#include <civetweb.h>

#include <array>
#include <string_view>
#include <utility>

namespace assay {
namespace {

constexpr std::string_view kRepository = "assay/canary";

// What is asked for by this path of a URL; null for anything else.
const CanaryBlob* Find(const CanaryImage& image, std::string_view path) {
  const std::string base = "/v2/" + std::string(kRepository);
  if (path == base + "/manifests/" + image.tag) return &image.manifest;
  for (const CanaryBlob* blob : image.Blobs()) {
    const bool is_manifest = blob == &image.manifest;
    const std::string kind = is_manifest ? "/manifests/" : "/blobs/";
    if (path == base + kind + blob->digest.str()) return blob;
  }
  return nullptr;
}

int Send(mg_connection* connection, int status, const std::string& fields,
         std::string_view body, bool with_body) {
  mg_printf(connection,
            "HTTP/1.1 %d %s\r\nContent-Length: %zu\r\n%sConnection: close\r\n"
            "\r\n",
            status, status == 200 ? "OK" : "Not Found", body.size(),
            fields.c_str());
  if (with_body) mg_write(connection, body.data(), body.size());
  return status;
}

int Answer(mg_connection* connection, void* data) {
  const auto& image = *static_cast<const CanaryImage*>(data);
  const mg_request_info* request = mg_get_request_info(connection);
  const std::string_view method = request->request_method;
  const std::string_view path = request->local_uri;
  const bool with_body = method != "HEAD";
  if (method != "GET" && method != "HEAD") {
    return Send(connection, 404, "", "", false);
  }
  if (path == "/v2/" || path == "/v2") {
    return Send(connection, 200, "", "{}", with_body);
  }
  const CanaryBlob* blob = Find(image, path);
  if (blob == nullptr) return Send(connection, 404, "", "{}", with_body);
  const std::string fields =
      "Content-Type: " + blob->media_type +
      "\r\nDocker-Content-Digest: " + blob->digest.str() + "\r\n";
  return Send(connection, 200, fields, blob->bytes, with_body);
}

}  // namespace

struct LoopbackRegistry::Server {
  explicit Server(mg_context* running) : context(running) {}
  ~Server() {
    mg_stop(context);
    mg_exit_library();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  mg_context* const context;
};

Result<LoopbackRegistry> LoopbackRegistry::Serve(const CanaryImage& image) {
  mg_init_library(0);
  std::array<const char*, 5> options{"listening_ports", "127.0.0.1:0",
                                     "num_threads", "2", nullptr};
  const mg_callbacks callbacks{};
  mg_context* context = mg_start(&callbacks, nullptr, options.data());
  if (context == nullptr) {
    mg_exit_library();
    return Fail(Reason::kInternal, "no registry can be started on 127.0.0.1");
  }
  auto server = std::make_shared<Server>(context);
  mg_server_port port{};
  if (mg_get_server_ports(context, 1, &port) != 1) {
    return Fail(Reason::kInternal, "the loopback registry has no port");
  }
  // Only read there: the handler's signature is what takes the const away.
  mg_set_request_handler(context, "/", &Answer,
                         const_cast<CanaryImage*>(&image));
  return LoopbackRegistry(std::move(server),
                          "127.0.0.1:" + std::to_string(port.port) + "/" +
                              std::string(kRepository) + ":" + image.tag);
}

}  // namespace assay
