// Every way a registry can misbehave ends with its reason, in time and within
// memory. tests/support/hostile_registry.py says what each mode does.
#include <thread>

#include "tests/integration/registry/fixture.h"
#include "tests/support/catch.h"

namespace assay::testing {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDeadline{1500};
// A shared machine may be late; a stalled registry would be far later.
constexpr double kLatest = 2500;
constexpr std::size_t kMostMemory = 64;

Result<Fetched> Ask(const FetchRequest& request, RegistryOptions options = {}) {
  RegistryClient client(std::move(options));
  return client.FetchOne(request, In(kDeadline));
}

struct Case {
  const char* mode;
  Reason reason;
};

void CheckRefused(const FetchRequest& request, Reason reason) {
  const std::size_t before = PeakMebibytes();
  const Stopwatch watch;
  const auto fetched = Ask(request);
  INFO(request.repository.str());
  CHECK(watch.Milliseconds() < kLatest);
  CHECK(PeakMebibytes() < before + kMostMemory);
  REQUIRE_FALSE(fetched);
  INFO(fetched.error().detail);
  CHECK(Describe(fetched.error().reason).id == Describe(reason).id);
}

TEST_CASE("a registry that misbehaves is refused by name") {
  const auto one = GENERATE(
      Case{"401-bearer", Reason::kRegistryUnauthorized},
      Case{"401-basic", Reason::kRegistryUnauthorized},
      Case{"401-garbage", Reason::kRegistryProtocol},
      Case{"token-private", Reason::kRegistryUnauthorized},
      Case{"token-huge", Reason::kRegistryProtocol},
      Case{"token-broken", Reason::kRegistryProtocol},
      Case{"forbidden", Reason::kRegistryUnauthorized},
      Case{"realm-metadata", Reason::kRegistryRealmRefused},
      Case{"realm-private", Reason::kRegistryRealmRefused},
      Case{"realm-file", Reason::kRegistryProtocol},
      Case{"stalled-headers", Reason::kDeadline},
      Case{"stalled-body", Reason::kDeadline}, Case{"drip", Reason::kDeadline},
      Case{"throttled", Reason::kRegistryThrottled},
      Case{"broken", Reason::kRegistryUnreachable},
      Case{"reset", Reason::kRegistryUnreachable},
      Case{"dead", Reason::kRegistryUnreachable},
      Case{"huge", Reason::kEvidenceTooLarge},
      Case{"endless-body", Reason::kEvidenceTooLarge},
      Case{"endless-headers", Reason::kEvidenceTooLarge},
      Case{"endless-interim", Reason::kEvidenceTooLarge},
      Case{"huge-error", Reason::kRegistryNotFound},
      Case{"garbage", Reason::kRegistryProtocol},
      Case{"redirect-loop", Reason::kRegistryProtocol},
      Case{"redirect-metadata", Reason::kRegistryRealmRefused},
      Case{"redirect-file", Reason::kRegistryProtocol},
      Case{"redirect-user", Reason::kRegistryProtocol},
      Case{"no-such-mode", Reason::kRegistryNotFound});
  const std::string name = std::string(one.mode) + "/refused";
  CheckRefused(Manifest(At(Hostile().host(), name), "latest"), one.reason);
}

TEST_CASE("content that is not what was asked for is refused") {
  const Reference name = At(Hostile().host(), "wrong-digest/a");
  CheckRefused(Manifest(name, Digest::Of("x").str()),
               Reason::kManifestDigestMismatch);
  CheckRefused(Blob(name, Digest::Of("x").str()),
               Reason::kManifestDigestMismatch);
  CheckRefused(Blob(name, "latest"), Reason::kDigestMalformed);
  CheckRefused(Manifest(name, "../../_log"), Reason::kDigestMalformed);
}

TEST_CASE("a hostile list of referrers is refused by name") {
  const auto one = GENERATE(Case{"loop", Reason::kRegistryProtocol},
                            Case{"new-pages", Reason::kEvidenceTooMany},
                            Case{"many", Reason::kEvidenceTooMany},
                            Case{"many-at-once", Reason::kEvidenceTooMany},
                            Case{"foreign-page", Reason::kRegistryProtocol},
                            Case{"wrong-type", Reason::kRegistryNotFound},
                            Case{"deep", Reason::kRegistryProtocol},
                            Case{"gzip", Reason::kRegistryProtocol},
                            Case{"referrers-error", Reason::kRegistryProtocol},
                            Case{"broken", Reason::kRegistryUnreachable},
                            Case{"no-such-mode", Reason::kRegistryNotFound});
  const std::string name = std::string(one.mode) + "/referrers";
  CheckRefused(Referrers(At(Hostile().host(), name)), one.reason);
}

TEST_CASE("a hostile store of signatures is refused by name") {
  const auto one = GENERATE(Case{"401-bearer", Reason::kRegistryUnauthorized},
                            Case{"stalled-body", Reason::kDeadline},
                            Case{"broken", Reason::kRegistryUnreachable},
                            Case{"huge", Reason::kEvidenceTooLarge},
                            Case{"no-such-mode", Reason::kRegistryNotFound});
  CheckRefused(
      Signatures(At(Hostile().host(), std::string(one.mode) + "/signed")),
      one.reason);
}

TEST_CASE("signatures are asked for with credentials, the header without") {
  const TempFolder folder;
  const std::string config =
      folder.Write("config.json", DockerConfig(Hostile().host(), kUserSecret));
  RegistryClient client({{}, {config}, "", {}, "assay"});
  const Reference name = At(Hostile().host(), "basic/signed");
  const auto before = Hostile().Log("/v2/").size();
  for (int i = 0; i < 2; ++i) {
    CHECK(client.FetchOne({FetchKind::kSignatureStore, name, "", 0},
                          In(kDeadline)));
  }
  const auto log = Hostile().Log("/v2/");
  REQUIRE(log.size() == before + 1);
  CHECK(log.back().Find("headers")->FindString("authorization") == nullptr);
  const auto list = client.FetchOne(Signatures(name), In(kDeadline));
  REQUIRE(list);
  CHECK(list->bytes == R"({"signatures":[]})");
  const auto elsewhere = client.FetchOne(
      Signatures(At(Hostile().host(), "redirect/signed")), In(kDeadline));
  REQUIRE_FALSE(elsewhere);
  CHECK(elsewhere.error().reason == Reason::kRegistryProtocol);
}

TEST_CASE("a registry that answers 401 for ever is asked twice") {
  const auto mode = GENERATE("401-bearer", "401-basic");
  const TempFolder folder;
  const std::string config =
      folder.Write("config.json", DockerConfig(Hostile().host(), kUserSecret));
  const std::string name = std::string(mode) + "/counted";
  const auto fetched = Ask(Manifest(At(Hostile().host(), name), "latest"),
                           {{}, {config}, "", {}, "assay"});
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().reason == Reason::kRegistryUnauthorized);
  CHECK(Hostile().Log("/v2/" + name).size() == 2);
}

