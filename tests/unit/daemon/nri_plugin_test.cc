// The plugin against a runtime of the test's, over a real socket.
#include "daemon/nri_plugin.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <atomic>
#include <future>

#include "tests/support/catch.h"
#include "tests/support/nri_runtime.h"
#include "tests/support/temp_folder.h"

using namespace assay;
using namespace assay::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

constexpr int kPatienceMs = 60'000;  // of a test with a peer that it waits for

// The runtime's end of one connection.
class Runtime {
 public:
  explicit Runtime(UniqueFd fd) : fd_(std::move(fd)) {}

  void Send(const std::string& bytes) {
    REQUIRE(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }

  // Until the plugin has said what is waited for.
  template <typename Done>
  void ReceiveUntil(Done done) {
    while (!done()) {
      pollfd waiting{fd_.get(), POLLIN, 0};
      REQUIRE(::poll(&waiting, 1, kPatienceMs) == 1);
      char part[4096];
      const ssize_t size = ::recv(fd_.get(), part, sizeof part, 0);
      REQUIRE(size > 0);
      REQUIRE(side.Take({part, static_cast<std::size_t>(size)}));
    }
  }

  template <typename Request>
  ttrpc::Response Ask(const std::string& method, const Request& request) {
    const std::size_t before = side.answers.size();
    Send(side.Call(method, request));
    ReceiveUntil([&] { return side.answers.size() > before; });
    return side.answers.back();
  }

  // Whatever the mask is that it says.
  std::int32_t Configure(const std::string& name, const std::string& version,
                         std::int64_t patience_ms = 4L * kPatienceMs) {
    ReceiveUntil([this] { return !side.asked.empty(); });
    const auto answer =
        Ask("Configure", Configuration(name, version, patience_ms));
    api::ConfigureResponse response;
    REQUIRE(response.ParseFromString(answer.payload()));
    return response.events();
  }

  void Meet(const api::SynchronizeRequest& held = {},
            std::int64_t patience_ms = 4L * kPatienceMs) {
    Configure("containerd", "2.1.9", patience_ms);
    Send(NriRuntimeSide::Registered());
    CHECK(Ask("Synchronize", held).status().code() == 0);
  }

  NriRuntimeSide side;

 private:
  UniqueFd fd_;
};

class Node {
 public:
  Node() : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = socket();
    std::copy(path.begin(), path.end(), address.sun_path);
    REQUIRE(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address),
                   sizeof address) == 0);
    REQUIRE(::listen(listener_.get(), 4) == 0);
  }

  std::string socket() const { return folder_ / "nri.sock"; }

  Runtime Accept() {
    pollfd waiting{listener_.get(), POLLIN, 0};
    REQUIRE(::poll(&waiting, 1, kPatienceMs) == 1);
    return Runtime(
        UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
  }

 private:
  TempFolder folder_;
  UniqueFd listener_;
};

Answer AnswerOf(bool yes) {
  Answer answer;
  answer.allow = yes;
  answer.line = yes ? "signed: fine" : "no-signature: none";
  answer.record = Json(Json::Object{
      {"verdict", Json(std::string(yes ? "accepted" : "rejected"))}});
  return answer;
}

// Decides as the test says and remembers what it was asked.
struct Desk {
  NriPlugin::Ports ports() {
    return {
        [this](const Question& question) { return Decide(question); },
        [this](const std::string& runtime_namespace, const std::string& image) {
          const std::scoped_lock lock(mutex);
          warmed_up.push_back(runtime_namespace + " " + image);
        }};
  }

  Answer Decide(const Question& question) {
    const std::scoped_lock lock(mutex);
    asked.push_back(question);
    const auto* record = std::get_if<RecordClaim>(&question.about);
    const bool yes = allow && (record == nullptr || record->id != "unwanted");
    return AnswerOf(yes);
  }

  Question Asked(std::size_t number) {
    const std::scoped_lock lock(mutex);
    return asked.at(number);
  }

  std::mutex mutex;
  std::atomic<bool> allow{true};
  std::vector<Question> asked;
  std::vector<std::string> warmed_up;
};

