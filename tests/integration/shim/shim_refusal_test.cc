// What the shim does not let through, and how it says so.
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "base/json.h"
#include "tests/integration/shim/ask_server.h"
#include "tests/integration/shim/installation.h"
#include "tests/support/catch.h"

using namespace assay;
using namespace assay::test;

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kByDecider = "no-signature: the decider says so";

std::vector<std::string> RunWords(const Installation& here) {
  return {"run", "--bundle", here.bundle(), "c1"};
}

// The refusal's one line begins with this reason, the runtime did not run, and
// containerd would find the same line in the log.
void CheckRefused(const Installation& here, const Outcome& outcome,
                  const std::string& reason) {
  REQUIRE(FindReason(reason));
  CHECK(outcome.exit_code() == 1);
  CHECK(outcome.out.empty());
  INFO(outcome.err);
  CHECK(outcome.err.starts_with(reason + ": "));
  CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
  CHECK(outcome.err.size() <= ASSAY_ASK_LINE_BYTES + 1);
  const auto record = Json::Parse(Contents(here.log()));
  REQUIRE(record);
  REQUIRE(record->FindString("level"));
  CHECK(*record->FindString("level") == "error");
  REQUIRE(record->FindString("msg"));
  CHECK(*record->FindString("msg") + "\n" == outcome.err);
  REQUIRE(record->FindString("time"));
  CHECK(record->FindString("time")->size() == 20);
  CHECK_FALSE(fs::exists(here.root() + "/state/c1"));
  fs::remove(here.log());
}

milliseconds Since(steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

// A server of another user: bound by root, so that its file looks right.
pid_t ForeignServer(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET, 0);
  fs::create_directories(fs::path(path).parent_path());
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address),
                 sizeof address) == 0);
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setuid(65534) != 0 || ::listen(fd, 8) != 0) ::_exit(1);
    (void)!::write(ready[1], "x", 1);
    for (;;) Answer(UniqueFd(::accept(fd, nullptr, nullptr)), "allow");
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  ::close(ready[0]);
  ::close(ready[1]);
  ::close(fd);
  return child;
}

}  // namespace

TEST_CASE("a deny is final and reaches log and standard error") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  here.Decide("allow");
  const std::string line =
      "no-signature: \"registry.example.com/a:1\" \\ caf\xc3\xa9 "
      "(rule 10-policy.toml:3)";
  const AskServer server(here.socket(), "deny " + line);
  const Outcome refused = here.Runc(RunWords(here));
  CHECK(refused.err == line + "\n");
  CheckRefused(here, refused, "no-signature");
  for (const char* verb : {"create", "restore"}) {
    CheckRefused(here, here.Runc({verb, "--bundle", here.bundle(), "c1"}),
                 "no-signature");
  }
  const auto asked = server.asked();
  REQUIRE(asked.size() == 3);
  CHECK(asked[1].request.kind == AskKind::kCreate);
  CHECK(asked[2].request.kind == AskKind::kRestore);
  CHECK_FALSE(fs::exists(here.root() + "/decider-environment"));
}

TEST_CASE("the record is the log's last and of the log's format") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  const AskServer server(here.socket(), "deny rule-rejects: said \"no\"");
  Write(here.log(), "{\"level\":\"error\",\"msg\":\"before\"}\n");
  (void)here.Runc(RunWords(here));
  const std::string json = Contents(here.log());
  CHECK(json.starts_with("{\"level\":\"error\",\"msg\":\"before\"}\n{"));
  CHECK(json.find(R"("msg":"rule-rejects: said \"no\"","time":"2)") !=
        std::string::npos);
  CHECK(json.ends_with("Z\"}\n"));

  fs::remove(here.log());
  (void)Run(here.Called("runc"), here.Words(RunWords(here), "text"));
  const std::string text = Contents(here.log());
  CHECK(text.starts_with("time=\"2"));
  CHECK(text.ends_with("level=error msg=\"rule-rejects: said \\\"no\\\"\"\n"));

  // crun's spelling of a file, no log at all, and a log nobody can write.
  fs::remove(here.log());
  const std::vector<std::string> run = RunWords(here);
  for (const std::string& log :
       {"--log=file:" + here.log(), std::string("--log=/proc/no/such"),
        std::string("--debug")}) {
    std::vector<std::string> words = {"runc", log};
    words.insert(words.end(), run.begin(), run.end());
    const Outcome refused = Run(here.Called("runc"), words);
    CHECK(refused.exit_code() == 1);
    CHECK(refused.err == "rule-rejects: said \"no\"\n");
  }
  CHECK(Contents(here.log())
            .ends_with("msg=\"rule-rejects: said \\\"no\\\"\"\n"));
}

