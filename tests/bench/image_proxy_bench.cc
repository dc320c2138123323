// image_proxy_bench FOLDER RUNTIME PROXY IMAGE CALLS: what a call costs through
// the image proxy. RUNTIME is a containerd's socket and PROXY the daemon's
// image.sock before it, which are asked for things that kubelets ask for; calls
// that no runtime has, and streams, go to a server that says everything back,
// and to a proxy before that. Each call is made in turn without anything in
// between, through the proxy, and through a pump of bytes, and must give the
// same each time.
//
// Prints a line for each kind and one for all: name, number of calls through
// the proxy, and the median time in us without it, with it, and with the pump.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <random>

#include "cri/image_proxy.h"
#include "tests/bench/byte_pump.h"
#include "tests/bench/measure.h"
#include "tests/support/echo_runtime.h"
#include "tests/support/generic_client.h"
#include "tests/support/wire_writer.h"

using namespace assay;
using namespace assay::bench;
using namespace assay::testing;

namespace {

using SteadyClock = std::chrono::steady_clock;

class NoPulls : public cri::PullGate {
 public:
  cri::PullAnswer Decide(const cri::PullRequest& /*request*/,
                         Deadline /*deadline*/) override {
    return {};
  }
  std::string Refuse(const Error& why) override { return why.detail; }
};

// A process that serves until this one ends it.
class Server {
 public:
  Server(const std::string& socket, const std::function<void()>& serve)
      : pid_(::fork()) {
    if (pid_ == 0) {
      serve();
      ::_exit(1);
    }
    for (int tries = 0; !std::filesystem::exists(socket); ++tries) {
      if (tries == 500) Die(socket + " is not served");
      ::usleep(10'000);
    }
  }
  ~Server() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  const pid_t pid_;
};

[[noreturn]] void WaitForEver() {
  for (;;) ::pause();
}

// The ways to one server.
enum Way : std::size_t { kDirect, kProxied, kPumped, kWays };
using Ways = std::array<std::shared_ptr<grpc::Channel>, kWays>;
using Times = std::array<std::vector<double>, kWays>;

struct Kind {
  std::string name;
  const Ways& ways;
  std::string method;
  std::vector<std::string> messages;
  unsigned share;  // of a hundred calls
  Pairs metadata = {};
  Times times = {};
};

Seen Timed(Kind& kind, std::size_t way) {
  const auto& channel = kind.ways[way];
  const auto began = SteadyClock::now();
  Seen seen = kind.messages.size() == 1
                  ? GenericClient::Unary(channel, kind.method,
                                         kind.messages.front(), kind.metadata)
                  : GenericClient::Call(channel, kind.method, kind.messages,
                                        kind.metadata);
  kind.times[way].push_back(
      std::chrono::duration<double, std::micro>(SteadyClock::now() - began)
          .count());
  return seen;
}

void CallEveryWay(Kind& kind, std::size_t first) {
  const Seen seen = Timed(kind, first % kWays);
  for (std::size_t i = 1; i < kWays; ++i) {
    if (Timed(kind, (first + i) % kWays) != seen) {
      Die(kind.name + " is not the same each way");
    }
  }
}

void Print(const std::string& name, const Times& times) {
  std::printf("%s %zu %.0f %.0f %.0f\n", name.c_str(), times[kProxied].size(),
              Median(times[kDirect]), Median(times[kProxied]),
              Median(times[kPumped]));
}

std::vector<Kind> KindsOf(const Ways& runtime, const Ways& echo,
                          const std::string& image) {
  const std::string images = "/runtime.v1.ImageService/";
  const std::string pods = "/runtime.v1.RuntimeService/";
  const std::string part(256U << 10, 'x');
  return {
      {"ImageStatus",
       runtime,
       images + "ImageStatus",
       {Counted(1, Counted(1, image))},
       40},
      {"ListImages", runtime, images + "ListImages", {""}, 25},
      {"Status", runtime, pods + "Status", {""}, 10},
      {"Version", runtime, pods + "Version", {""}, 5},
      {"unknown-to-the-runtime", runtime, "/example.Unknown/Method", {"a"}, 5},
      {"unknown",
       echo,
       "/example.Unknown/Method",
       {std::string(2000, 'x')},
       10,
       {{"y-a", "b"}, {"x-code", "5"}, {"x-details-bin", "c"}}},
      {"stream", echo, "/example.Unknown/Stream",
       std::vector<std::string>(16, part), 5},
  };
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) Die("usage: FOLDER RUNTIME PROXY IMAGE CALLS");
  const std::string folder = words[1];
  const std::string far_end = folder + "/echo";
  const std::string proxied = folder + "/echo-proxied";
  const std::string pumped = folder + "/echo-pumped";
  const std::string runtime_pumped = folder + "/runtime-pumped";
  const Server echo_server(far_end, [&] {
    const EchoRuntime runtime(far_end);
    WaitForEver();
  });
  const Server proxy_server(proxied, [&] {
    NoPulls gate;
    const auto proxy = cri::ImageProxy::Start(proxied, far_end, gate);
    if (!proxy) Die("the proxy does not start");
    WaitForEver();
  });
  const Server pump(pumped, [&] { PumpBytes(pumped, far_end); });
  const Server runtime_pump(runtime_pumped,
                            [&] { PumpBytes(runtime_pumped, words[2]); });
  const Ways runtime{ChannelTo(words[2]), ChannelTo(words[3]),
                     ChannelTo(runtime_pumped)};
  const Ways echo{ChannelTo(far_end), ChannelTo(proxied), ChannelTo(pumped)};
  std::vector<Kind> kinds = KindsOf(runtime, echo, words[4]);

  for (Kind& kind : kinds) {
    CallEveryWay(kind, 0);  // connections are made
    kind.times = {};
  }
  std::mt19937 random(1);
  const auto calls = std::strtoul(words[5], nullptr, 10);
  for (std::size_t i = 0; i < calls; ++i) {
    auto at = random() % 100;
    auto kind = kinds.begin();
    while (at >= kind->share) at -= (kind++)->share;
    CallEveryWay(*kind, i);
  }
  Times all;
  for (const Kind& kind : kinds) {
    Print(kind.name, kind.times);
    for (std::size_t way = 0; way < kWays; ++way) {
      all[way].insert(all[way].end(), kind.times[way].begin(),
                      kind.times[way].end());
    }
  }
  Print("all", all);
}
