// create_bench SOCKET ASSAYD-PID CONTAINERD-PID N BUNDLE STALLED: what a create
// costs that is asked about at the daemon's SOCKET, over a real containerd.
//
// BUNDLE is that of a container of a signed image, STALLED that of one whose
// signatures are in a registry that does not answer; both run, so that their
// records, snapshots and mounts are as at their own create. Prints four lines:
//   the first ask: its wall time in ms
//   N asks one after another: median wall time, CPU of assayd and of
//     containerd for each, all in ms
//   200 asks at once, five times: median and 99th percentile, CPU as above
//   the same, every fourth about STALLED: wall times of the others
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <thread>
#include <vector>

#include "tests/bench/asker.h"
#include "tests/bench/measure.h"

using namespace assay::bench;

namespace {

constexpr int kAtOnce = 200;
constexpr int kRounds = 5;
constexpr int kEveryStalled = 4;

double CpuOf(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0 ||
      ::clock_gettime(clock, &time) != 0) {
    Die("there is no process " + std::to_string(process));
  }
  return static_cast<double>(time.tv_sec) * 1e3 +
         static_cast<double>(time.tv_nsec) * 1e-6;
}

// In ms, of an ask that is to be allowed.
double Ask(const Asker& asker) {
  const Cost before = OwnCost();
  const std::string refusal = asker.Refusal();
  if (!refusal.empty()) Die(refusal);
  return (OwnCost() - before).wall * 1e3;
}

// CPU since it was made, in ms of each of so many asks.
class Meter {
 public:
  Meter(pid_t daemon, pid_t runtime)
      : daemon_(daemon),
        runtime_(runtime),
        daemon_before_(CpuOf(daemon)),
        runtime_before_(CpuOf(runtime)) {}

  void Print(std::size_t asks) const {
    const auto count = static_cast<double>(asks);
    std::printf(" %.3f %.3f\n", (CpuOf(daemon_) - daemon_before_) / count,
                (CpuOf(runtime_) - runtime_before_) / count);
  }

 private:
  pid_t daemon_, runtime_;
  double daemon_before_, runtime_before_;
};

std::vector<double> OneAfterAnother(const Asker& asker, int asks) {
  std::vector<double> times;
  for (int i = 0; i < asks; ++i) times.push_back(Ask(asker));
  return times;
}

std::vector<double> AtOnce(const Asker& asker, const Asker* stalled) {
  std::latch start(kAtOnce);
  std::vector<double> times(kAtOnce, -1);
  std::vector<std::thread> askers;
  for (int i = 0; i < kAtOnce; ++i) {
    askers.emplace_back([&, i] {
      const bool stalls = stalled != nullptr && i % kEveryStalled == 0;
      start.arrive_and_wait();
      if (!stalls) {
        times[static_cast<std::size_t>(i)] = Ask(asker);
      } else if (stalled->Refusal().empty()) {
        Die("what could not be verified is allowed");
      }
    });
  }
  for (std::thread& thread : askers) thread.join();
  std::erase(times, -1);
  return times;
}

// Of several rounds, each the median and the 99th percentile.
void PrintAtOnce(const Asker& asker, const Asker* stalled, const Meter& meter) {
  std::vector<double> medians, late;
  for (int i = 0; i < kRounds; ++i) {
    const std::vector<double> times = AtOnce(asker, stalled);
    medians.push_back(Median(times));
    late.push_back(Quantile(times, 0.99));
  }
  std::printf("%.3f %.3f", Median(medians), Median(late));
  meter.Print(std::size_t{kRounds} * kAtOnce);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    Die("usage: create_bench SOCKET ASSAYD-PID CONTAINERD-PID N BUNDLE "
        "STALLED");
  }
  const auto asker = [&](const std::string& bundle) {
    return Asker(argv[1], bundle, bundle + "/config.json");
  };
  const Asker known = asker(argv[5]);
  const Asker stalled = asker(argv[6]);
  std::printf("%.3f\n", Ask(known));
  const pid_t daemon = std::atoi(argv[2]);
  const pid_t runtime = std::atoi(argv[3]);
  const Meter meter(daemon, runtime);
  const auto times = OneAfterAnother(known, std::atoi(argv[4]));
  std::printf("%.3f", Median(times));
  meter.Print(times.size());
  PrintAtOnce(known, nullptr, Meter(daemon, runtime));
  PrintAtOnce(known, &stalled, Meter(daemon, runtime));
}
