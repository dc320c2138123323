// What the shim lets through: other verbs at once, gated verbs after an
// allow, and in both cases the runtime as if it had been called directly.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "tests/integration/shim/ask_server.h"
#include "tests/integration/shim/installation.h"
#include "tests/support/catch.h"

using namespace assay;
using namespace assay::test;

namespace {

namespace fs = std::filesystem;

// runc's logs with their times taken out.
std::string WithoutTimes(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find("time\":\"");
    if (at != std::string::npos) line.erase(at, line.find('"', at + 7) - at);
    out += line + "\n";
  }
  return out;
}

// The probe's report without what must differ between two processes.
std::string Comparable(const std::string& report) {
  std::istringstream lines(report);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("pid ")) line = line.substr(line.find("death"));
    if (line.starts_with("fd 1 ") || line.starts_with("fd 2 "))
      line = line.substr(0, 12);
    out += line + "\n";
  }
  return out;
}

// A state of a process that a runtime may be started in and must find again.
void Unusual() {
  ::setenv("NAMESPACE", "k8s.io", 1);
  ::setenv("GRPC_ADDRESS", "/run/containerd/containerd.sock", 1);
  ::setenv("LISTEN_FDS", "1", 1);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGUSR1, SIG_IGN);
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR2);
  ::sigprocmask(SIG_SETMASK, &blocked, nullptr);
  ::umask(027);
  ::dup2(::open("/dev/zero", O_RDONLY | O_CLOEXEC), 3);
  ::dup2(3, 9);
}

}  // namespace

TEST_CASE("other verbs are as if the runtime had been called directly") {
  NeedRootAndRunc();
  const Installation here;
  const std::vector<std::vector<std::string>> calls = {
      {"--version"},
      {"features"},
      {"list"},
      {"state", "no-such-container"},
      {"delete", "--force", "no-such-container"},
      {"kill", "no-such-container", "9"},
      {"exec", "no-such-container", "sh"},
      {"checkpoint", "--help"},
      {"create", "--help"},
      {"no-such-verb"},
      {}};
  for (const auto& verb : calls) {
    INFO((verb.empty() ? "(nothing)" : verb[0]));
    const Outcome shimmed = here.Runc(verb);
    const std::string shimmed_log = Contents(here.log());
    fs::remove(here.log());
    const Outcome bare = Run(ASSAY_RUNC, here.Words(verb));
    CHECK(shimmed.status == bare.status);
    CHECK(shimmed.out == bare.out);
    CHECK(shimmed.err == bare.err);
    CHECK(WithoutTimes(shimmed_log) == WithoutTimes(Contents(here.log())));
    fs::remove(here.log());
  }
}

TEST_CASE("the runtime finds all that its caller prepared") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  const AskServer server(here.socket(), "allow");
  const std::vector<std::vector<std::string>> calls = {
      {here.Called("probe"), "state", "c1"},
      {here.Called("probe"), "create", "--bundle", here.bundle(), "c1"},
      {"probe", "run", "-b", here.bundle(), "c1"}};
  for (const auto& words : calls) {
    INFO(words[1]);
    const Outcome shimmed = Run(here.Called("probe"), words, Unusual);
    const Outcome bare = Run(here.root() + "/probe_runtime", words, Unusual);
    CHECK(shimmed.exit_code() == 42);
    CHECK(Comparable(shimmed.out) == Comparable(bare.out));
    CHECK(shimmed.out.find("death 9") != std::string::npos);
    CHECK(shimmed.out.find("fd 9 /dev/zero") != std::string::npos);
    CHECK(shimmed.err == bare.err);
  }
  CHECK(server.asked().size() == 2);
}

TEST_CASE("the same holds behind the decider, whose child is gone") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  here.Decide("allow");
  const std::vector<std::string> words = {"probe", "run", "-b", here.bundle(),
                                          "c1"};
  const Outcome shimmed = Run(here.Called("probe"), words, Unusual);
  const Outcome bare = Run(here.root() + "/probe_runtime", words, Unusual);
  CHECK(shimmed.exit_code() == 42);
  CHECK(Comparable(shimmed.out) == Comparable(bare.out));
}

