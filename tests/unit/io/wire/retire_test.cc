#include "io/wire/retire.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/catch.h"
#include "tests/unit/io/wire/node.h"

using namespace assay;

namespace {

namespace fs = std::filesystem;

constexpr const char* kLink = "/usr/lib/assay/bin/runc";
constexpr const char* kConfig =
    "version = 2\nstate = \"@ROOT@/run/containerd\"\n";

Status Wire(const Node& node) {
  const auto plan = PlanWiring(node.Options());
  if (!plan) return plan.error();
  return ApplyWiring(node.Options(), *plan);
}

Paths PathsOf(const Node& node) { return Paths(node.root()); }

std::string Leads(const Node& node, std::string_view below) {
  std::error_code failure;
  return fs::canonical(node.Path(below), failure).string();
}

}  // namespace

TEST_CASE("a retired node is as it was, but for links to its real runtimes") {
  const Node node(kConfig);
  const auto before = node.Snapshot();
  const std::string runc = Leads(node, "/usr/sbin/runc");
  REQUIRE(Wire(node));
  const auto wired = node.Snapshot();
  REQUIRE(Leads(node, kLink) == node.Path("/usr/lib/assay/assay-shim"));

  const auto dry = RetireWiring(PathsOf(node), true);
  REQUIRE(dry);
  CHECK(node.Snapshot() == wired);
  const auto report = RetireWiring(PathsOf(node), false);
  REQUIRE(report);
  CHECK(report->restored == dry->restored);
  CHECK(report->removed == dry->removed);
  REQUIRE(report->handed_over.size() == 1);
  CHECK(report->handed_over[0].path == node.Path(kLink));
  CHECK(Leads(node, kLink) == runc);
  auto after = node.Snapshot();
  CHECK(after.erase(kLink) == 1);
  CHECK(after == before);

  const auto again = RetireWiring(PathsOf(node), false);
  REQUIRE(again);
  CHECK(again->handed_over.empty());
  CHECK(Leads(node, kLink) == runc);
}

TEST_CASE("what running containers call leads to the real runtime, too") {
  const Node node(kConfig);
  REQUIRE(Wire(node));
  node.Write(
      "/run/containerd/io.containerd.runtime.v2.task/k8s.io/abc/options.json",
      "{\"binary_name\":\"@ROOT@/usr/lib/assay/bin/runc\"}");
  REQUIRE(RetireWiring(PathsOf(node), false));
  CHECK(Leads(node, kLink) == Leads(node, "/usr/sbin/runc"));
  CHECK_FALSE(fs::exists(node.Path("/etc/assay/runtimes/runc")));
  CHECK_FALSE(fs::exists(node.Path("/var/lib/assay/wire")));
}

TEST_CASE("wiring after a retirement leads the link to the shim again") {
  const Node node(kConfig);
  REQUIRE(Wire(node));
  REQUIRE(RetireWiring(PathsOf(node), false));
  REQUIRE(Wire(node));
  CHECK(Leads(node, kLink) == node.Path("/usr/lib/assay/assay-shim"));
  CHECK(Leads(node, "/etc/assay/runtimes/runc") ==
        Leads(node, "/usr/sbin/runc"));
  CHECK(PlanWiring(node.Options())->empty());
}

TEST_CASE("a retirement that was cut short is finished by another") {
  const Node node(kConfig);
  const auto before = node.Snapshot();
  REQUIRE(Wire(node));
  // The journal has given up the link, and the link has been handed over.
  fs::remove(node.Path(kLink));
  fs::create_symlink(node.Path("/usr/sbin/runc"), node.Path(kLink));
  const std::string journal = "/var/lib/assay/wire/containerd/journal.json";
  std::string text = node.Read(journal);
  const std::size_t at = text.find("{\"path\":\"" + node.Path(kLink));
  REQUIRE(at != std::string::npos);
  const std::size_t end = text.find('}', at) + 1;
  const bool more = text[end] == ',';
  text.erase(more ? at : at - 1, end - at + 1);
  node.Write(journal, text);
  fs::permissions(node.Path(journal), fs::perms(0600));

  REQUIRE(RetireWiring(PathsOf(node), false));
  auto after = node.Snapshot();
  CHECK(after.erase(kLink) == 1);
  CHECK(after == before);
}

TEST_CASE("a configuration that others changed since keeps everything") {
  const Node node(kConfig);
  REQUIRE(Wire(node));
  node.Write("/etc/containerd/config.toml",
             node.Read("/etc/containerd/config.toml") + "# by hand\n");
  const auto before = node.Snapshot();
  const auto report = RetireWiring(PathsOf(node), false);
  REQUIRE_FALSE(report);
  CHECK(report.error().reason == Reason::kConfigurationMalformed);
  CHECK(node.Snapshot() == before);
}

TEST_CASE("links made by hand are handed over; those to nothing go") {
  const Node node(kConfig);
  fs::create_directories(node.Path("/usr/lib/assay/bin"));
  fs::create_directories(node.Path("/etc/assay/runtimes"));
  for (const char* name : {"crun", "gone"}) {
    fs::create_symlink("../assay-shim",
                       node.Path("/usr/lib/assay/bin/") + name);
  }
  fs::create_symlink(node.Path("/usr/sbin/runc"),
                     node.Path("/etc/assay/runtimes/crun"));
  fs::create_symlink(node.Path("/usr/bin/gone"),
                     node.Path("/etc/assay/runtimes/gone"));
  const auto report = RetireWiring(PathsOf(node), false);
  REQUIRE(report);
  CHECK(Leads(node, "/usr/lib/assay/bin/crun") ==
        Leads(node, "/usr/sbin/runc"));
  CHECK(report->removed ==
        std::vector<std::string>{node.Path("/usr/lib/assay/bin/gone")});
}

TEST_CASE("nothing is retired while a kubelet pulls through the image proxy") {
  const Node node(kConfig);
  REQUIRE(Wire(node));
  const std::string folder = node.Path("/var/lib/kubelet");
  const std::string socket = "unix://" + PathsOf(node).ImageSocket();
  fs::create_directories(folder);
  const auto wired = node.Snapshot();
  const auto refused = [&](const std::string& file, const std::string& text) {
    std::ofstream(folder + "/" + file) << text;
    const auto report = RetireWiring(PathsOf(node), false);
    std::error_code failure;
    fs::remove(folder + "/" + file, failure);
    return !report &&
           report.error().reason == Reason::kConfigurationMalformed &&
           report.error().detail.find(file + " names " + socket) !=
               std::string::npos &&
           node.Snapshot() == wired;
  };
  CHECK(refused("config.yaml", "imageServiceEndpoint: " + socket + "\n"));
  CHECK(refused("kubeadm-flags.env",
                "KUBELET_ARGS=\"--image-service-endpoint=" + socket + "\"\n"));
  std::ofstream(folder + "/config.yaml") << "imageServiceEndpoint: unix:///x\n";
  CHECK(RetireWiring(PathsOf(node), false));
}
