// Wiring of CRI-O and podman.
#include "io/wire/drop_in.h"

#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "io/wire/checks.h"
#include "io/wire/runtimes.h"
#include "tests/support/catch.h"
#include "tests/unit/io/wire/node.h"

using namespace assay;

namespace {

constexpr const char* kCrioFile = "/etc/crio/crio.conf.d/99-assay.conf";
constexpr const char* kPodmanFile =
    "/etc/containers/containers.conf.d/99-assay.conf";

WireOptions OptionsFor(const Node& node, WiredRuntime runtime) {
  auto options = WireOptions::For(Paths(node.root()), runtime);
  options.search_path = {node.Path("/usr/sbin"), node.Path("/usr/bin")};
  return options;
}

Status WireRuntime(const Node& node, WiredRuntime runtime) {
  const auto options = OptionsFor(node, runtime);
  const auto plan = PlanWiring(options);
  if (!plan) return plan.error();
  return ApplyWiring(options, *plan);
}

std::string RecordedCrio() {
  std::ifstream in(ASSAY_WIRE_RECORDED "/crio-1.36.conf");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Toml Parsed(const Node& node, const char* path) {
  Diagnostics diagnostics;
  auto toml = Toml::Parse(node.Read(path), path, diagnostics);
  REQUIRE(toml);
  return *std::move(toml);
}

std::string TextAt(const Toml& toml,
                   const std::vector<std::string_view>& path) {
  const Toml* found = FindTable(toml, path);
  return found == nullptr ? std::string() : TomlText(*found);
}

std::string WhyNot(const Node& node, WiredRuntime runtime) {
  const auto plan = PlanWiring(OptionsFor(node, runtime));
  if (plan) return {};
  return std::string(Describe(plan.error().reason).id) + ": " +
         plan.error().detail;
}

}  // namespace

TEST_CASE("CRI-O's recorded configuration is wired whole and given back") {
  const Node node;
  node.Write("/etc/crio/crio.conf", RecordedCrio());
  const auto before = node.Snapshot();
  REQUIRE(WireRuntime(node, WiredRuntime::kCrio));
  const Toml recorded = Parsed(node, "/etc/crio/crio.conf");
  const Toml ours = Parsed(node, kCrioFile);
  for (const std::string_view name : {"crun", "runc"}) {
    INFO(name);
    const std::string link =
        node.Path("/usr/lib/assay/bin/") + std::string(name);
    const Toml* was =
        FindTable(recorded, {"crio", "runtime", "runtimes", name});
    const Toml* is = FindTable(ours, {"crio", "runtime", "runtimes", name});
    REQUIRE(was);
    REQUIRE(is);
    CHECK(was->AsTable()->size() == is->AsTable()->size());
    for (const auto& [key, value] : *was->AsTable()) {
      INFO(key);
      const std::string text = TextAt(*is, {key});
      CHECK(text ==
            (key == "runtime_path" ? "\"" + link + "\"" : TomlText(value)));
    }
    CHECK(LinkTarget(link) == "../assay-shim");
  }
  CHECK(LinkTarget(node.Path("/etc/assay/runtimes/runc")) ==
        node.Path("/usr/sbin/runc"));
  CHECK(LinkTarget(node.Path("/etc/assay/runtimes/crun")) ==
        node.Path("/usr/bin/crun"));

  const auto again = PlanWiring(OptionsFor(node, WiredRuntime::kCrio));
  REQUIRE(again);
  CHECK(again->empty());
  REQUIRE(UndoWiring(OptionsFor(node, WiredRuntime::kCrio), false));
  CHECK(node.Snapshot() == before);
}

TEST_CASE("a CRI-O that runs keeps the links it has read") {
  const Node node;
  node.Write("/etc/crio/crio.conf",
             "[crio.runtime.runtimes.runc]\nruntime_path = "
             "\"@ROOT@/usr/sbin/runc\"\n");
  REQUIRE(WireRuntime(node, WiredRuntime::kCrio));
  const auto options = OptionsFor(node, WiredRuntime::kCrio);
  {
    const auto socket = Listen(node.Path("/run/crio/crio.sock"), SOCK_STREAM);
    for (int again = 0; again < 2; ++again) {
      const auto undone = UndoWiring(options, false);
      REQUIRE(undone);
      CHECK_FALSE(undone->kept.empty());
      CHECK(undone->removed.empty());
      CHECK(undone->restored.empty() == (again > 0));
    }
  }
  // Nobody is at the socket any more.
  const auto last = UndoWiring(options, false);
  REQUIRE(last);
  CHECK(last->kept.empty());
  CHECK_FALSE(last->removed.empty());
}

TEST_CASE("every handler of CRI-O's and every platform's path is wired") {
  const Node node;
  node.Write("/etc/crio/crio.conf",
             "[crio.runtime.runtimes.runc]\nruntime_path = \"/gone\"\n");
  node.Write("/etc/crio/crio.conf.d/10-more",
             R"([crio.runtime.runtimes.runc]
runtime_path = "@ROOT@/usr/sbin/runc"
monitor_cgroup = "pod"
default_annotations = {"a.b/c" = "d"}
[crio.runtime.runtimes.runc.platform_runtime_paths]
"linux/arm64" = "@ROOT@/usr/bin/crun"
[crio.runtime.runtimes.kata]
runtime_path = "/usr/bin/containerd-shim-kata-v2"
runtime_type = "vm"
[crio.runtime.runtimes.same]
inherit_default_runtime = true
)");
  REQUIRE(WireRuntime(node, WiredRuntime::kCrio));
  const Toml ours = Parsed(node, kCrioFile);
  const std::string shims = node.Path("/usr/lib/assay/bin/");
  const auto at = [&](std::string_view handler, std::string_view key) {
    return TextAt(ours, {"crio", "runtime", "runtimes", handler, key});
  };
  CHECK(at("runc", "runtime_path") == "\"" + shims + "runc\"");
  CHECK(at("runc", "monitor_cgroup") == "\"pod\"");
  CHECK(at("runc", "default_annotations") == R"({"a.b/c" = "d"})");
  CHECK(at("runc", "platform_runtime_paths") ==
        R"({"linux/arm64" = ")" + shims + "runc-linux-arm64\"}");
  // The handler that CRI-O has without any file.
  CHECK(at("crun", "runtime_path") == "\"" + shims + "crun\"");
  CHECK(at("crun", "runtime_root") == "\"/run/crun\"");
  CHECK(at("kata", "runtime_path").empty());
  CHECK(at("same", "runtime_path").empty());
  CHECK(LinkTarget(node.Path("/etc/assay/runtimes/runc-linux-arm64")) ==
        node.Path("/usr/bin/crun"));
}

