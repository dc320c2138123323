// Where a registry is asked first, and that this hides nothing.
#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/support/catch.h"
#include "tests/unit/io/evidence/evidence_node.h"

using namespace assay;
using namespace assay::testing;
using namespace std::chrono_literals;

namespace {

const Digest kFirst = Digest::Of("an image");
const Digest kNext = Digest::Of("the next image");

FoundArtifact Legacy(const Digest& image, const std::string& payload) {
  return Sample(image, {payload}, ArtifactOrigin::kCosignTag);
}

bool Has(const EvidenceSet& set, const std::string& blob) {
  return std::any_of(set.artifacts.begin(), set.artifacts.end(),
                     [&](const UntrustedArtifact& artifact) {
                       return artifact.blobs.front().bytes == blob;
                     });
}

}  // namespace

TEST_CASE("the floor of questions, once a repository is known") {
  EvidenceNode node;
  std::size_t floor = 0;
  SECTION("legacy: 2") {
    node.ServeTagged(Legacy(kFirst, "one"));
    node.ServeTagged(Legacy(kNext, "two"));
    floor = 2;
  }
  SECTION("bundle by the referrers API: 3") {
    node.ServeByApi({Sample(kFirst, {"one"})});
    node.ServeByApi({Sample(kNext, {"two"})});
    floor = 3;
  }
  SECTION("bundle by the fallback tag: 3") {
    node.ServeByFallback({Sample(kFirst, {"one"})});
    node.ServeByFallback({Sample(kNext, {"two"})});
    floor = 3;
  }
  const EvidenceSet first = node.Collect(kFirst, Reach::kUsual);
  CHECK(Has(first, "one"));
  CHECK(first.reach == Reach::kNetwork);
  CHECK(node.NewQuestions() == floor + 2);

  const EvidenceSet next = node.Collect(kNext, Reach::kUsual);
  CHECK(Has(next, "two"));
  CHECK(next.failures.empty());
  CHECK(next.reach == Reach::kUsual);
  CHECK(node.NewQuestions() == floor);

  node.collector->Forget();
  CHECK(node.Collect(kNext, Reach::kUsual).reach == Reach::kNetwork);
  CHECK(node.NewQuestions() == floor + 2);
}

TEST_CASE("a repository not seen yet is taken for one like its registry's") {
  EvidenceNode node;
  node.ServeTagged(Legacy(kFirst, "one"));
  node.Collect(kFirst, Reach::kUsual);
  node.NewQuestions();
  EvidenceRequest request = node.Request(kNext, Reach::kUsual);
  request.name = node.server.Name("another/app");
  EvidenceSet set = node.collector->Collect(request);
  CHECK(set.artifacts.empty());
  CHECK(set.reach == Reach::kUsual);
  CHECK(node.NewQuestions() == 1);
  request.reach = Reach::kNetwork;
  CHECK(node.collector->Collect(request).reach == Reach::kNetwork);
  CHECK(node.NewQuestions() == 2);
}

TEST_CASE("junk in the usual place does not hide what is elsewhere") {
  EvidenceNode node;
  node.ServeTagged(Legacy(kFirst, "one"));
  node.Collect(kFirst, Reach::kUsual);
  node.ServeTagged(Legacy(kNext, "junk"));
  SECTION("in the referrers API") {
    node.ServeByApi({Sample(kNext, {"good"})});
  }
  SECTION("by the fallback tag") {
    node.ServeByFallback({Sample(kNext, {"good"})});
  }
  node.NewQuestions();
  const EvidenceSet usual = node.Collect(kNext, Reach::kUsual);
  CHECK(Has(usual, "junk"));
  CHECK_FALSE(Has(usual, "good"));
  REQUIRE(usual.reach == Reach::kUsual);
  CHECK(node.NewQuestions() == 2);

  // Only the rest is asked for, and all is there.
  const EvidenceSet all = node.Collect(kNext, Reach::kNetwork);
  CHECK(Has(all, "junk"));
  CHECK(Has(all, "good"));
  CHECK(all.failures.empty());
  CHECK(node.NewQuestions() == 4);

  // Until it may be asked again, the disk is all there is to know.
  const EvidenceSet disk = node.Collect(kNext, Reach::kDisk);
  CHECK(disk.artifacts.size() == 2);
  CHECK(disk.reach == Reach::kNetwork);
  CHECK(node.NewQuestions() == 0);
}

