// Follows an object while whoever is to be told of it throws, and says how
// often it was told: follow_probe ROOT KUBECONFIG NAME.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "daemon/cluster_refresher.h"

int main(int count, char** arguments) {
  using namespace assay;
  constexpr int kThrown = 2;
  constexpr std::chrono::seconds kPatience{60};
  if (count != 4) return 2;
  const auto reference = ClusterReference::Parse(arguments[3]);
  if (!reference) return 2;
  std::atomic<int> told{0};
  const auto begun = std::chrono::steady_clock::now();
  ClusterRefresher refresher(
      Paths(arguments[1]), {arguments[2]},
      {[&] { return std::set<ClusterReference>{*reference}; },
       [] { return true; },
       [&] {
         if (++told <= kThrown) throw std::runtime_error("not this time");
       }});
  while (told <= kThrown) {
    if (std::chrono::steady_clock::now() - begun > kPatience) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::printf("told %d times\n", told.load());
  return told == kThrown + 1 ? 0 : 1;
}