TEST_CASE("a fault that passes is waited for") {
  const auto mode = GENERATE("throttled-once", "flaky", "reset-once");
  const std::string name = std::string(mode) + "/again";
  const auto fetched = Ask(Manifest(At(Hostile().host(), name), "latest"));
  INFO((fetched ? "" : fetched.error().detail));
  REQUIRE(fetched);
  CHECK(Hostile().Log("/v2/" + name).size() == 2);
}

TEST_CASE("a redirect takes no credentials to another host") {
  const TempFolder folder;
  const std::string config =
      folder.Write("config.json", DockerConfig(Hostile().host(), kUserSecret));
  const RegistryOptions options{{}, {config}, "", {}, "assay"};
  const auto fetched =
      Ask(Manifest(At(Hostile().host(), "redirect/kept"), "latest"), options);
  INFO((fetched ? "" : fetched.error().detail));
  REQUIRE(fetched);
  const auto log = Hostile().Log("/good/redirected-kept");
  REQUIRE(log.size() == 1);
  CHECK(log.front().Find("headers")->FindString("authorization") == nullptr);
}

TEST_CASE("a redirect on the same host keeps them") {
  const TempFolder folder;
  const std::string config =
      folder.Write("config.json", DockerConfig(Hostile().host(), kUserSecret));
  CHECK(Ask(Manifest(At(Hostile().host(), "redirect-same/kept"), "latest"),
            {{}, {config}, "", {}, "assay"}));
}

TEST_CASE("one caller's stalled registry does not hold another") {
  RegistryClient client({});
  const Reference stalled = At(Hostile().host(), "stalled-headers/mixed");
  const Reference good = At(Hostile().host(), "good/mixed");
  std::thread slow([&] {
    CHECK_FALSE(client.FetchOne(Manifest(stalled, "latest"), In(kDeadline)));
  });
  const Stopwatch watch;
  const bool fetched =
      client.FetchOne(Manifest(good, "latest"), In(kDeadline)).has_value();
  const double time = watch.Milliseconds();
  slow.join();
  CHECK(fetched);
  CHECK(time < 1000);
}

TEST_CASE("one stalled request does not take the others of its call along") {
  RegistryClient client({});
  const std::vector<FetchRequest> requests = {
      Manifest(At(Hostile().host(), "good/call"), "latest"),
      Manifest(At(Hostile().host(), "stalled-body/call"), "latest"),
      Referrers(At(Hostile().host(), "pages/call"))};
  const auto results = client.Fetch(requests, In(kDeadline));
  REQUIRE(results.size() == 3);
  CHECK(results[0]);
  REQUIRE_FALSE(results[1]);
  CHECK(results[1].error().reason == Reason::kDeadline);
  REQUIRE(results[2]);
  CHECK(results[2]->referrers.size() == 20);
}

}  // namespace
}  // namespace assay::testing
