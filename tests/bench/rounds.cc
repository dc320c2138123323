// rounds N COMMAND [::: COMMAND]...: runs commands in turn, N rounds of all, so
// that a slow moment of the machine meets all alike.
//
// A COMMAND is one or more programs with +++ between them; "wait" instead of a
// program waits for what they left running, and a program after the word
// "unmeasured" is not counted. @ID@ in a word is different in
// every round. For each command one line: median wall and CPU time in ms, peak
// memory in MiB, and the medians of wall and CPU relative to the first command
// of the same round.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "tests/bench/measure.h"

using namespace assay::bench;

namespace {

constexpr int kWarmUps = 2;

using Words = std::vector<std::string>;
using Command = std::vector<Words>;

std::vector<Words> Split(const Words& words, const std::string& separator) {
  std::vector<Words> parts(1);
  for (const std::string& word : words) {
    if (word == separator) {
      parts.emplace_back();
    } else {
      parts.back().push_back(word);
    }
  }
  for (const Words& part : parts) {
    if (part.empty()) Die("a command is empty");
  }
  return parts;
}

Words WithId(Words words, const std::string& id) {
  for (std::string& word : words) {
    const std::size_t at = word.find("@ID@");
    if (at != std::string::npos) word.replace(at, 4, id);
  }
  return words;
}

Cost RunStep(Words step, const std::string& id) {
  if (step == Words{"wait"}) return WaitForOrphans();
  step = WithId(std::move(step), id);
  if (step.front() != "unmeasured") return RunProgram(step);
  step.erase(step.begin());
  RunProgram(step);
  return {};
}

Cost RunCommand(const Command& command, const std::string& id) {
  Cost cost;
  for (const Words& step : command) cost += RunStep(step, id);
  return cost;
}

struct Figures {
  std::vector<double> wall, cpu, peak, wall_ratio, cpu_ratio;

  void Add(const Cost& cost, const Cost& first) {
    wall.push_back(cost.wall * 1e3);
    cpu.push_back(cost.cpu * 1e3);
    peak.push_back(cost.peak);
    wall_ratio.push_back(cost.wall / first.wall);
    cpu_ratio.push_back(cost.cpu / first.cpu);
  }
};

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 2 ? std::atoi(argv[1]) : 0;
  if (rounds <= 0) Die("usage: rounds N COMMAND [::: COMMAND]...");
  std::vector<Command> commands;
  for (const Words& words : Split(Words(argv + 2, argv + argc), ":::")) {
    commands.push_back(Split(words, "+++"));
  }
  BecomeSubreaper();
  std::vector<Figures> figures(commands.size());
  for (int round = -kWarmUps; round < rounds; ++round) {
    Cost first;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const std::string id = "bench-" + std::to_string(::getpid()) + "-" +
                             std::to_string(round + kWarmUps) + "-" +
                             std::to_string(i);
      const Cost cost = RunCommand(commands[i], id);
      if (i == 0) first = cost;
      if (round >= 0) figures[i].Add(cost, first);
    }
  }
  for (const Figures& one : figures) {
    std::printf("%.3f %.3f %.2f %.4f %.4f\n", Median(one.wall), Median(one.cpu),
                Median(one.peak), Median(one.wall_ratio),
                Median(one.cpu_ratio));
  }
}
