// A proxy between a client and an EchoRuntime, and a gate that does as told.
#ifndef ASSAY_TESTS_INTEGRATION_CRI_PROXIED_H_
#define ASSAY_TESTS_INTEGRATION_CRI_PROXIED_H_

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cri/image_proxy.h"
#include "tests/support/catch.h"
#include "tests/support/echo_runtime.h"
#include "tests/support/generic_client.h"
#include "tests/support/temp_folder.h"

namespace assay::testing {

// Permits what `decide` permits.
class ToldGate : public cri::PullGate {
 public:
  struct Permit : cri::PullPermit {
    bool binds() const override { return check != nullptr; }
    std::optional<std::string> Check(
        const Result<cri::PulledImage>& pulled) override {
      return check(pulled);
    }
    std::function<std::optional<std::string>(const Result<cri::PulledImage>&)>
        check;
  };

  cri::PullAnswer Decide(const cri::PullRequest& request,
                         Deadline deadline) override {
    {
      const std::lock_guard lock(mutex);
      asked.push_back(request);
      patience = deadline - std::chrono::steady_clock::now();
    }
    return decide();
  }

  std::string Refuse(const Error& why) override {
    const std::lock_guard lock(mutex);
    refused.push_back(why.reason);
    return "refused: " + why.detail;
  }

  std::function<cri::PullAnswer()> decide = [] { return cri::PullAnswer(); };
  std::mutex mutex;
  std::vector<cri::PullRequest> asked;
  std::vector<Reason> refused;
  Deadline::duration patience{};
};

// As the daemon does, before any of it.
struct PreparedProcess {
  PreparedProcess() { cri::ImageProxy::PrepareProcess(); }
};

struct Proxied : PreparedProcess {
  Proxied()
      : runtime(std::make_unique<EchoRuntime>(folder.path() + "/runtime")),
        direct(ChannelTo(folder.path() + "/runtime")) {
    auto started = cri::ImageProxy::Start(folder.path() + "/proxy",
                                          folder.path() + "/runtime", gate);
    REQUIRE(started);
    proxy = *std::move(started);
    through = ChannelTo(folder.path() + "/proxy");
  }

  // Until it holds; a minute is forever.
  static bool Eventually(const std::function<bool()>& holds) {
    for (int tries = 0; tries < 6000; ++tries) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  TempFolder folder;
  ToldGate gate;
  std::unique_ptr<EchoRuntime> runtime;
  std::unique_ptr<cri::ImageProxy> proxy;
  std::shared_ptr<grpc::Channel> direct;
  std::shared_ptr<grpc::Channel> through;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_INTEGRATION_CRI_PROXIED_H_