TEST_CASE("without a daemon the decider decides") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  here.Decide("allow");
  const Outcome allowed = here.Runc(
      RunWords(here), [] { ::setenv("LD_PRELOAD", "/tmp/evil.so", 1); });
  CHECK(allowed.exit_code() == 7);
  CHECK(allowed.out == "out\n");
  CHECK(Contents(here.root() + "/decider-environment") ==
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n");
  here.Decide(std::string("deny ") + kByDecider);
  const Outcome denied = here.Runc(RunWords(here));
  CHECK(denied.err == std::string(kByDecider) + "\n");
  CheckRefused(here, denied, "no-signature");
}

TEST_CASE("a wrong answer is no answer") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  here.Decide(std::string("deny ") + kByDecider);
  for (const char* fault : {"close", "drop", "nonce", "version", "magic",
                            "short", "long", "zero", "unknown", "talkative"}) {
    INFO(fault);
    const AskServer server(here.socket(), fault);
    CheckRefused(here, here.Runc(RunWords(here)), "no-signature");
  }
  for (const char* fault : {"close", "drop", "nonce", "version", "magic",
                            "short", "long", "zero", "unknown", "talkative"}) {
    INFO(fault);
    here.Decide(fault);
    const Outcome refused = here.Runc(RunWords(here));
    CheckRefused(here, refused, "hook-no-answer");
  }
  // A deny without a line still denies.
  here.Decide("allow");
  const AskServer server(here.socket(), "silent");
  const Outcome refused = here.Runc(RunWords(here));
  CheckRefused(here, refused, "unspecified");
}

TEST_CASE("without daemon and decider nothing starts") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  CheckRefused(here, here.Runc(RunWords(here)), "hook-no-answer");
  here.Decide("allow");
  fs::remove(here.root() + "/usr/lib/assay/assay-decide");
  fs::copy_file("/bin/false", here.root() + "/usr/lib/assay/assay-decide");
  CheckRefused(here, here.Runc(RunWords(here)), "hook-no-answer");
  // SIGCHLD ignored, as some callers leave it.
  CheckRefused(here,
               here.Runc(RunWords(here), [] { ::signal(SIGCHLD, SIG_IGN); }),
               "hook-no-answer");
}

TEST_CASE("another user's server is not believed") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  const pid_t server = ForeignServer(here.socket());
  CheckRefused(here, here.Runc(RunWords(here)), "hook-no-answer");
  here.Decide(std::string("deny ") + kByDecider);
  CheckRefused(here, here.Runc(RunWords(here)), "no-signature");
  ::kill(server, SIGKILL);
  ::waitpid(server, nullptr, 0);
}

TEST_CASE("who is not root starts nothing") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  here.Decide("allow");
  REQUIRE(::chmod(here.root().c_str(), 0755) == 0);
  Write(here.log(), "");
  REQUIRE(::chmod(here.log().c_str(), 0666) == 0);
  const AskServer server(here.socket(), "allow");
  CheckRefused(here, here.Runc(RunWords(here), [] { (void)!::setuid(65534); }),
               "hook-no-answer");
  CHECK(server.asked().empty());
}

TEST_CASE("a hung daemon and a hung decider cost their time, then refuse") {
  NeedRootAndRunc();
  Installation rescued;
  Installation hopeless;
  rescued.MakeBundle();
  hopeless.MakeBundle();
  rescued.Decide("allow");
  hopeless.Decide("hang");
  const AskServer first(rescued.socket(), "hang");
  // This one never accepts: its kernel queue takes the question.
  const auto second = AskListener::Bind(hopeless.socket());
  REQUIRE(second);
  const auto start = steady_clock::now();
  Outcome refused;
  std::thread other([&] { refused = hopeless.Runc(RunWords(hopeless)); });
  const Outcome ran = rescued.Runc(RunWords(rescued));
  const auto rescued_after = Since(start);
  other.join();
  const auto refused_after = Since(start);
  CHECK(ran.exit_code() == 7);
  CHECK(rescued_after >= milliseconds(ASSAY_ASK_DAEMON_MS));
  CHECK(rescued_after < milliseconds(ASSAY_ASK_DAEMON_MS + 5000));
  CheckRefused(hopeless, refused, "hook-no-answer");
  const milliseconds both(ASSAY_ASK_DAEMON_MS + ASSAY_ASK_DECIDER_MS);
  CHECK(refused_after >= both);
  CHECK(refused_after < both + milliseconds(5000));
}

