#include "io/wire/wiring.h"

#include <unistd.h>

#include <algorithm>

#include "base/toml.h"
#include "io/wire/containerd_edit.h"
#include "tests/support/catch.h"
#include "tests/unit/io/wire/node.h"

using namespace assay;

namespace {

Status WireNow(const Node& node) {
  const auto plan = PlanWiring(node.Options());
  if (!plan) return plan.error();
  return ApplyWiring(node.Options(), *plan);
}

const WiredHandler* Find(const WirePlan& plan, std::string_view name) {
  for (const auto& handler : plan.handlers) {
    if (handler.name == name) return &handler;
  }
  return nullptr;
}

std::string Corpus(const std::string& name) { return ::Corpus().at(name); }

}  // namespace

TEST_CASE(
    "every configuration of the corpus is wired and restored to the byte") {
  const auto corpus = ::Corpus();
  REQUIRE(corpus.size() >= 15);
  for (const auto& [name, text] : corpus) {
    INFO(name);
    const Node node(text);
    std::filesystem::create_directories(node.Path("/etc/containerd/conf.d"));
    const auto before = node.Snapshot();
    const auto plan = PlanWiring(node.Options());
    INFO((plan ? "" : plan.error().detail));
    REQUIRE(plan);
    CHECK(node.Snapshot() == before);  // planning touches nothing
    REQUIRE(ApplyWiring(node.Options(), *plan));

    const auto config = ContainerdConfig::Read(node.config());
    REQUIRE(config);
    for (const auto& handler : config->Handlers()) {
      INFO(handler.name);
      if (!handler.IsRuncType()) continue;
      CHECK(handler.binary.starts_with(node.Path("/usr/lib/assay/bin/")));
      const auto link = std::filesystem::path(handler.binary).filename();
      CHECK(std::filesystem::canonical(handler.binary) ==
            node.Path("/usr/lib/assay/assay-shim"));
      CHECK(std::filesystem::canonical(
                node.Path("/etc/assay/runtimes/" + link.string())) !=
            node.Path("/usr/lib/assay/assay-shim"));
    }

    const auto again = PlanWiring(node.Options());
    REQUIRE(again);
    CHECK(again->empty());
    const auto wired = node.Snapshot();
    REQUIRE(ApplyWiring(node.Options(), *again));
    CHECK(node.Snapshot() == wired);

    const auto dry = UndoWiring(node.Options(), true);
    if (plan->empty()) {
      CHECK(dry.error().reason == Reason::kNotFound);
      continue;
    }
    REQUIRE(dry);
    CHECK(node.Snapshot() == wired);
    const auto undone = UndoWiring(node.Options(), false);
    REQUIRE(undone);
    CHECK(undone->restored == dry->restored);
    CHECK(undone->removed == dry->removed);
    CHECK(node.Snapshot() == before);
    CHECK(UndoWiring(node.Options(), false).error().reason ==
          Reason::kNotFound);
  }
}

TEST_CASE("a handler keeps its own binary as the real runtime") {
  const Node node(Corpus("several-handlers.toml"));
  const auto plan = PlanWiring(node.Options());
  REQUIRE(plan);
  CHECK(Find(*plan, "runc")->runtime == node.Path("/usr/sbin/runc"));
  CHECK(Find(*plan, "crun")->runtime == node.Path("/usr/bin/crun"));
  CHECK(Find(*plan, "nvidia")->runtime ==
        node.Path("/usr/bin/nvidia-container-runtime"));
  CHECK(Find(*plan, "kata")->link.empty());
  CHECK(Find(*plan, "kata")->note.find("io.containerd.kata.v2") !=
        std::string::npos);
  REQUIRE(ApplyWiring(node.Options(), *plan));
  CHECK(
      std::filesystem::read_symlink(node.Path("/etc/assay/runtimes/nvidia")) ==
      node.Path("/usr/bin/nvidia-container-runtime"));
  CHECK(node.Read("/etc/containerd/config.toml").find("SystemdCgroup = true") !=
        std::string::npos);
}

TEST_CASE(
    "a handler runc with another binary leaves the plain runc to the "
    "shadow") {
  const Node node(Corpus("runc-is-crun.toml"));
  REQUIRE(WireNow(node));
  CHECK(std::filesystem::read_symlink(node.Path("/etc/assay/runtimes/runc")) ==
        node.Path("/usr/sbin/runc"));
  CHECK(std::filesystem::read_symlink(node.Path(
            "/etc/assay/runtimes/cri-runc")) == node.Path("/usr/bin/crun"));
  CHECK(std::filesystem::canonical(node.Path("/opt/containerd/bin/runc")) ==
        node.Path("/usr/lib/assay/assay-shim"));
}

