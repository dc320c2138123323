#include "io/wire/checks.h"

#include <sys/socket.h>
#include <unistd.h>

#include "io/wire/peer.h"
#include "tests/support/catch.h"
#include "tests/unit/io/wire/node.h"

using namespace assay;

namespace fs = std::filesystem;

namespace {

void WireNow(const Node& node) {
  const auto plan = PlanWiring(node.Options());
  REQUIRE(plan);
  REQUIRE(ApplyWiring(node.Options(), *plan));
}

Check Only(const Checks& checks, std::string_view id) {
  std::vector<Check> found;
  for (const auto& check : checks) {
    if (check.id == id) found.push_back(check);
  }
  REQUIRE(found.size() == 1);
  return found.front();
}

Checks Installation(const Node& node) {
  Checks checks;
  CheckInstallation(Paths(node.root()), checks);
  return checks;
}

Checks Wiring(const Node& node) {
  Checks checks;
  CheckWiring(node.Options(), checks);
  return checks;
}

Checks Pulls(const Node& node) {
  Checks checks;
  CheckPulls(node.Options(), checks);
  return checks;
}

constexpr const char* kDebian =
    "version = 2\n[plugins.\"io.containerd.internal.v1.opt\"]\n"
    "path = \"@ROOT@/opt/containerd\"\n";

}  // namespace

TEST_CASE("a node that is not wired fails, and a wired one does not") {
  const Node node(kDebian);
  node.AddProgram("/usr/lib/assay/assay-decide");
  CHECK(Only(Installation(node), "shim").health == Health::kOk);
  CHECK(Only(Installation(node), "decider").health == Health::kOk);
  CHECK(Only(Installation(node), "links").health == Health::kFailure);
  CHECK(Only(Wiring(node), "handler").health == Health::kFailure);
  CHECK(Only(Wiring(node), "runc-shadow").health == Health::kFailure);
  WireNow(node);
  CHECK(Only(Installation(node), "links").health == Health::kOk);
  CHECK(Only(Wiring(node), "handler").health == Health::kOk);
  CHECK(Only(Wiring(node), "runc-shadow").health == Health::kOk);
}

TEST_CASE("each way around the gate is a failure that names it") {
  struct Case {
    const char* adds;
    const char* says;
  };
  const std::string runtimes =
      "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.";
  const Case cases[] = {
      {"x]\nruntime_type = \"io.containerd.runc.v2\"\n", "no BinaryName"},
      {"x]\nruntime_type = \"io.containerd.runc.v2\"\n"
       "options.BinaryName = \"/usr/bin/crun\"\n",
       "/usr/bin/crun directly"},
      {"x]\nruntime_type = \"io.containerd.kata.v2\"\n", "never sees"},
      {"x]\nruntime_type = \"io.containerd.runc.v2\"\n"
       "options.BinaryName = \"@ROOT@/usr/lib/assay/bin/x\"\n",
       "does not lead to the shim"},
  };
  for (const Case& one : cases) {
    INFO(one.says);
    const Node node(kDebian);
    WireNow(node);
    std::string text = node.Read("/etc/containerd/config.toml");
    node.Write("/etc/containerd/config.toml", text + runtimes + one.adds);
    bool named = false;
    for (const auto& check : Wiring(node)) {
      named |= check.id == "handler" && check.health == Health::kFailure &&
               check.found.find(one.says) != std::string::npos;
    }
    CHECK(named);
  }
}

TEST_CASE("a handler with a shim of its own is not called well") {
  const Node node(kDebian);
  WireNow(node);
  const std::string text = node.Read("/etc/containerd/config.toml");
  node.Write("/etc/containerd/config.toml",
             text +
                 "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes."
                 "x]\nruntime_type = \"io.containerd.runc.v2\"\n"
                 "runtime_path = \"/opt/own-shim\"\n"
                 "options.BinaryName = \"@ROOT@/usr/lib/assay/bin/runc\"\n");
  bool named = false;
  for (const auto& check : Wiring(node)) {
    named |= check.health == Health::kWarning &&
             check.found.find("/opt/own-shim") != std::string::npos;
  }
  CHECK(named);
}