TEST_CASE("a bundle that changes during the decision does not start") {
  NeedRootAndRunc();
  for (const char* manner : {"swap", "touch", "move"}) {
    INFO(manner);
    Installation here;
    here.MakeBundle();
    const AskServer server(here.socket(), manner);
    CheckRefused(here, here.Runc(RunWords(here)), "hook-changed");
  }
}

TEST_CASE("a bundle that cannot be opened is refused at once") {
  NeedRootAndRunc();
  Installation here;
  const AskServer server(here.socket(), "allow");
  const std::string config = here.bundle() + "/config.json";
  CheckRefused(here, here.Runc({"run", "-b", "/no/such/bundle", "c1"}),
               "file-unreadable");
  CheckRefused(here, here.Runc(RunWords(here)), "file-unreadable");
  REQUIRE(::mkfifo(config.c_str(), 0600) == 0);
  CheckRefused(here, here.Runc(RunWords(here)), "file-unreadable");
  fs::remove(config);
  fs::create_directory(config);
  CheckRefused(here, here.Runc(RunWords(here)), "file-unreadable");
  CHECK(server.asked().empty());
}

TEST_CASE("a call that can be read in two ways is refused") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  const AskServer server(here.socket(), "allow");
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"run", "c1", "--bundle", here.bundle()},
        {"run", "--config", "/x", "--bundle", here.bundle(), "c1"},
        {"run", "--bundle", here.bundle()},
        {"run", "--bundle", here.bundle(), "c1", "c2"}})
    CheckRefused(here, here.Runc(verb), "usage");
  const std::string longest(5000, 'x');
  CheckRefused(here, here.Runc({"run", "--bundle", here.bundle(), longest}),
               "usage");
  CHECK(server.asked().empty());
}

TEST_CASE("the runtime must be another program, and root's own") {
  NeedRootAndRunc();
  Installation here;
  const auto refused = [&](const std::string& reason,
                           const std::string& name = "probe") {
    auto words = here.Words({"state", "c1"});
    words[0] = here.Called(name);
    CheckRefused(here, Run(here.Called(name), words), reason);
  };
  here.Link("probe", here.shim());
  refused("configuration-malformed");
  here.Link("probe", here.Called("runc"));  // a link to a link to the shim
  refused("configuration-malformed");
  fs::create_hard_link(here.shim(), here.root() + "/another-name");
  here.Link("probe", here.root() + "/another-name");
  refused("configuration-malformed");
  here.Link("probe", here.root() + "/no-such-runtime");
  refused("configuration-malformed");
  here.Link("probe", here.root() + "/etc");
  refused("file-unsafe");
  const std::string program = here.root() + "/probe_runtime";
  here.Link("probe", program);
  REQUIRE(::chmod(program.c_str(), 0775) == 0);
  refused("file-unsafe");
  REQUIRE(::chmod(program.c_str(), 0644) == 0);
  refused("configuration-malformed");
  REQUIRE(::chmod(program.c_str(), 0755) == 0);
  REQUIRE(::chown(program.c_str(), 65534, 0) == 0);
  refused("file-unsafe");
}

TEST_CASE("the shim works only where it is installed and by plain names") {
  NeedRootAndRunc();
  const Installation here;
  const std::string elsewhere = here.root() + "/runc";
  fs::copy_file(here.shim(), elsewhere);
  CheckRefused(here, Run(elsewhere, here.Words({"state", "c1"})),
               "configuration-malformed");
  for (const char* name :
       {"", ".", "..", ".hidden", "a b", "/", "runc/", "r\nunc"}) {
    auto words = here.Words({"state", "c1"});
    words[0] = name;
    CheckRefused(here, Run(here.shim(), words), "usage");
  }
  CHECK(Run(here.shim(), {}).exit_code() == 1);
}

TEST_CASE("closed standard files change nothing about a refusal") {
  NeedRootAndRunc();
  Installation here;
  here.MakeBundle();
  here.Decide(std::string("deny ") + kByDecider);
  const Outcome refused = here.Runc(RunWords(here), [] {
    for (int fd = 0; fd < 3; ++fd) ::close(fd);
  });
  CHECK(refused.exit_code() == 1);
  const auto record = Json::Parse(Contents(here.log()));
  REQUIRE(record);
  CHECK(*record->FindString("msg") == kByDecider);
}
