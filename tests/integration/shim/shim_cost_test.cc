// The shim's price, counted and not timed, so that it is the same on every
// machine: a traced shim is stepped from its first instruction to the execve
// of the real runtime. The limits are those of the design.
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <sstream>

#include "tests/integration/shim/ask_server.h"
#include "tests/integration/shim/installation.h"
#include "tests/support/catch.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr long kInstructionsMost = 150'000;
constexpr long kFaultsMost = 60;
constexpr long kSystemCallsMost = 30;
constexpr std::uintmax_t kBytesMost = std::uintmax_t{150} * 1024;

struct Cost {
  long instructions = 0;
  long system_calls = 0;
  long faults = 0;
};

bool IsExecEvent(int status) {
  return status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXEC << 8));
}

// Starts the words under trace and stops behind its first execve.
pid_t StartTraced(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    ::execv(argv[0], argv.data());
    ::_exit(126);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(::ptrace(PTRACE_SETOPTIONS, child, nullptr,
                   PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD |
                       PTRACE_O_EXITKILL) == 0);
  REQUIRE(::ptrace(PTRACE_CONT, child, nullptr, nullptr) == 0);
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(IsExecEvent(status));
  return child;
}

void End(pid_t child) {
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

// Minor and major faults of the process so far (proc(5), stat, 10 and 12).
long FaultsOf(pid_t child) {
  const std::string stat = Contents("/proc/" + std::to_string(child) + "/stat");
  std::istringstream rest(stat.substr(stat.rfind(')') + 2));
  std::vector<std::string> fields;
  for (std::string field; rest >> field;) fields.push_back(field);
  return std::stol(fields.at(7)) + std::stol(fields.at(9));
}

long CountInstructions(const std::vector<std::string>& words) {
  const pid_t child = StartTraced(words);
  long count = 0;
  for (int status = 0;; ++count) {
    REQUIRE(::ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) == 0);
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSTOPPED(status));  // it ended: no runtime was started
    if (IsExecEvent(status)) break;
  }
  End(child);
  return count;
}

Cost Count(const std::vector<std::string>& words) {
  Cost cost;
  cost.instructions = CountInstructions(words);
  const pid_t child = StartTraced(words);
  const long before = FaultsOf(child);
  bool entering = false;  // the first stop is the end of the execve
  for (int status = 0;;) {
    REQUIRE(::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) == 0);
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSTOPPED(status));
    if (IsExecEvent(status)) break;
    if (entering) ++cost.system_calls;
    entering = !entering;
    cost.faults = FaultsOf(child) - before;
  }
  End(child);
  std::printf("%s: %ld instructions, %ld system calls, %ld page faults\n",
              words.at(words.size() - 2).c_str(), cost.instructions,
              cost.system_calls, cost.faults);
  return cost;
}

}  // namespace

TEST_CASE("asking stays below the design's limits") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  const AskServer server(here.socket(), "allow");
  // containerd's whole line.
  const Cost cost = Count(here.Words(
      {"create", "--bundle", here.bundle(), "--pid-file",
       here.bundle() + "/init.pid",
       "ebc129acccc77e7f2a4ca79eaa7e0c781d8000ce7400fc835b52437c9fd7e29e"}));
  CHECK(cost.instructions <= kInstructionsMost);
  CHECK(cost.faults <= kFaultsMost);
  CHECK(cost.system_calls <= kSystemCallsMost);
  CHECK(server.asked().size() == 2);
}

TEST_CASE("other verbs cost a fraction of that") {
  NeedRootAndRunc();
  const Installation here;
  const Cost cost = Count(here.Words({"state", "c1"}));
  CHECK(cost.instructions <= kInstructionsMost / 5);
  CHECK(cost.faults <= kFaultsMost / 2);
  CHECK(cost.system_calls <= 8);
}

TEST_CASE("the program is small") {
  CHECK(std::filesystem::file_size(ASSAY_SHIM) <= kBytesMost);
}
