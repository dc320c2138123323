// Wiring of docker.
#include <filesystem>
#include <optional>

#include "base/json.h"
#include "io/wire/checks.h"
#include "io/wire/docker_config.h"
#include "io/wire/json_members.h"
#include "io/wire/runtimes.h"
#include "tests/support/catch.h"
#include "tests/unit/io/wire/node.h"

using namespace assay;

namespace {

constexpr const char* kFile = "/etc/docker/daemon.json";

WireOptions DockerOptions(const Node& node) {
  auto options = WireOptions::For(Paths(node.root()), WiredRuntime::kDocker);
  options.search_path = {node.Path("/usr/sbin"), node.Path("/usr/bin")};
  return options;
}

Status WireDocker(const Node& node) {
  const auto options = DockerOptions(node);
  const auto plan = PlanWiring(options);
  if (!plan) return plan.error();
  return ApplyWiring(options, *plan);
}

std::string WhyNotDocker(const Node& node) {
  const auto plan = PlanWiring(DockerOptions(node));
  if (plan) return {};
  return std::string(Describe(plan.error().reason).id) + ": " +
         plan.error().detail;
}

std::string Shim(const Node& node, const char* name) {
  return node.Path("/usr/lib/assay/bin/") + name;
}

Json Settings(const Node& node) {
  const auto json = Json::Parse(node.Read(kFile));
  REQUIRE(json);
  return *json;
}

std::string TextOf(const Json& json, const std::vector<const char*>& path) {
  const Json* found = &json;
  for (const char* key : path) {
    found = found == nullptr ? nullptr : found->Find(key);
  }
  return found == nullptr || !found->AsString() ? "" : *found->AsString();
}

}  // namespace

TEST_CASE("docker without a file gets one, and none again") {
  const Node node;
  node.AddProgram("/usr/sbin/dockerd");
  const auto before = node.Snapshot();
  REQUIRE(WireDocker(node));
  const Json ours = Settings(node);
  CHECK(TextOf(ours, {"default-runtime"}) == "assay-runc");
  CHECK(TextOf(ours, {"runtimes", "assay-runc", "path"}) == Shim(node, "runc"));
  CHECK(LinkTarget(Shim(node, "runc")) == "../assay-shim");
  CHECK(LinkTarget(node.Path("/etc/assay/runtimes/runc")) ==
        node.Path("/usr/sbin/runc"));
  const auto again = PlanWiring(DockerOptions(node));
  REQUIRE(again);
  CHECK(again->empty());
  REQUIRE(UndoWiring(DockerOptions(node), false));
  CHECK(node.Snapshot() == before);
}

constexpr const char* kOperators = R"({ "log-level":"warn",
    "runtimes" : {"crun": {"path": "crun", "runtimeArgs": ["--debug"]},
      "named": {"runtimeType": "io.containerd.runc.v2",
                "options": {"BinaryName": "@ROOT@/usr/bin/crun", "Other": 1}},
      "kata": {"runtimeType": "io.containerd.kata.v2"}},
    "default-runtime": "crun",
    "features": {"containerd-snapshotter": true}, "text": "a\"},{[" })";

TEST_CASE("docker's own runtimes lead to the shim, and are given back") {
  const Node node;
  node.AddProgram("/usr/bin/crun");
  node.Write(kFile, kOperators);
  const auto before = node.Snapshot();
  REQUIRE(WireDocker(node));
  const Json ours = Settings(node);
  CHECK(TextOf(ours, {"default-runtime"}) == "crun");
  CHECK(TextOf(ours, {"runtimes", "crun", "path"}) == Shim(node, "crun"));
  CHECK(ours.Find("runtimes")->Find("crun")->FindArray("runtimeArgs")->size() ==
        1);
  CHECK(TextOf(ours, {"runtimes", "named", "options", "BinaryName"}) ==
        Shim(node, "named"));
  CHECK(*ours.Find("runtimes")
             ->Find("named")
             ->Find("options")
             ->FindInt("Other") == 1);
  CHECK(TextOf(ours, {"runtimes", "kata", "runtimeType"}) ==
        "io.containerd.kata.v2");
  CHECK(TextOf(ours, {"text"}) == "a\"},{[");
  CHECK(node.Read(kFile).starts_with("{ \"log-level\":\"warn\",\n"));
  const auto again = PlanWiring(DockerOptions(node));
  REQUIRE(again);
  CHECK(again->empty());
  CHECK(again->notes.empty());
  REQUIRE(UndoWiring(DockerOptions(node), false));
  CHECK(node.Snapshot() == before);
}

TEST_CASE("what others write into docker's file meanwhile is taken over") {
  const Node node;
  const std::string text = "{\n  \"debug\": false\n}\n";
  node.Write(kFile, text);
  REQUIRE(WireDocker(node));
  std::string edited = node.Read(kFile);
  edited.replace(edited.find("false"), 5, "true");
  node.Write(kFile, edited);
  const auto undone = UndoWiring(DockerOptions(node), false);
  REQUIRE_FALSE(undone);
  CHECK(undone.error().reason == Reason::kConfigurationMalformed);
  REQUIRE(WireDocker(node));
  REQUIRE(UndoWiring(DockerOptions(node), false));
  CHECK(node.Read(kFile) == "{\n  \"debug\": true\n}\n");

  // A runtime that was added since and wired goes back to its program.
  node.AddProgram("/usr/bin/crun");
  REQUIRE(WireDocker(node));
  node.Write(kFile, SetMember(node.Read(kFile), "runtimes",
                              R"({"crun":{"path":"@ROOT@/usr/bin/crun"}})"));
  REQUIRE(WireDocker(node));
  node.Write(kFile, node.Read(kFile) + "\n");
  REQUIRE(WireDocker(node));
  REQUIRE(UndoWiring(DockerOptions(node), false));
  CHECK(TextOf(Settings(node), {"runtimes", "crun", "path"}) ==
        node.Path("/usr/bin/crun"));
  CHECK(TextOf(Settings(node), {"default-runtime"}).empty());
}