bool Within(seconds most, const std::function<bool()>& holds) {
  const auto until = steady_clock::now() + most;
  while (!holds()) {
    if (steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

// Only root may stand at the runtime's socket.
bool MayListen() { return ::geteuid() == 0; }

}  // namespace

TEST_CASE("a container is asked about at its creation and at its start") {
  if (!MayListen()) return;
  Node node;
  Desk desk;
  const NriPlugin plugin(node.socket(), desk.ports());
  Runtime runtime = node.Accept();
  runtime.Meet();
  const auto created = runtime.Ask(
      "CreateContainer",
      EventOf<api::CreateContainerRequest>("c1", "registry.example.com/a:1"));
  CHECK(created.status().code() == 0);
  const Question asked = desk.Asked(0);
  CHECK(asked.hook == Hook::kNri);
  CHECK(asked.offline);
  const auto& claim = std::get<AnnouncedClaim>(asked.about);
  CHECK(claim.runtime_namespace == "k8s.io");
  CHECK(claim.id == "c1");
  CHECK(claim.image_name == "registry.example.com/a:1");
  CHECK(claim.is_requested);
  CHECK(claim.pod_namespace == "shop");
  CHECK(claim.container == "app");
  {
    const std::scoped_lock lock(desk.mutex);
    CHECK(desk.warmed_up.empty());
  }

  desk.allow = false;
  const auto started =
      runtime.Ask("StartContainer", EventOf<api::StartContainerRequest>("c1"));
  CHECK(started.status().code() == 7);
  CHECK(started.status().message() ==
        "no-signature: none [request " + desk.Asked(1).request_id + "]");
  CHECK(std::get<RecordClaim>(desk.Asked(1).about).id == "c1");
  const auto refused = runtime.Ask(
      "CreateContainer",
      EventOf<api::CreateContainerRequest>("c2", "registry.example.com/a:1"));
  CHECK(refused.status().code() == 7);
  CHECK(Within(seconds(60), [&] {
    const std::scoped_lock lock(desk.mutex);
    return desk.warmed_up ==
           std::vector<std::string>{"k8s.io registry.example.com/a:1"};
  }));
}

TEST_CASE("what containerd before 2.0 says of the name is not asked for") {
  if (!MayListen()) return;
  Node node;
  Desk desk;
  const NriPlugin plugin(node.socket(), desk.ports());
  Runtime runtime = node.Accept();
  CHECK(runtime.Configure("containerd", "1.7.24") == 0x28);
  (void)runtime.Ask("CreateContainer", EventOf<api::CreateContainerRequest>(
                                           "c1", "registry.example.com/a:1"));
  CHECK_FALSE(std::get<AnnouncedClaim>(desk.Asked(0).about).is_requested);
}

TEST_CASE("what runs already is looked at and told") {
  if (!MayListen()) return;
  Node node;
  Desk desk;
  const NriPlugin plugin(node.socket(), desk.ports());
  Runtime runtime = node.Accept();
  api::SynchronizeRequest held;
  for (const std::string id : {"wanted", "unwanted", "ended"}) {
    api::Container& container = *held.add_containers();
    container.set_id(id);
    container.set_state(id == "ended" ? api::CONTAINER_STOPPED
                                      : api::CONTAINER_RUNNING);
  }
  runtime.Meet(held);
  REQUIRE(Within(seconds(60), [&] { return plugin.state().running.all == 2; }));
  CHECK(plugin.state().running.refused == 1);
  CHECK(plugin.state().connected);
  CHECK(plugin.state().runtime == "containerd 2.1.9");
  CHECK(desk.Asked(0).hook == Hook::kNriRunning);
  CHECK(desk.Asked(0).offline);
}

TEST_CASE("what was judged for another meeting is not counted in this one") {
  std::promise<void> judging;
  std::promise<void> met_again;
  NriRunning running([&](const Question& question) {
    const bool held = std::get<RecordClaim>(question.about).id == "held";
    if (held) {
      judging.set_value();
      met_again.get_future().wait();
    }
    return AnswerOf(!held);
  });
  running.Look("k8s.io", {"held"});
  judging.get_future().wait();
  running.Look("k8s.io", {"one", "other"});
  met_again.set_value();
  REQUIRE(Within(seconds(60), [&] { return running.found().all == 2; }));
  CHECK(running.found().refused == 0);
}

TEST_CASE("a decision that comes too late is a refusal") {
  if (!MayListen()) return;
  Node node;
  std::mutex held;
  std::unique_lock hold(held);
  std::atomic<int> begun{0};
  std::atomic<int> given_up{0};
  const NriPlugin plugin(node.socket(),
                         {[&](const Question&) {
                            ++begun;
                            const std::scoped_lock wait(held);
                            return AnswerOf(true);
                          },
                          [](const std::string&, const std::string&) {},
                          [&](const Question&, const Error& why) {
                            given_up += why.reason == Reason::kDeadline;
                          }});
  Runtime runtime = node.Accept();
  runtime.Meet({}, 400);
  const auto event = EventOf<api::CreateContainerRequest>("c1");
  for (int i = 0; i < 2; ++i) {
    const auto answer = runtime.Ask("CreateContainer", event);
    CHECK(answer.status().code() == 7);
    CHECK(answer.status().message().starts_with("deadline: "));
  }
  CHECK(given_up == 2);  // and the audit log has them
  // The second found the first one under way.
  CHECK(Within(seconds(60), [&] { return begun == 1; }));
  hold.unlock();
  // Whatever the late one came to is told to nobody.
  CHECK(Within(seconds(60), [&] {
    return runtime.Ask("CreateContainer", event).status().code() == 0;
  }));
}

TEST_CASE("a runtime that was away is met again") {
  if (!MayListen()) return;
  Node node;
  Desk desk;
  const NriPlugin plugin(node.socket(), desk.ports());
  { Runtime gone = node.Accept(); }
  {
    Runtime restarted = node.Accept();
    restarted.Meet();
    CHECK(Within(seconds(60), [&] { return plugin.state().connected; }));
  }
  Runtime garbage = node.Accept();
  garbage.Send(std::string(64, '\xff'));
  Runtime again = node.Accept();
  again.Meet();
  CHECK(Within(seconds(60), [&] { return plugin.state().connected; }));
}

TEST_CASE("a runtime that hangs up at an event is asked for fewer, and again") {
  if (!MayListen()) return;
  Node node;
  Desk desk;
  const NriPlugin plugin(node.socket(), desk.ports());
  for (const std::int32_t mask : {0x2028, 0x28, 0x2028}) {
    Runtime runtime = node.Accept();
    CHECK(runtime.Configure("containerd", "2.2.0") == mask);
  }
}

TEST_CASE("CRI-O's container is asked about by its record") {
  if (!MayListen()) return;
  Node node;
  Desk desk;
  desk.allow = false;
  const NriPlugin plugin(node.socket(), desk.ports());
  Runtime runtime = node.Accept();
  CHECK(runtime.Configure("cri-o", "1.36.3") == 0x2008);
  runtime.Send(NriRuntimeSide::Registered());
  api::SynchronizeRequest held;
  held.add_containers()->set_id("unwanted");
  held.mutable_containers(0)->set_state(api::CONTAINER_RUNNING);
  CHECK(runtime.Ask("Synchronize", held).status().code() == 0);
  REQUIRE(Within(seconds(60), [&] { return plugin.state().running.all == 1; }));
  const auto is_record = [&](std::size_t number, const std::string& id) {
    const auto claim = std::get<RecordClaim>(desk.Asked(number).about);
    return claim.runtime_namespace == "containers-storage" && claim.id == id;
  };
  CHECK(is_record(0, "unwanted"));
  // The name is an annotation, and there its pod's author's.
  const auto validated =
      runtime.Ask("ValidateContainerAdjustment",
                  EventOf<api::ValidateContainerAdjustmentRequest>(
                      "c1", "evil.example/a:1"));
  api::ValidateContainerAdjustmentResponse response;
  REQUIRE(response.ParseFromString(validated.payload()));
  CHECK(response.reject());
  CHECK(is_record(1, "c1"));
  const std::scoped_lock lock(desk.mutex);
  CHECK(desk.warmed_up.empty());
}

TEST_CASE("CRI-O before 1.34 is refused the creation itself") {
  if (!MayListen()) return;
  Node node;
  Desk desk;
  desk.allow = false;
  const NriPlugin plugin(node.socket(), desk.ports());
  Runtime runtime = node.Accept();
  CHECK(runtime.Configure("cri-o", "1.30.4") == 0x08);
  CHECK(
      runtime.Ask("CreateContainer", EventOf<api::CreateContainerRequest>("c1"))
          .status()
          .code() == 7);
}

TEST_CASE("a runtime that is not known is not served") {
  if (!MayListen()) return;
  Node node;
  Desk desk;
  const NriPlugin plugin(node.socket(), desk.ports());
  Runtime runtime = node.Accept();
  runtime.ReceiveUntil([&] { return !runtime.side.asked.empty(); });
  CHECK(runtime.Ask("Configure", Configuration("other", "9.9.9"))
            .status()
            .code() == 3);
  CHECK(Within(seconds(60), [&] {
    return plugin.state().problem.find("other 9.9.9") != std::string::npos;
  }));
}

TEST_CASE("a plugin without a runtime ends at once") {
  Desk desk;
  const TempFolder folder;
  const NriPlugin plugin(folder / "none", desk.ports());
  CHECK(Within(seconds(60), [&] { return !plugin.state().problem.empty(); }));
  CHECK_FALSE(plugin.state().connected);
}