TEST_CASE("a drop-in is used where containerd merges it, and only there") {
  const Node three(Corpus("k3s-version-3-imports.toml"));
  std::filesystem::create_directories(three.Path("/etc/containerd/conf.d"));
  auto plan = PlanWiring(three.Options());
  REQUIRE(plan);
  REQUIRE(plan->files.size() == 1);
  CHECK(plan->files[0].path ==
        three.Path("/etc/containerd/conf.d/99-assay.toml"));
  CHECK_FALSE(plan->files[0].existed);

  // In version 2 a drop-in's section would replace the one of config.toml.
  const Node two(Corpus("version-2-imports.toml"));
  std::filesystem::create_directories(two.Path("/etc/containerd/conf.d"));
  plan = PlanWiring(two.Options());
  REQUIRE(plan);
  REQUIRE(plan->files.size() == 1);
  CHECK(plan->files[0].path == two.config());
}

TEST_CASE("a later drop-in that sets BinaryName is wired itself") {
  const Node node(Corpus("version-2-imports.toml"));
  node.Write(
      "/etc/containerd/conf.d/zz.toml",
      "version = 2\n"
      "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n"
      "runtime_type = \"io.containerd.runc.v2\"\n"
      "options = {}\n");
  CHECK(PlanWiring(node.Options()).error().reason ==
        Reason::kConfigurationMalformed);
  node.Write(
      "/etc/containerd/conf.d/zz.toml",
      "version = 2\n"
      "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n"
      "runtime_type = \"io.containerd.runc.v2\"\n"
      "options.BinaryName = \"crun\"\n");
  REQUIRE(WireNow(node));
  CHECK(node.Read("/etc/containerd/conf.d/zz.toml")
            .find("# assay wire, was: options.BinaryName") !=
        std::string::npos);
  REQUIRE(PlanWiring(node.Options())->empty());
}

TEST_CASE("what cannot be wired safely is left alone and named") {
  struct Case {
    const char* text;
    Reason reason;
    const char* says;
  };
  const Case cases[] = {
      {"version = 2\n[plugins\n", Reason::kConfigurationMalformed,
       "config.toml:"},
      {"version = 9\n", Reason::kConfigurationMalformed, "version"},
      {"version = \"2\"\n", Reason::kConfigurationMalformed, "version"},
      {"# Generated by a tool. DO NOT EDIT.\nversion = 2\n",
       Reason::kConfigurationMalformed, "template"},
      {"version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".containerd."
       "runtimes]\nrunc = { runtime_type = \"io.containerd.runc.v2\" }\n",
       Reason::kConfigurationMalformed, "table of its own"},
      {"version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".containerd."
       "runtimes.\"../x\"]\nruntime_type = \"io.containerd.runc.v2\"\n",
       Reason::kConfigurationMalformed, "rename"},
      {"version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".containerd."
       "runtimes.x]\nruntime_type = \"io.containerd.runc.v2\"\n"
       "options.BinaryName = \"youki\"\n",
       Reason::kNotFound, "youki"},
      {"version = 2\nimports = [\"missing.toml\"]\n", Reason::kNotFound,
       "missing.toml"},
  };
  for (const Case& one : cases) {
    INFO(one.text);
    const Node node(one.text);
    const auto before = node.Snapshot();
    const auto plan = PlanWiring(node.Options());
    REQUIRE_FALSE(plan);
    CHECK(plan.error().reason == one.reason);
    CHECK(plan.error().detail.find(one.says) != std::string::npos);
    CHECK(node.Snapshot() == before);
  }
}

TEST_CASE("without the shim nothing is wired") {
  const Node node;
  std::filesystem::remove(node.Path("/usr/lib/assay/assay-shim"));
  CHECK(PlanWiring(node.Options()).error().reason == Reason::kNotFound);
}

TEST_CASE("a configuration that is a link is left to who manages it") {
  const Node node;
  std::filesystem::rename(node.config(), node.Path("/etc/managed.toml"));
  std::filesystem::create_symlink(node.Path("/etc/managed.toml"),
                                  node.config());
  const auto plan = PlanWiring(node.Options());
  REQUIRE_FALSE(plan);
  CHECK(plan.error().reason == Reason::kConfigurationMalformed);
  CHECK(plan.error().detail.find("link") != std::string::npos);
}

TEST_CASE("another runc in the shadow's place is never replaced") {
  const Node node(Corpus("debian-12.toml"));
  node.AddProgram("/var/lib/containerd/opt/bin/runc");
  const auto plan = PlanWiring(node.Options());
  REQUIRE_FALSE(plan);
  CHECK(plan.error().detail.find("move it") != std::string::npos);
}

TEST_CASE("without config.toml the shadow alone covers containerd's runc") {
  const Node node;
  std::filesystem::remove(node.config());
  auto options = node.Options();
  const auto plan = PlanWiring(options);
  REQUIRE(plan);
  CHECK(plan->files.empty());
  CHECK_FALSE(std::filesystem::exists(node.config()));
  // containerd 2.2 then reads conf.d by itself.
  std::filesystem::create_directories(node.Path("/etc/containerd/conf.d"));
  const auto with_folder = PlanWiring(options);
  REQUIRE(with_folder);
  REQUIRE(with_folder->files.size() == 1);
}

