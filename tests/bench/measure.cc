#include "tests/bench/measure.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace assay::bench {
namespace {

double Now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) * 1e-6;
}

Cost CostOf(const rusage& usage, double wall) {
  return {wall, Seconds(usage.ru_utime) + Seconds(usage.ru_stime),
          static_cast<double>(usage.ru_maxrss) / 1024};
}

// A vfork, so that this program's own size is not part of the other's cost.
pid_t Spawn(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const std::string& word : words) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (int fd = 0; fd < 3; ++fd) {
    ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  }
  pid_t child = -1;
  const int error =
      ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) Die("cannot start " + words.front());
  return child;
}

}  // namespace

Cost& Cost::operator+=(const Cost& other) {
  wall += other.wall;
  cpu += other.cpu;
  peak = std::max(peak, other.peak);
  return *this;
}

Cost operator-(const Cost& end, const Cost& begin) {
  return {end.wall - begin.wall, end.cpu - begin.cpu, end.peak};
}

Cost OwnCost() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return CostOf(usage, Now());
}

Cost RunProgram(const std::vector<std::string>& words) {
  const double began = Now();
  const pid_t child = Spawn(words);
  rusage usage{};
  int status = 0;
  if (::wait4(child, &status, 0, &usage) != child) Die("wait4");
  if (status != 0) {
    std::string line;
    for (const std::string& word : words) line += " " + word;
    Die("this failed:" + line);
  }
  return CostOf(usage, Now() - began);
}

void PrintInTurn(int rounds, const std::vector<std::string>& peer,
                 const std::function<Cost()>& decision) {
  constexpr int kWarmUps = 5;  // the first of them asks everywhere
  constexpr int kInARow = 20;
  for (int i = 0; i < kWarmUps; ++i) decision();
  std::vector<double> own, ratio, first, first_ratio;
  for (int i = 0; i < rounds; ++i) {
    const double other = RunProgram(peer).cpu;
    double sum = 0;
    for (int k = 0; k < kInARow; ++k) {
      const double cpu = decision().cpu;
      if (k == 0) first.push_back(cpu * 1e3);
      sum += cpu;
    }
    own.push_back(sum / kInARow * 1e3);
    ratio.push_back(other / (sum / kInARow));
    first_ratio.push_back(other / (first.back() * 1e-3));
  }
  std::printf("%.3f %.1f %.3f %.1f\n", Median(own), Median(ratio),
              Median(first), Median(first_ratio));
}

void BecomeSubreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) Die("prctl");
}

Cost WaitForOrphans() {
  const double began = Now();
  Cost cost;
  rusage usage{};
  while (::wait4(-1, nullptr, 0, &usage) > 0) cost += CostOf(usage, 0);
  cost.wall = Now() - began;
  return cost;
}

double Quantile(std::vector<double> values, double part) {
  if (values.empty()) Die("nothing was measured");
  const auto at = static_cast<std::size_t>(
      std::lround(part * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(),
                   values.begin() + static_cast<std::ptrdiff_t>(at),
                   values.end());
  return values[at];
}

void Die(const std::string& why) {
  std::fprintf(stderr, "error: %s\n", why.c_str());
  std::exit(2);
}

}  // namespace assay::bench