TEST_CASE("an allowed container runs, and nothing is said") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  const AskServer server(here.socket(), "allow");
  const Outcome ran = here.Runc({"run", "--bundle", here.bundle(), "c1"}, [] {
    ::setenv("NAMESPACE", "k8s.io", 1);
    ::setenv("GRPC_ADDRESS", "/run/containerd/containerd.sock", 1);
  });
  CHECK(ran.exit_code() == 7);
  CHECK(ran.out == "out\n");
  CHECK(ran.err == "err\n");
  CHECK(Contents(here.log()).empty());
  REQUIRE(server.asked().size() == 1);
  const Asked asked = server.asked()[0];
  CHECK(asked.problem == Reason::kUnspecified);
  CHECK(asked.request.kind == AskKind::kRun);
  CHECK(asked.request.container_id == "c1");
  CHECK(asked.request.bundle == here.bundle());
  CHECK(asked.request.runtime_root == here.root() + "/state");
  CHECK(asked.request.runtime_namespace == "k8s.io");
  CHECK(asked.request.runtime_address == "/run/containerd/containerd.sock");
  CHECK(asked.request.runtime_name == "runc");
  // Less the time that it took to connect.
  CHECK(asked.request.patience.count() <= ASSAY_ASK_DAEMON_MS);
  CHECK(asked.request.patience.count() > ASSAY_ASK_DAEMON_MS / 2);
  CHECK(asked.request.nonce != AskNonce{});
  CHECK(asked.config == Contents(here.bundle() + "/config.json"));
  CHECK(asked.bundle == here.bundle());
}

TEST_CASE("create, start and delete work through the shim") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  const AskServer server(here.socket(), "allow");
  const std::string pid_file = here.root() + "/pid";
  // A created container keeps its streams open, so they cannot be Run's.
  const Outcome created = here.Runc(
      {"create", "--bundle", here.bundle(), "--pid-file", pid_file, "c2"}, [] {
        const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        ::dup2(null, 1);
        ::dup2(null, 2);
      });
  CHECK(created.exit_code() == 0);
  CHECK_FALSE(Contents(pid_file).empty());
  CHECK(here.Runc({"state", "c2"}).out.find("\"created\"") !=
        std::string::npos);
  CHECK(here.Runc({"start", "c2"}).exit_code() == 0);
  CHECK(here.Runc({"delete", "--force", "c2"}).exit_code() == 0);
  CHECK(here.Runc({"state", "c2"}).exit_code() == 1);
  CHECK(server.asked().size() == 1);
}

TEST_CASE("a relative bundle and none at all mean the current folder") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  const AskServer server(here.socket(), "allow");
  const std::string root = here.root();
  const auto in = [](const std::string& folder) {
    return [folder] { (void)!::chdir(folder.c_str()); };
  };
  CHECK(here.Runc({"run", "c1"}, in(here.bundle())).exit_code() == 7);
  CHECK(here.Runc({"run", "-b", "bundle", "c1"}, in(root)).exit_code() == 7);
  const auto asked = server.asked();
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].request.bundle == here.bundle());
  CHECK(asked[1].request.bundle == here.bundle());
  CHECK(asked[0].request.nonce != asked[1].request.nonce);
}

TEST_CASE("called by its own name the shim is runc") {
  NeedRootAndRunc();
  const Installation here;
  const Outcome own = Run(here.shim(), {"assay-shim", "--version"});
  CHECK(own.exit_code() == 0);
  CHECK(own.out == Run(ASSAY_RUNC, {"runc", "--version"}).out);
}

TEST_CASE("a shim whose file was replaced still knows its place") {
  NeedRootAndRunc();
  const Installation here;
  const int old = ::open(here.shim().c_str(), O_RDONLY);  // survives the exec
  REQUIRE(old >= 0);
  fs::remove(here.shim());
  const Outcome ran =
      Run("/proc/self/fd/" + std::to_string(old), {"runc", "--version"});
  CHECK(ran.exit_code() == 0);
  CHECK(ran.out == Run(ASSAY_RUNC, {"runc", "--version"}).out);
  ::close(old);
}