TEST_CASE("undo refuses over later edits of others and changes nothing") {
  const Node node(Corpus("kubeadm-systemd-cgroup.toml"));
  const std::string before = node.Read("/etc/containerd/config.toml");
  REQUIRE(WireNow(node));
  const std::string edited =
      "# a colleague was here\n" + node.Read("/etc/containerd/config.toml");
  node.Write("/etc/containerd/config.toml", edited);
  const auto foreign = node.Snapshot();
  const auto refused = UndoWiring(node.Options(), false);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::kConfigurationMalformed);
  CHECK(refused.error().detail.find("config.toml") != std::string::npos);
  CHECK(node.Snapshot() == foreign);

  // Wiring again takes the edit over; undo then gives it back without ours.
  REQUIRE(WireNow(node));
  REQUIRE(UndoWiring(node.Options(), false));
  CHECK(node.Read("/etc/containerd/config.toml") ==
        "# a colleague was here\n" + before);
}

TEST_CASE("a link turned elsewhere stops undo") {
  const Node node;
  REQUIRE(WireNow(node));
  std::filesystem::remove(node.Path("/etc/assay/runtimes/runc"));
  std::filesystem::create_symlink("/elsewhere",
                                  node.Path("/etc/assay/runtimes/runc"));
  CHECK(UndoWiring(node.Options(), false).error().reason ==
        Reason::kConfigurationMalformed);
}

TEST_CASE("a handler added later is wired by wiring again") {
  const Node node(Corpus("kubeadm-systemd-cgroup.toml"));
  const std::string before = node.Read("/etc/containerd/config.toml");
  REQUIRE(WireNow(node));
  const std::string added =
      "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.crun]\n"
      "runtime_type = \"io.containerd.runc.v2\"\n"
      "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.crun.options]"
      "\nBinaryName = \"crun\"\n";
  node.Write("/etc/containerd/config.toml",
             node.Read("/etc/containerd/config.toml") + added);
  const auto plan = PlanWiring(node.Options());
  REQUIRE(plan);
  CHECK(plan->files.size() == 1);
  REQUIRE(ApplyWiring(node.Options(), *plan));
  CHECK(PlanWiring(node.Options())->empty());
  REQUIRE(UndoWiring(node.Options(), false));
  CHECK(node.Read("/etc/containerd/config.toml") == before + added);
}

TEST_CASE("links that running containers use stay until they are gone") {
  const Node node("version = 2\nstate = \"@ROOT@/run/containerd\"\n");
  REQUIRE(WireNow(node));
  const std::string task =
      "/run/containerd/io.containerd.runtime.v2.task/k8s.io/abc/options.json";
  node.Write(task, "{\"binary_name\":\"@ROOT@/usr/lib/assay/bin/runc\"}");
  const auto first = UndoWiring(node.Options(), false);
  REQUIRE(first);
  CHECK(first->kept.size() == 2);
  CHECK(std::filesystem::exists(node.Path("/usr/lib/assay/bin/runc")));
  CHECK(std::filesystem::exists(node.Path("/etc/assay/runtimes/runc")));
  std::filesystem::remove(node.Path(task));
  const auto second = UndoWiring(node.Options(), false);
  REQUIRE(second);
  CHECK(second->kept.empty());
  CHECK_FALSE(std::filesystem::exists(node.Path("/usr/lib/assay/bin/runc")));
}

TEST_CASE("folders that wiring made go with it, unless others use them") {
  const Node node(Corpus("debian-12.toml"));
  const std::string made = node.Path("/var/lib/containerd");
  REQUIRE_FALSE(std::filesystem::exists(made));
  REQUIRE(WireNow(node));
  REQUIRE(std::filesystem::exists(made + "/opt/bin/runc"));
  REQUIRE(UndoWiring(node.Options(), false));
  CHECK_FALSE(std::filesystem::exists(made));
  CHECK(std::filesystem::exists(node.Path("/etc/containerd")));

  REQUIRE(WireNow(node));
  node.Write("/var/lib/containerd/opt/bin/another", "program");
  REQUIRE(UndoWiring(node.Options(), false));
  CHECK(std::filesystem::exists(made + "/opt/bin/another"));
  CHECK_FALSE(std::filesystem::exists(made + "/opt/bin/runc"));
}

TEST_CASE("a failed write takes everything back") {
  const Node node(Corpus("debian-12.toml"));
  const auto before = node.Snapshot();
  auto plan = PlanWiring(node.Options());
  REQUIRE(plan);
  // The shadow's folder cannot be made: a file is in the way.
  node.Write("/var/lib/containerd/opt", "in the way");
  const auto blocked = node.Snapshot();
  const auto applied = ApplyWiring(node.Options(), *plan);
  REQUIRE_FALSE(applied);
  CHECK(applied.error().reason == Reason::kWriteFailed);
  CHECK(node.Snapshot() == blocked);
  CHECK(UndoWiring(node.Options(), false).error().reason == Reason::kNotFound);
}

TEST_CASE("a journal that others could write is not believed") {
  const Node node;
  REQUIRE(WireNow(node));
  std::filesystem::permissions(
      node.Path("/var/lib/assay/wire/containerd/journal.json"),
      std::filesystem::perms(0666));
  CHECK(UndoWiring(node.Options(), false).error().reason ==
        Reason::kFileUnsafe);
}