TEST_CASE("docker's file is left alone where it cannot be wired") {
  const Node node;
  SECTION("without docker") {
    CHECK(WhyNotDocker(node).starts_with("not-found: docker is not installed"));
  }
  for (const std::string text :
       {"[]", "{\"a\": 1,}", "{\"runtimes\": []}", "{\"runtimes\": {\"x\": 1}}",
        "{\"debug\": true, \"debug\": true}",
        "{\"runtimes\": {\"a/b\": {\"path\": \"/bin/sh\"}}}",
        "{\"r\\u0075ntimes\": {}}"}) {
    INFO(text);
    node.Write(kFile, text);
    CHECK(WhyNotDocker(node).starts_with("configuration-malformed: "));
    CHECK(node.Read(kFile) == text);
  }
  node.Write(kFile, "{\"runtimes\": {\"x\": {\"path\": \"/no/such\"}}}");
  CHECK(WhyNotDocker(node).starts_with("not-found: runtime x: "));
}

TEST_CASE("wiring docker says what a store of its own means") {
  const Node node;
  for (const std::string text :
       {"", "{}", "{\"features\": {\"containerd-snapshotter\": false}}",
        "{\"features\": 1}"}) {
    INFO(text);
    node.Write(kFile, text);
    const auto plan = PlanWiring(DockerOptions(node));
    REQUIRE(plan);
    REQUIRE(plan->notes.size() == 1);
    CHECK(plan->notes[0].find("subject-storage") != std::string::npos);
  }
}

TEST_CASE("doctor looks at docker where it is installed or wired") {
  const Node node;
  const auto docker = [&]() -> std::optional<Check> {
    Checks checks;
    CheckDropIns(Paths(node.root()), {node.Path("/usr/sbin")}, checks);
    for (const Check& check : checks) {
      if (check.id == "docker") return check;
    }
    return std::nullopt;
  };
  CHECK_FALSE(docker());
  node.AddProgram("/usr/sbin/dockerd");
  REQUIRE(docker());
  CHECK(docker()->health == Health::kWarning);
  CHECK(docker()->remedy == "sudo assay wire docker");
  REQUIRE(WireDocker(node));
  CHECK(docker()->health == Health::kWarning);
  CHECK(docker()->found.find("subject-storage") != std::string::npos);
  node.Write(kFile, SetMember(node.Read(kFile), "features",
                              R"({"containerd-snapshotter": true})"));
  CHECK(docker()->health == Health::kOk);
  std::filesystem::remove(node.Path("/usr/sbin/dockerd"));
  node.Write(kFile, "{\"features\": {\"containerd-snapshotter\": true}}");
  REQUIRE(docker());
  CHECK(docker()->health == Health::kFailure);
}

// Its shim calls the link to kill and delete it.
TEST_CASE("undoing docker keeps the links of containers that run") {
  const Node node;
  const std::string state = node.Path("/run/containerd");
  node.Write("/etc/containerd/config.toml",
             "version = 2\nstate = \"" + state + "\"\n");
  node.Write(kFile, "{}");
  for (const std::string place :
       {"/run/containerd", "/run/docker/containerd/daemon"}) {
    INFO(place);
    REQUIRE(WireDocker(node));
    const std::string options =
        place + "/io.containerd.runtime.v2.task/moby/id/options.json";
    node.Write(options, "{\"binary_name\": \"" + Shim(node, "runc") + "\"}");
    const auto kept = UndoWiring(DockerOptions(node), false);
    REQUIRE(kept);
    CHECK(kept->kept.size() == 2);
    CHECK(LinkTarget(Shim(node, "runc")) == "../assay-shim");
    CHECK(node.Read(kFile) == "{}");
    std::filesystem::remove(node.Path(options));
    const auto removed = UndoWiring(DockerOptions(node), false);
    REQUIRE(removed);
    CHECK(removed->removed.size() == 2);
    CHECK(LinkTarget(Shim(node, "runc")).empty());
  }
}

TEST_CASE("a member of JSON's text is set and dropped, and nothing else") {
  CHECK(SetMember("{}", "a", "1") == "{\n  \"a\": 1\n}");
  CHECK(SetMember("{\"b\":2}", "a", "1") == "{\n  \"a\": 1,\"b\":2}");
  CHECK(SetMember("{\"b\" : {\"a\":[2,\"}\"]} ,\"a\": 3 }", "a", "1") ==
        "{\"b\" : {\"a\":[2,\"}\"]} ,\"a\": 1 }");
  for (const std::string text :
       {"{}", "{ \"b\": \"}\" }", "{\"b\":[{}],\n \"c\": {\"a\": 1}}\n"}) {
    CHECK(DropMember(SetMember(text, "a", "{}"), "a") == text);
    CHECK(DropMember(text, "a") == text);
  }
  CHECK(DropMember("{\"b\": 1, \"a\": 2 }", "a") == "{\"b\": 1 }");
}