TEST_CASE("podman's runtimes are wired and given back") {
  const Node node;
  node.Write(
      "/etc/containers/containers.conf",
      "[engine]\nruntime = \"@ROOT@/usr/bin/crun\"\n"
      "[engine.runtimes]\n"
      "mine = [\"/nowhere\", \"@ROOT@/usr/bin/nvidia-container-runtime\"]"
      "\n");
  const auto before = node.Snapshot();
  REQUIRE(WireRuntime(node, WiredRuntime::kPodman));
  const Toml ours = Parsed(node, kPodmanFile);
  const std::string shims = node.Path("/usr/lib/assay/bin/");
  for (const std::string_view name : {"crun", "runc", "mine"}) {
    INFO(name);
    CHECK(TextAt(ours, {"engine", "runtimes", name}) ==
          "[\"" + shims + std::string(name) + "\"]");
  }
  // A path would go past all names.
  CHECK(TextAt(ours, {"engine", "runtime"}) == "\"crun\"");
  const auto again = PlanWiring(OptionsFor(node, WiredRuntime::kPodman));
  REQUIRE(again);
  CHECK(again->empty());
  REQUIRE(UndoWiring(OptionsFor(node, WiredRuntime::kPodman), false));
  CHECK(node.Snapshot() == before);
}

TEST_CASE("a link that two runtimes need goes with the last of them") {
  const Node node;
  node.AddProgram("/usr/bin/podman");
  const auto before = node.Snapshot();
  const std::string link = node.Path("/usr/lib/assay/bin/runc");
  REQUIRE(WireRuntime(node, WiredRuntime::kPodman));
  REQUIRE(WireRuntime(node, WiredRuntime::kContainerd));
  REQUIRE(UndoWiring(OptionsFor(node, WiredRuntime::kPodman), false));
  CHECK(LinkTarget(link) == "../assay-shim");
  REQUIRE(WireRuntime(node, WiredRuntime::kPodman));
  REQUIRE(UndoWiring(OptionsFor(node, WiredRuntime::kContainerd), false));
  CHECK(LinkTarget(link) == "../assay-shim");
  REQUIRE(UndoWiring(OptionsFor(node, WiredRuntime::kPodman), false));
  CHECK(node.Snapshot() == before);
}