TEST_CASE("an image that is absent from the usual place is looked for") {
  EvidenceNode node;
  node.ServeTagged(Legacy(kFirst, "one"));
  node.Collect(kFirst, Reach::kUsual);
  node.ServeByFallback({Sample(kNext, {"good"})});
  const EvidenceSet usual = node.Collect(kNext, Reach::kUsual);
  CHECK(usual.artifacts.empty());
  REQUIRE(usual.reach == Reach::kUsual);
  CHECK(Has(node.Collect(kNext, Reach::kNetwork), "good"));
  CHECK(node.Collect(Digest::Of("a third"), Reach::kDisk).reach ==
        Reach::kDisk);
}

TEST_CASE("what fails in the usual place is made up for elsewhere, at once") {
  EvidenceNode node;
  node.ServeByFallback({Sample(kFirst, {"one"})});
  node.Collect(kFirst, Reach::kUsual);
  node.ServeTagged(Legacy(kNext, "good"));
  const std::string place = "manifests/" + ReferrersTag(kNext);
  Reason expected = Reason::kManifestMalformed;
  SECTION("no index") {
    node.server.Serve(place, std::string(kOciIndex), "[]");
  }
  SECTION("not this time") {
    node.server.Serve(place, "text/plain", "no", 403);
    expected = Reason::kRegistryUnauthorized;
  }
  SECTION("a signature without its blob") {
    auto broken = Sample(kNext, {"blob"});
    broken.blobs.clear();
    node.ServeByFallback({broken});
    expected = Reason::kRegistryNotFound;
  }
  const EvidenceSet set = node.Collect(kNext, Reach::kUsual);
  CHECK(Has(set, "good"));
  CHECK(set.reach == Reach::kNetwork);
  REQUIRE(set.failures.size() == 1);
  CHECK(Describe(set.failures[0].reason).id == Describe(expected).id);
  // Nothing is taken to be known after a failure.
  CHECK(node.Collect(kNext, Reach::kDisk).reach == Reach::kDisk);
}

TEST_CASE("a usual place that stalls leaves time for the others") {
  EvidenceNode node(10s, 4s);
  node.ServeTagged(Legacy(kFirst, "one"));
  node.Collect(kFirst, Reach::kUsual);
  node.ServeByFallback({Sample(kNext, {"good"})});
  node.server.Stall("manifests/" + CosignTag(kNext), 6000ms);
  const auto began = std::chrono::steady_clock::now();
  const EvidenceSet set = node.Collect(kNext, Reach::kUsual);
  CHECK(std::chrono::steady_clock::now() - began < 5000ms);
  CHECK(Has(set, "good"));
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kDeadline);
}

TEST_CASE("a slow registry is asked everywhere at once") {
  EvidenceNode node(10s, 2s);
  node.ServeTagged(Legacy(kFirst, "one"));
  node.server.delay_ms = 300;
  node.Collect(kFirst, Reach::kUsual);
  const EvidenceSet set = node.Collect(kNext, Reach::kUsual);
  CHECK(set.reach == Reach::kNetwork);
}

TEST_CASE("askers of one image in its usual place share one fetch") {
  EvidenceNode node(0ms);
  node.ServeTagged(Legacy(kFirst, "one"));
  node.Collect(kFirst, Reach::kUsual);
  node.ServeTagged(Legacy(kNext, "two"));
  node.NewQuestions();
  node.server.delay_ms = 300;
  std::atomic<int> found{0};
  std::vector<std::thread> askers;
  for (int i = 0; i < 50; ++i) {
    askers.emplace_back([&] {
      if (Has(node.Collect(kNext, Reach::kUsual), "two")) ++found;
    });
  }
  for (std::thread& asker : askers) asker.join();
  CHECK(found == 50);
  CHECK(node.NewQuestions() == 2);
}
