// NriRuntimeSide: what a runtime says over NRI, made by hand: the other end of
// io/nri/session, for tests and fuzz targets.
#ifndef ASSAY_TESTS_SUPPORT_NRI_RUNTIME_H_
#define ASSAY_TESTS_SUPPORT_NRI_RUNTIME_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/nri/nri.pb.h"
#include "api/nri/ttrpc.pb.h"
#include "io/nri/mux.h"
#include "io/nri/session.h"
#include "io/nri/ttrpc.h"

namespace assay::testing {

namespace api = nri::pkg::api::v1alpha1;

// The calls a runtime makes, as bytes, and what came back.
class NriRuntimeSide {
 public:
  static constexpr const char* kPlugin = "nri.pkg.api.v1alpha1.Plugin";

  // The next call of the runtime's.
  std::string CallWith(const std::string& method, const std::string& payload,
                       const std::string& service = kPlugin) {
    ttrpc::Request request;
    request.set_service(service);
    request.set_method(method);
    request.set_payload(payload);
    stream_ += 2;
    return MuxFrames(
        kNriPluginConnection,
        WriteTtrpc(TtrpcType::kRequest, stream_, request.SerializeAsString()));
  }

  template <typename Request>
  std::string Call(const std::string& method, const Request& request) {
    return CallWith(method, request.SerializeAsString());
  }

  // To RegisterPlugin; a text is an error.
  static std::string Registered(const std::string& problem = {},
                                std::uint32_t stream = 1) {
    ttrpc::Response response;
    if (!problem.empty()) {
      response.mutable_status()->set_code(2);
      response.mutable_status()->set_message(problem);
    }
    return MuxFrames(
        kNriRuntimeConnection,
        WriteTtrpc(TtrpcType::kResponse, stream, response.SerializeAsString()));
  }

  // What the plugin sent: its answers, the last one last.
  Status Take(std::string_view bytes) {
    return mux_.Take(
        bytes,
        [this](std::uint32_t connection, std::string_view part) -> Status {
          auto& reader =
              connection == kNriPluginConnection ? answers_ : requests_;
          return reader.Take(part, [&](TtrpcMessage message) -> Status {
            if (connection == kNriRuntimeConnection) {
              asked.push_back(std::move(message.data));
              return Ok();
            }
            ttrpc::Response response;
            if (!response.ParseFromString(message.data)) {
              return Fail(Reason::kHookMalformed);
            }
            streams.push_back(message.stream);
            answers.push_back(std::move(response));
            return Ok();
          });
        });
  }

  std::uint32_t stream() const { return stream_; }

  std::vector<ttrpc::Response> answers;
  std::vector<std::uint32_t> streams;  // of the answers
  std::vector<std::string> asked;      // of the runtime

 private:
  std::uint32_t stream_ = static_cast<std::uint32_t>(-1);
  MuxReader mux_;
  TtrpcReader answers_;
  TtrpcReader requests_;
};

inline api::ConfigureRequest Configuration(const std::string& name,
                                           const std::string& version,
                                           std::int64_t patience_ms = 2000) {
  api::ConfigureRequest request;
  request.set_runtime_name(name);
  request.set_runtime_version(version);
  request.set_request_timeout(patience_ms);
  return request;
}

// Fills pod and container of any event.
template <typename Request>
Request EventOf(const std::string& id, const std::string& image = {}) {
  Request request;
  request.mutable_pod()->set_id("pod-id");
  request.mutable_pod()->set_name("pod");
  request.mutable_pod()->set_namespace_("shop");
  request.mutable_container()->set_id(id);
  request.mutable_container()->set_pod_sandbox_id("pod-id");
  request.mutable_container()->set_name("app");
  if (!image.empty()) {
    api::MapEntry& entry = *request.mutable_container()->add_annotations();
    entry.set_key("io.kubernetes.cri.image-name");
    entry.set_value(image);
  }
  return request;
}

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_NRI_RUNTIME_H_