TEST_CASE("a policy folder that others may write is a failure") {
  const Node node;
  const auto settings = [&] {
    Checks checks;
    CheckState(Paths(node.root()), Time(std::chrono::seconds(1'790'000'000)),
               checks);
    return Only(checks, "settings").health;
  };
  node.Write("/etc/assay/policy.d/10.toml", "version = 1\n");
  CHECK(settings() == Health::kOk);
  fs::permissions(node.Path("/etc/assay/policy.d"), fs::perms(0777));
  CHECK(settings() == Health::kFailure);
}

TEST_CASE("links that lead astray are failures") {
  const Node node(kDebian);
  WireNow(node);
  const std::string runtime = node.Path("/etc/assay/runtimes/runc");
  const auto turn = [&](const std::string& target) {
    fs::remove(runtime);
    fs::create_symlink(target, runtime);
    return Only(Installation(node), "links");
  };
  CHECK(turn("/nowhere").found.find("does not lead to a program") !=
        std::string::npos);
  CHECK(turn(node.Path("/usr/lib/assay/assay-shim")).found.find("leads back") !=
        std::string::npos);
  CHECK(turn(node.Path("/usr/sbin/runc")).health == Health::kOk);
  fs::permissions(node.Path("/usr/sbin/runc"), fs::perms(0777));
  const Check loose = Only(Installation(node), "links");
  CHECK(loose.health == Health::kFailure);
  CHECK(loose.found.find("/usr/sbin/runc may be written") != std::string::npos);
}

TEST_CASE("a shim or folder that others may write is a failure") {
  const Node node;
  fs::permissions(node.Path("/usr/lib/assay"), fs::perms(0777));
  const Check check = Only(Installation(node), "shim");
  CHECK(check.health == Health::kFailure);
  CHECK(check.found.find("/usr/lib/assay may be written") != std::string::npos);
}

TEST_CASE("a configuration that cannot be read is unknown, not well") {
  const Node node("version = [\n");
  const Checks checks = Wiring(node);
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].health == Health::kUnknown);
}

TEST_CASE("a disabled or absent configuration is judged as containerd does") {
  const Node node;
  fs::remove(node.config());
  CHECK(Only(Wiring(node), "handler").health == Health::kFailure);
  const Node disabled("disabled_plugins = [\"cri\"]\n");
  for (const auto& check : Wiring(disabled)) CHECK(check.id != "handler");
}

TEST_CASE("containerd that has not read its configuration is a failure") {
  const Node node(
      "version = 2\n[grpc]\naddress = \"@ROOT@/run/containerd.sock\"\n");
  const auto socket = Listen(node.Path("/run/containerd.sock"), SOCK_STREAM);
  const auto docker = Listen(node.Path("/run/docker.sock"), SOCK_STREAM);
  const auto restart = [&] {
    Checks checks;
    CheckContainerd(node.Options(), checks);
    CheckOtherRuntimes(node.Options(), checks);
    CHECK(Only(checks, "containerd").health == Health::kOk);
    CHECK(Only(checks, "other-runtimes").health == Health::kWarning);
    CHECK(Only(checks, "other-runtimes").found.find("docker.sock") !=
          std::string::npos);
    return Only(checks, "containerd-restart").health;
  };
  const auto peer = FindPeer(node.Path("/run/containerd.sock"), false);
  REQUIRE(peer);
  CHECK(peer->pid == ::getpid());
  const auto now = fs::file_time_type::clock::now();
  fs::last_write_time(node.config(), now + std::chrono::hours(1));
  CHECK(restart() == Health::kFailure);
  fs::last_write_time(node.config(), now - std::chrono::hours(1000));
  CHECK(restart() == Health::kOk);
}

