#include "io/nri/session.h"

#include <fstream>
#include <iterator>

#include "io/nri/limits.h"
#include "tests/support/catch.h"
#include "tests/support/nri_runtime.h"

using namespace assay;
using namespace assay::testing;

namespace {

struct Plugin : NriPort {
  Result<std::int32_t> Configure(const NriRuntime& runtime,
                                 const std::string& nri_version) override {
    if (runtime.kind == NriKind::kOther) {
      return Fail(Reason::kRuntimeUnreachable, "not this one");
    }
    return EventMask(runtime.kind, AsksValidation(runtime, nri_version));
  }
  void Synchronize(std::vector<NriContainer> containers) override {
    ++synchronized;
    held = std::move(containers);
  }
  std::optional<std::string> Decide(NriMoment moment,
                                    const NriContainer& container) override {
    asked.emplace_back(moment, container);
    return refusal;
  }

  int synchronized = 0;
  std::vector<NriContainer> held;
  std::vector<std::pair<NriMoment, NriContainer>> asked;
  std::optional<std::string> refusal;
};

// A session and the runtime it talks with.
struct Talk {
  Talk()
      : session(plugin, [this](const std::string& bytes) {
          return runtime.Take(bytes);
        }) {
    REQUIRE(session.Register("assay", "10"));
  }

  void MeetContainerd(const std::string& version) {
    REQUIRE(session.Take(
        runtime.Call("Configure", Configuration("containerd", version))));
    REQUIRE(session.Take(NriRuntimeSide::Registered()));
    REQUIRE(
        session.Take(runtime.Call("Synchronize", api::SynchronizeRequest())));
  }

  // The answer to the call; fails where there is none.
  template <typename Request>
  ttrpc::Response Ask(const std::string& method, const Request& request) {
    const std::size_t before = runtime.answers.size();
    REQUIRE(session.Take(runtime.Call(method, request)));
    REQUIRE(runtime.answers.size() == before + 1);
    CHECK(runtime.streams.back() == runtime.stream());
    return runtime.answers.back();
  }

  NriRuntimeSide runtime;
  Plugin plugin;
  NriSession session;
};

template <typename Message>
Message Read(const ttrpc::Response& response) {
  CHECK(response.status().code() == 0);
  Message message;
  REQUIRE(message.ParseFromString(response.payload()));
  return message;
}

// Ends the talk for what no runtime sends.
void CheckEnds(Talk& talk, const std::string& bytes) {
  const auto taken = talk.session.Take(bytes);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().reason == Reason::kHookMalformed);
}

