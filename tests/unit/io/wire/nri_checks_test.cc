#include "io/wire/checks.h"
#include "io/wire/config_values.h"
#include "tests/support/catch.h"
#include "tests/unit/io/wire/node.h"

using namespace assay;
using std::chrono::milliseconds;

namespace {

constexpr const char* kTable = "[plugins.'io.containerd.nri.v1.nri']\n";

NriExpectation Connected() {
  return {"/run/nri/nri.sock", true, "containerd 2.1.9", false, ""};
}

Checks Nri(const std::string& config,
           const std::optional<NriExpectation>& nri = Connected()) {
  const Node node("version = 3\n" + config);
  Checks checks;
  CheckNri(node.Options(), nri, checks);
  return checks;
}

// Of the one check that there is: what it found.
std::string Failure(const Checks& checks) {
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].id == "nri");
  CHECK(checks[0].health == Health::kFailure);
  CHECK_FALSE(checks[0].remedy.empty());
  return checks[0].found;
}

}  // namespace

TEST_CASE("a plugin that is connected is fine, and so is none that is wanted") {
  for (const Checks& checks :
       {Nri(""), Nri(std::string(kTable) + "disable = false\n"),
        Nri(std::string(kTable) + "socket_path = '/var/run/nri/nri.sock'\n"),
        Nri(std::string(kTable) + "disable = true\n", std::nullopt)}) {
    REQUIRE(checks.size() == 1);
    CHECK(checks[0].health == Health::kOk);
  }
}

TEST_CASE("what keeps containerd from its plugins is named") {
  CHECK(Failure(Nri(std::string(kTable) + "disable = true\n")) ==
        "containerd takes no NRI plugin: disable = true");
  CHECK(Failure(Nri("disabled_plugins = ['io.containerd.nri.v1.nri']\n")) ==
        "containerd takes no NRI plugin: disabled_plugins names it");
  CHECK(Failure(Nri(std::string(kTable) + "disable_connections = true\n")) ==
        "containerd takes no NRI plugin: disable_connections = true");
  CHECK(Failure(Nri(std::string(kTable) + "socket_path = '/run/other'\n")) ==
        "containerd's NRI socket is /run/other, not /run/nri/nri.sock");
  auto away = Connected();
  away.connected = false;
  CHECK(Failure(Nri("", away)) == "no NRI plugin: no daemon");
  away.problem = "runtime-unreachable: gone";
  CHECK(Failure(Nri("", away)) == "no NRI plugin: runtime-unreachable: gone");
}

TEST_CASE("a containerd that waits too short is told") {
  for (const std::string patience : {"1s", "1999ms", "0s", "1.5s", "1m30s"}) {
    const auto checks = Nri(std::string(kTable) + "plugin_request_timeout = '" +
                            patience + "'\n");
    REQUIRE(checks.size() == 1);
    CHECK(checks[0].health == Health::kWarning);
  }
  for (const std::string patience : {"2s", "2000ms", "1m"}) {
    const auto checks = Nri(std::string(kTable) + "plugin_request_timeout = '" +
                            patience + "'\n");
    CHECK(checks[0].health == Health::kOk);
  }
}

TEST_CASE("a containerd that could wait for the plugin is told to") {
  auto newer = Connected();
  newer.validates = true;
  const std::string validator =
      "[plugins.'io.containerd.nri.v1.nri'.default_validator]\n";
  for (const std::string& config :
       {std::string(), validator + "required_plugins = ['assay']\n",
        validator + "enable = false\nrequired_plugins = ['assay']\n",
        validator + "enable = true\nrequired_plugins = ['other']\n"}) {
    const auto checks = Nri(config, newer);
    REQUIRE(checks.size() == 2);
    CHECK(checks[1].id == "nri-required");
    CHECK(checks[1].health == Health::kWarning);
  }
  for (const std::string name : {"assay", "10-assay"}) {
    CHECK(Nri(validator + "enable = true\nrequired_plugins = ['x', '" + name +
                  "']\n",
              newer)
              .size() == 1);
  }
}

TEST_CASE("of Go's durations whole ones of one unit are read") {
  CHECK(ReadGoDuration("250ms") == milliseconds(250));
  CHECK(ReadGoDuration("2s") == milliseconds(2000));
  CHECK(ReadGoDuration("1m") == milliseconds(60'000));
  CHECK(ReadGoDuration("1h") == milliseconds(3'600'000));
  for (const std::string text :
       {"", "2", "s", "-2s", "1.5s", "1m30s", "2us", "99999999999s"}) {
    CHECK_FALSE(ReadGoDuration(text));
  }
}