TEST_CASE("a restart in the second of the change is one that read it") {
  const Node node(
      "version = 2\n[grpc]\naddress = \"@ROOT@/run/containerd.sock\"\n");
  const auto socket = Listen(node.Path("/run/containerd.sock"), SOCK_STREAM);
  const auto peer = FindPeer(node.Path("/run/containerd.sock"), false);
  REQUIRE(peer);
  const auto changed = [&](std::chrono::milliseconds after_start) {
    const auto at = peer->started + after_start;
    fs::last_write_time(node.config(), fs::file_time_type::clock::from_sys(at));
    Checks checks;
    CheckContainerd(node.Options(), checks);
    return Only(checks, "containerd-restart").health;
  };
  CHECK(changed(std::chrono::milliseconds(-50)) == Health::kOk);
  CHECK(changed(std::chrono::milliseconds(50)) == Health::kFailure);
}

TEST_CASE("containerd is on a node by its file or its program") {
  const Node node;
  CHECK(IsContainerdHere(node.Options()));
  fs::remove(node.config());
  CHECK_FALSE(IsContainerdHere(node.Options()));
  {
    const auto brought =
        Listen(node.Path("/run/k3s/containerd/containerd.sock"), SOCK_STREAM);
    CHECK(IsContainerdHere(node.Options()));
  }
  WireOptions options = node.Options();
  options.search_path = {node.Path("/usr/bin")};
  node.AddProgram("/usr/bin/containerd");
  CHECK(IsContainerdHere(options));
}

TEST_CASE("a containerd that does not answer is unknown") {
  const Node node("version = 2\n[grpc]\naddress = \"@ROOT@/no.sock\"\n");
  Checks checks;
  CheckContainerd(node.Options(), checks);
  CheckOtherRuntimes(node.Options(), checks);
  CHECK(Only(checks, "containerd").health == Health::kUnknown);
}

TEST_CASE("state that is unsafe or a clock that is wrong is a failure") {
  const Node node;
  const auto state = [&](std::int64_t now) {
    Checks checks;
    CheckState(Paths(node.root()), Time(std::chrono::seconds(now)), checks);
    return checks;
  };
  constexpr std::int64_t kNow = 1'800'000'000;
  CHECK(Only(state(kNow), "trust").health == Health::kWarning);
  CHECK(Only(state(kNow), "clock").health == Health::kOk);
  CHECK(Only(state(0), "clock").health == Health::kFailure);
  node.Write("/etc/assay/trust/release.pub", "key");
  CHECK(Only(state(kNow), "trust").health == Health::kOk);
  fs::permissions(node.Path("/etc/assay/trust/release.pub"), fs::perms(0666));
  CHECK(Only(state(kNow), "trust").health == Health::kFailure);
  CHECK(Only(state(kNow), "evidence").health == Health::kOk);
  fs::create_directories(node.Path("/var/lib/assay/evidence"));
  fs::permissions(node.Path("/var/lib/assay/evidence"), fs::perms(0777));
  CHECK(Only(state(kNow), "evidence").health == Health::kFailure);
}

constexpr const char* kVerifier =
    "/usr/lib/assay/image-verifier/assay-image-verifier";
constexpr const char* kOthers = "/opt/containerd/image-verifier/bin";

// Version 3, whose verifiers lie where Node can have them.
std::string WithVerifiers(const std::string& more) {
  return "version = 3\n[plugins.'io.containerd.image-verifier.v1.bindir']\n"
         "bin_dir = '@ROOT@/opt/containerd/image-verifier/bin'\n" +
         more;
}