TEST_CASE(
    "doctor tells of a runtime that is installed, and whether it is wired") {
  const Node node;
  const std::vector<std::string> search = {node.Path("/usr/sbin"),
                                           node.Path("/usr/bin")};
  const auto told = [&] {
    Checks checks;
    CheckDropIns(Paths(node.root()), search, checks);
    std::string text;
    for (const Check& check : checks) {
      text += check.id + (check.health == Health::kOk        ? " ok"
                          : check.health == Health::kWarning ? " warning"
                                                             : " failure");
    }
    return text;
  };
  CHECK(told().empty());
  node.AddProgram("/usr/bin/podman");
  CHECK(told() == "podman warning");
  REQUIRE(WireRuntime(node, WiredRuntime::kPodman));
  CHECK(told() == "podman ok");
  node.AddProgram("/usr/bin/youki");
  CHECK(told() == "podman failure");
}

TEST_CASE("a wired runtime's socket is no way past Assay") {
  const Node node;
  node.AddProgram("/usr/bin/podman");
  const auto socket = Listen(node.Path("/run/podman/podman.sock"), SOCK_STREAM);
  const auto others = [&] {
    Checks checks;
    CheckOtherRuntimes(node.Options(), checks);
    REQUIRE(checks.size() == 1);
    return checks.front().health;
  };
  CHECK(others() == Health::kWarning);
  REQUIRE(WireRuntime(node, WiredRuntime::kPodman));
  CHECK(others() == Health::kOk);
  const auto rootless =
      Listen(node.Path("/run/user/1000/podman/podman.sock"), SOCK_STREAM);
  CHECK(others() == Health::kWarning);
}

TEST_CASE("what is not Assay's or cannot hold is left alone") {
  const Node node;
  SECTION("a file of that name") {
    node.Write(kPodmanFile, "[engine]\n");
    CHECK(WhyNot(node, WiredRuntime::kPodman) ==
          "configuration-malformed: " + node.Path(kPodmanFile) +
              " is not Assay's file; move it and wire again");
  }
  SECTION("a link of that name") {
    node.Write("/elsewhere", "");
    node.Write("/etc/containers/containers.conf.d/10.conf", "");
    REQUIRE(::symlink(node.Path("/elsewhere").c_str(),
                      node.Path(kPodmanFile).c_str()) == 0);
    CHECK(WhyNot(node, WiredRuntime::kPodman).find("is not Assay's file") !=
          std::string::npos);
  }
  SECTION("a later file names a runtime") {
    node.Write("/etc/containers/containers.conf.d/zz.conf",
               "[engine.runtimes]\nrunc = [\"/usr/bin/runc\"]\n");
    CHECK(WhyNot(node, WiredRuntime::kPodman).find("is read after") !=
          std::string::npos);
  }
  SECTION("a later file makes a path the default runtime") {
    node.Write("/etc/containers/containers.conf.d/zz.conf",
               "[engine]\nruntime = \"/usr/bin/runc\"\n");
    CHECK(WhyNot(node, WiredRuntime::kPodman).find("is read after") !=
          std::string::npos);
  }
  SECTION("a later file replaces a handler") {
    node.Write("/etc/crio/crio.conf.d/zz",
               "[crio.runtime.runtimes.crun]\nruntime_root = \"/x\"\n");
    CHECK(WhyNot(node, WiredRuntime::kCrio).find("is read after") !=
          std::string::npos);
  }
  SECTION("a file that cannot be read as what it is") {
    node.Write("/etc/crio/crio.conf", "[crio\n");
    CHECK(WhyNot(node, WiredRuntime::kCrio)
              .starts_with("configuration-malformed: "));
  }
  SECTION("nothing is installed") {
    CHECK(WhyNot(node, WiredRuntime::kCrio) ==
          "not-found: crio is not installed, and there is no " +
              node.Path("/etc/crio/crio.conf"));
  }
  SECTION("somebody changed our file since") {
    node.AddProgram("/usr/bin/podman");
    REQUIRE(WireRuntime(node, WiredRuntime::kPodman));
    node.Write(kPodmanFile, node.Read(kPodmanFile) + "# more\n");
    const auto undone =
        UndoWiring(OptionsFor(node, WiredRuntime::kPodman), false);
    REQUIRE_FALSE(undone);
    CHECK(undone.error().reason == Reason::kConfigurationMalformed);
  }
}
