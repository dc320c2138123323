// Many callers at once on one client.
#include <atomic>
#include <thread>

#include "tests/integration/registry/fixture.h"
#include "tests/support/catch.h"

namespace assay::testing {
namespace {

constexpr int kCallers = 200;

TEST_CASE("200 callers fetch at once, some of them from a stalled registry") {
  const std::string host = Hostile().host();
  RegistryClient client({});
  const std::chrono::milliseconds deadline(20000);
  std::atomic<int> fetched = 0;
  std::atomic<int> stalled = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      if (i % 10 == 0) {
        const auto late = client.FetchOne(
            Manifest(At(host, "stalled-headers/load"), "latest"),
            In(std::chrono::milliseconds(500)));
        stalled += !late && late.error().reason == Reason::kDeadline ? 1 : 0;
        return;
      }
      const char* mode = i % 2 == 0 ? "token/load" : "good/load";
      const Reference name = At(host, mode);
      const std::vector<FetchRequest> requests = {Manifest(name, "latest"),
                                                  Referrers(name)};
      const auto results = client.Fetch(requests, In(deadline));
      fetched += results[0] && results[1] ? 1 : 0;
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(stalled == kCallers / 10);
  CHECK(fetched == kCallers - kCallers / 10);
}

TEST_CASE("TLS callers share one client") {
  const TempFolder folder;
  MakeCertificates(folder);
  HostileRegistry secure(
      {"--tls", folder / "server.crt", folder / "server.key"});
  folder.Write("certs.d/" + secure.host() + "/hosts.toml",
               "server = \"https://" + secure.host() + "\"\nca = \"" +
                   (folder / "ca.crt") + "\"\n");
  RegistryOptions options;
  options.hosts_dirs = {folder / "certs.d"};
  RegistryClient client(options);
  std::atomic<int> fetched = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&] {
      for (int turn = 0; turn < 3; ++turn) {
        fetched +=
            client
                .FetchOne(Manifest(At(secure.host(), "good/tls"), "latest"),
                          In(std::chrono::milliseconds(20000)))
                .has_value();
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(fetched == 48);
}

TEST_CASE("TLS is never left by a redirect") {
  const TempFolder folder;
  MakeCertificates(folder);
  HostileRegistry secure(
      {"--tls", folder / "server.crt", folder / "server.key"});
  const std::string toml =
      "server = \"https://" + secure.host() + "\"\nskip_verify = true\n";
  folder.Write("certs.d/" + secure.host() + "/hosts.toml", toml);
  RegistryOptions options;
  options.hosts_dirs = {folder / "certs.d"};
  RegistryClient client(options);
  const auto fetched =
      client.FetchOne(Manifest(At(secure.host(), "redirect-http/a"), "latest"),
                      In(std::chrono::milliseconds(2000)));
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().reason == Reason::kRegistryProtocol);
}

}  // namespace
}  // namespace assay::testing