TEST_CASE("containerd is made to ask the verifier before it pulls") {
  const Node node(WithVerifiers(""));
  CHECK(Only(Pulls(node), "image-verifier").health == Health::kWarning);
  node.AddProgram(kVerifier);
  WireNow(node);
  CHECK(
      node.Read("/etc/containerd/config.toml")
          .find("bin_dir = \"" + node.Path("/usr/lib/assay/image-verifier")) !=
      std::string::npos);
  CHECK(Only(Pulls(node), "image-verifier").health == Health::kOk);
  CHECK(Only(Pulls(node), "pull-path").health == Health::kOk);
  fs::remove(node.Path(kVerifier));
  CHECK(Only(Pulls(node), "image-verifier").health == Health::kFailure);
}

bool SaysHowToJoin(const Node& node) {
  const auto plan = PlanWiring(node.Options());
  REQUIRE(plan);
  return std::any_of(plan->notes.begin(), plan->notes.end(),
                     [](const std::string& note) {
                       return note.find("ln -s ") != std::string::npos;
                     });
}

TEST_CASE("a folder with verifiers of others stays, and ours may join them") {
  const Node node(WithVerifiers(""));
  node.AddProgram(kVerifier);
  node.AddProgram(std::string(kOthers) + "/another");
  CHECK(SaysHowToJoin(node));
  WireNow(node);
  CHECK(Only(Pulls(node), "image-verifier").health == Health::kWarning);
  fs::create_symlink(node.Path(kVerifier),
                     node.Path(kOthers) + "/assay-image-verifier");
  CHECK(Only(Pulls(node), "image-verifier").health == Health::kOk);
  CHECK_FALSE(SaysHowToJoin(node));
  for (char name = '0'; name <= '8'; ++name) {
    node.AddProgram(std::string(kOthers) + "/" + name);
  }
  CHECK(Only(Pulls(node), "image-verifier").health == Health::kFailure);
}

TEST_CASE("what blocks all pulls, or lets none be asked about, is named") {
  const Node node(WithVerifiers(""));
  fs::create_directories(node.Path(kOthers));
  node.AddProgram(kVerifier);
  fs::create_symlink(node.Path(kVerifier), node.Path(kOthers) + "/assay");
  CHECK(Only(Pulls(node), "image-verifier").health == Health::kOk);
  node.Write(std::string(kOthers) + "/README", "no program");
  const Check blocked = Only(Pulls(node), "image-verifier");
  CHECK(blocked.health == Health::kFailure);
  CHECK(blocked.found.find("README") != std::string::npos);
  fs::remove(node.Path(kOthers) + "/README");
  fs::permissions(node.Path(kOthers), fs::perms::others_write,
                  fs::perm_options::add);
  CHECK(Only(Pulls(node), "image-verifier").health == Health::kFailure);
  const Node disabled(
      "version = 3\nimports = ['@ROOT@/more.toml']\ndisabled_plugins = "
      "['io.containerd.image-verifier.v1.bindir']\n");
  disabled.Write("/more.toml", "version = 3\ndisabled_plugins = ['other']\n");
  const Check off = Only(Pulls(disabled), "image-verifier");
  CHECK(off.health == Health::kWarning);
  CHECK(off.found.find("disabled") != std::string::npos);
}

TEST_CASE("limits under which Assay's verifier is not asked are named") {
  const auto [setting, health] = GENERATE(table<const char*, Health>(
      {{"max_verifiers = 0", Health::kFailure},
       {"max_verifiers = 1", Health::kOk},
       {"max_verifiers = -1", Health::kOk},
       {"per_verifier_timeout = '5s'", Health::kWarning},
       {"per_verifier_timeout = '500ms'", Health::kWarning},
       {"per_verifier_timeout = '10s'", Health::kOk},
       {"per_verifier_timeout = '1m'", Health::kOk}}));
  CAPTURE(setting);
  const Node node(WithVerifiers(setting));
  node.AddProgram(kVerifier);
  WireNow(node);
  CHECK(Only(Pulls(node), "image-verifier").health == health);
}