std::string Recorded(const std::string& name) {
  std::ifstream file(ASSAY_NRI_RECORDED "/" + name, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("the plugin says who it is") {
  Talk talk;
  REQUIRE(talk.runtime.asked.size() == 1);
  ttrpc::Request call;
  REQUIRE(call.ParseFromString(talk.runtime.asked[0]));
  CHECK(call.service() == "nri.pkg.api.v1alpha1.Runtime");
  CHECK(call.method() == "RegisterPlugin");
  api::RegisterPluginRequest request;
  REQUIRE(request.ParseFromString(call.payload()));
  CHECK(request.plugin_name() == "assay");
  CHECK(request.plugin_idx() == "10");
}

TEST_CASE("what containerd 2.1 really said is answered") {
  for (const std::size_t step : {1U, 100U, 100'000U}) {
    Talk talk;
    const std::string bytes = Recorded("containerd-2.1.9");
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      REQUIRE(talk.session.Take(std::string_view(bytes).substr(at, step)));
    }
    CHECK(talk.session.synchronized());
    REQUIRE(talk.plugin.asked.size() == 2);
    const auto& [moment, container] = talk.plugin.asked[0];
    CHECK(moment == NriMoment::kCreate);
    CHECK(container.pod_namespace == "team-a");
    CHECK(container.pod == "web");
    CHECK(container.name == "app");
    // Not that of the label of the same key, which the pod's author wrote.
    CHECK(container.image_name == "localhost:5000/demo/app:1");
    CHECK(talk.plugin.asked[1].first == NriMoment::kStart);
    CHECK(talk.plugin.asked[1].second.id == container.id);
  }
}

// Its recorded plugin asked for every event.
TEST_CASE(
    "what CRI-O 1.36 really said is answered, and its validation refused") {
  for (const bool refuses : {false, true}) {
    Talk talk;
    if (refuses) talk.plugin.refusal = "no-signature: none";
    REQUIRE(talk.session.Take(Recorded("crio-1.36.3-validator")));
    CHECK(talk.session.synchronized());
    REQUIRE(talk.plugin.asked.size() >= 1);
    const auto& [moment, container] = talk.plugin.asked[0];
    CHECK(moment == NriMoment::kCreate);
    CHECK(container.pod_namespace == "team-a");
    CHECK(container.pod == "web");
    CHECK(container.name == "app");
    CHECK(container.id ==
          "c6813c1b65724deb8e607d820bc238ef418c22120a7523f3518463bcdba55025");
    int rejected = 0;
    for (const ttrpc::Response& answer : talk.runtime.answers) {
      api::ValidateContainerAdjustmentResponse validated;
      if (validated.ParseFromString(answer.payload()) && validated.reject()) {
        ++rejected;
        CHECK(validated.reason() == "no-signature: none");
      }
    }
    CHECK(rejected == (refuses ? 1 : 0));
  }
}

TEST_CASE("a runtime that is not served is told so") {
  Talk talk;
  const auto taken = talk.session.Take(
      talk.runtime.Call("Configure", Configuration("other", "9.9.9")));
  REQUIRE_FALSE(taken);
  CHECK(taken.error().reason == Reason::kRuntimeUnreachable);
  REQUIRE(talk.runtime.answers.size() == 1);
  CHECK(talk.runtime.answers[0].status().message() == "not this one");
}

TEST_CASE("a runtime that does not want the plugin ends the talk") {
  Talk talk;
  const auto taken = talk.session.Take(NriRuntimeSide::Registered("go\taway"));
  REQUIRE_FALSE(taken);
  CHECK(taken.error().reason == Reason::kHookNoAnswer);
  CHECK(taken.error().detail == "the runtime says: go\\x09away");
}

TEST_CASE("where nothing is validated a creation is refused at once") {
  Talk talk;
  talk.MeetContainerd("2.1.9");
  api::ConfigureResponse configured;
  REQUIRE(configured.ParseFromString(talk.runtime.answers[0].payload()));
  CHECK(configured.events() == 0x28);
  const auto event = EventOf<api::CreateContainerRequest>("c1", "app:1");
  CHECK(talk.Ask("CreateContainer", event).payload().empty());
  talk.plugin.refusal = "no-signature: none";
  const auto refused = talk.Ask("CreateContainer", event);
  CHECK(refused.status().code() == 7);
  CHECK(refused.status().message() == "no-signature: none");
  CHECK(talk.plugin.asked[0].second.image_name == "app:1");
  CHECK(talk.plugin.asked[0].second.pod_namespace == "shop");
}

// The runtime would drop the plugin, and make the container.
TEST_CASE("no refusal is lost because its text is no UTF-8") {
  Talk talk;
  talk.MeetContainerd("2.2.0");
  talk.plugin.refusal = "no-signature: \xff \xe2\x82";
  const std::string told = "no-signature: \\xff \\xe2\\x82";
  CHECK(talk.Ask("StartContainer", EventOf<api::StartContainerRequest>("c1"))
            .status()
            .message() == told);
  CHECK(Read<api::ValidateContainerAdjustmentResponse>(
            talk.Ask("ValidateContainerAdjustment",
                     EventOf<api::ValidateContainerAdjustmentRequest>("c1")))
            .reason() == told);
}

TEST_CASE("where it is validated the verdict belongs there") {
  Talk talk;
  talk.MeetContainerd("2.2.0");
  talk.plugin.refusal = "no-signature: none";
  const auto created =
      talk.Ask("CreateContainer", EventOf<api::CreateContainerRequest>("c1"));
  CHECK(created.status().code() == 0);
  CHECK(talk.plugin.asked.empty());
  const auto event = EventOf<api::ValidateContainerAdjustmentRequest>("c1");
  auto validated = Read<api::ValidateContainerAdjustmentResponse>(
      talk.Ask("ValidateContainerAdjustment", event));
  CHECK(validated.reject());
  CHECK(validated.reason() == "no-signature: none");
  talk.plugin.refusal.reset();
  validated = Read<api::ValidateContainerAdjustmentResponse>(
      talk.Ask("ValidateContainerAdjustment", event));
  CHECK_FALSE(validated.reject());
}

TEST_CASE("a start is refused, whichever way it is told") {
  Talk talk;
  talk.MeetContainerd("2.3.0");
  talk.plugin.refusal = "no-signature: none";
  CHECK(talk.Ask("StartContainer", EventOf<api::StartContainerRequest>("c1"))
            .status()
            .code() == 7);
  auto event = EventOf<api::StateChangeEvent>("c1");
  event.set_event(api::START_CONTAINER);
  CHECK(talk.Ask("StateChange", event).status().code() == 7);
  event.set_event(api::POST_START_CONTAINER);
  CHECK(talk.Ask("StateChange", event).status().code() == 0);
  CHECK(talk.plugin.asked.size() == 2);
}

TEST_CASE("what only tells something is answered with nothing") {
  Talk talk;
  talk.MeetContainerd("2.1.9");
  for (const std::string method :
       {"Shutdown", "RunPodSandbox", "UpdatePodSandbox", "PostUpdatePodSandbox",
        "StopPodSandbox", "RemovePodSandbox", "PostCreateContainer",
        "PostStartContainer", "UpdateContainer", "PostUpdateContainer",
        "StopContainer", "RemoveContainer"}) {
    const auto answer = talk.Ask(method, api::StateChangeEvent());
    CHECK(answer.status().code() == 0);
    CHECK(answer.payload().empty());
  }
  CHECK(talk.Ask("Later", api::StateChangeEvent()).status().code() == 12);
  CHECK(talk.Ask("", api::StateChangeEvent()).status().code() == 12);
  REQUIRE(talk.session.Take(talk.runtime.CallWith("Configure", "", "other")));
  CHECK(talk.runtime.answers.back().status().code() == 12);
}

TEST_CASE("a creation that cannot be read is refused") {
  Talk talk;
  talk.MeetContainerd("2.1.9");
  auto other_pod = EventOf<api::CreateContainerRequest>("c1");
  other_pod.mutable_pod()->set_id("another");
  auto no_id = EventOf<api::CreateContainerRequest>("");
  auto long_name = EventOf<api::CreateContainerRequest>("c1");
  long_name.mutable_pod()->set_name(
      std::string(limits::kNriTextBytes + 1, 'x'));
  api::CreateContainerRequest no_pod;
  no_pod.mutable_container()->set_id("c1");
  for (const auto& event : {other_pod, no_id, long_name, no_pod}) {
    const auto answer = talk.Ask("CreateContainer", event);
    CHECK(answer.status().code() == 3);
    CHECK(answer.status().message() == "hook-malformed: CreateContainer");
  }
  REQUIRE(
      talk.session.Take(talk.runtime.CallWith("CreateContainer", "\xff\xff")));
  CHECK(talk.runtime.answers.back().status().code() == 3);
  CHECK(talk.plugin.asked.empty());
}

TEST_CASE("a call longer than ttrpc allows is refused and not forgotten") {
  Talk talk;
  talk.MeetContainerd("2.1.9");
  REQUIRE(talk.session.Take(talk.runtime.CallWith(
      "CreateContainer", std::string(limits::kNriMessageBytes, 'x'))));
  CHECK(talk.runtime.answers.back().status().code() == 8);
  CHECK(talk.plugin.asked.empty());
  CHECK(talk.Ask("CreateContainer", EventOf<api::CreateContainerRequest>("c1"))
            .status()
            .code() == 0);
}

TEST_CASE("a node of ten thousand containers comes in parts") {
  Talk talk;
  REQUIRE(talk.session.Take(
      talk.runtime.Call("Configure", Configuration("containerd", "2.1.9"))));
  for (int part = 0; part < 10; ++part) {
    api::SynchronizeRequest request;
    api::PodSandbox& pod = *request.add_pods();
    pod.set_id("pod" + std::to_string(part));
    pod.set_namespace_("shop");
    for (int i = 0; i < 1000; ++i) {
      api::Container& container = *request.add_containers();
      container.set_id(std::to_string(part * 1000 + i));
      container.set_pod_sandbox_id(pod.id());
      container.set_state(i % 2 == 0 ? api::CONTAINER_RUNNING
                                     : api::CONTAINER_STOPPED);
    }
    request.set_more(part < 9);
    const auto answer =
        Read<api::SynchronizeResponse>(talk.Ask("Synchronize", request));
    CHECK(answer.more() == (part < 9));
    CHECK(talk.plugin.synchronized == (part < 9 ? 0 : 1));
  }
  REQUIRE(talk.plugin.held.size() == 10'000);
  CHECK(talk.plugin.held[0].started);
  CHECK_FALSE(talk.plugin.held[1].started);
  CHECK(talk.plugin.held[9999].id == "9999");
  CHECK(talk.plugin.held[9999].pod_namespace == "shop");
}

TEST_CASE("containers without end are not kept without end") {
  Talk talk;
  api::SynchronizeRequest request;
  for (std::size_t i = 0; i < 5000; ++i) request.add_containers()->set_id("c");
  request.set_more(true);
  for (int part = 0; part < 8; ++part) (void)talk.Ask("Synchronize", request);
  request.clear_containers();
  request.set_more(false);
  (void)talk.Ask("Synchronize", request);
  CHECK(talk.plugin.held.size() == limits::kNriContainers);
}

TEST_CASE("an answer to nothing that was asked ends the talk") {
  SECTION("twice") {
    Talk talk;
    REQUIRE(talk.session.Take(NriRuntimeSide::Registered()));
    CheckEnds(talk, NriRuntimeSide::Registered());
  }
  SECTION("of another stream") {
    Talk talk;
    CheckEnds(talk, NriRuntimeSide::Registered("", 3));
  }
  SECTION("on the connection of calls") {
    Talk talk;
    CheckEnds(talk, MuxFrames(kNriPluginConnection,
                              WriteTtrpc(TtrpcType::kResponse, 1, "")));
  }
  SECTION("a call on the connection of answers") {
    Talk talk;
    CheckEnds(talk, MuxFrames(kNriRuntimeConnection,
                              WriteTtrpc(TtrpcType::kRequest, 1, "")));
  }
}

TEST_CASE("streams that do not ascend end the talk") {
  for (const std::uint32_t stream : {1U, 2U, 4U}) {
    Talk talk;
    talk.MeetContainerd("2.1.9");  // 1, 3
    CheckEnds(talk, MuxFrames(kNriPluginConnection,
                              WriteTtrpc(TtrpcType::kRequest, stream, "")));
  }
}

TEST_CASE(
    "calls that are cut and laid between each other's bytes are told apart") {
  Talk talk;
  const std::string one = WriteTtrpc(TtrpcType::kResponse, 1,
                                     ttrpc::Response().SerializeAsString());
  const std::string call =
      talk.runtime.Call("Configure", Configuration("containerd", "2.1.9"));
  // The call's own frame, cut in two, with the answer's between.
  const std::string payload = call.substr(8);
  REQUIRE(
      talk.session.Take(MuxFrames(kNriPluginConnection, payload.substr(0, 7)) +
                        MuxFrames(kNriRuntimeConnection, one.substr(0, 5)) +
                        MuxFrames(kNriPluginConnection, payload.substr(7)) +
                        MuxFrames(kNriRuntimeConnection, one.substr(5))));
  CHECK(talk.session.configured());
  REQUIRE(talk.runtime.answers.size() == 1);
}