TEST_CASE("what cannot be set for pulls does not hold up the gate of starts") {
  const Node node(
      "version = 3\n[plugins]\n"
      "'io.containerd.image-verifier.v1.bindir' = { max_verifiers = 5 }\n");
  node.AddProgram(kVerifier);
  const auto plan = PlanWiring(node.Options());
  REQUIRE(plan);
  CHECK(std::any_of(plan->notes.begin(), plan->notes.end(),
                    [](const std::string& note) {
                      return note.starts_with("pulls are not gated: ");
                    }));
  WireNow(node);
  CHECK(Only(Wiring(node), "handler").health == Health::kOk);
  CHECK(Only(Pulls(node), "image-verifier").health == Health::kWarning);
}

TEST_CASE("a setting for which CRI pulls by itself is named") {
  const auto setting = GENERATE(
      "[plugins.'io.containerd.cri.v1.images']\nuse_local_image_pull = true",
      "[plugins.'io.containerd.cri.v1.images']\n"
      "disable_snapshot_annotations = false",
      "[plugins.'io.containerd.cri.v1.images']\ndiscard_unpacked_layers = true",
      "[plugins.'io.containerd.cri.v1.images']\nimage_pull_with_sync_fs = true",
      "[plugins.'io.containerd.cri.v1.images']\nmax_concurrent_downloads = 5",
      "[plugins.'io.containerd.cri.v1.images'.registry.mirrors.a]\nb = 1",
      "[plugins.'io.containerd.cri.v1.images'.registry.configs.a]\nb = 1",
      "[plugins.'io.containerd.grpc.v1.cri'.registry.auths.a]\nb = 1",
      "[plugins.'io.containerd.grpc.v1.cri'.containerd]\n"
      "discard_unpacked_layers = true");
  const Node node(WithVerifiers(setting));
  const Check check = Only(Pulls(node), "pull-path");
  CAPTURE(setting);
  CHECK(check.health == Health::kWarning);
  const std::string key =
      check.found.substr(0, check.found.find_first_of(" :"));
  CHECK(std::string(setting).find(key) != std::string::npos);
  const Node usual(WithVerifiers(
      "[plugins.'io.containerd.cri.v1.images']\nuse_local_image_pull = false\n"
      "disable_snapshot_annotations = true\nmax_concurrent_downloads = 3"));
  CHECK(Only(Pulls(usual), "pull-path").health == Health::kOk);
}

TEST_CASE("a kubelet that does not pull through the image proxy is named") {
  const Node node;
  const Paths paths(node.root());
  const auto health = [&](bool served) {
    Checks checks;
    CheckImageProxy(paths, served, checks);
    return checks.empty() ? std::nullopt
                          : std::optional(Only(checks, "image-proxy").health);
  };
  const std::string endpoint =
      "imageServiceEndpoint: unix://@ROOT@/run/assay/image.sock\n";
  const char* const config = "/var/lib/kubelet/config.yaml";
  const char* const flags = "/var/lib/kubelet/kubeadm-flags.env";
  CHECK_FALSE(health(false));
  CHECK(health(true) == Health::kFailure);  // nobody listens
  node.Write(config, endpoint);
  CHECK(health(false) == Health::kFailure);
  const UniqueFd listening = Listen(paths.ImageSocket(), SOCK_STREAM);
  CHECK(health(true) == Health::kOk);
  node.Write(flags, "A=\"--v=1 --image-service-endpoint=unix:///run/a --b=c\"");
  CHECK(health(true) == Health::kWarning);
  node.Write(flags,
             "A=\"--image-service-endpoint=unix://@ROOT@/run/assay/"
             "image.sock\"");
  node.Write(config, "a: b\n");
  CHECK(health(true) == Health::kOk);
  node.Write(flags, "A=\"\"");
  CHECK(health(true) == Health::kWarning);
  node.Write(config, "a: [\n");
  CHECK(health(true) == Health::kWarning);
  fs::remove(node.Path(config));
  CHECK(health(true) == Health::kUnknown);
}
