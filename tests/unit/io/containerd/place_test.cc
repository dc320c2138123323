#include "io/containerd/place.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

ContainerClaim Claim() {
  ContainerClaim claim;
  claim.id = "c1";
  claim.bundle = "/run/containerd/io.containerd.runtime.v2.task/k8s.io/c1";
  claim.runtime_root = "/run/containerd/runc/k8s.io";
  claim.runtime_namespace = "k8s.io";
  return claim;
}

Reason ReasonOf(const ContainerClaim& claim) {
  const auto place = LocateContainer(claim);
  return place ? Reason::kUnspecified : place.error().reason;
}

TEST_CASE("sources that agree name one container") {
  const auto place = LocateContainer(Claim());
  REQUIRE(place);
  CHECK(place->runtime_namespace == "k8s.io");
  CHECK(place->id == "c1");
}

TEST_CASE("absent sources do not contradict") {
  ContainerClaim claim = Claim();
  claim.runtime_root.clear();
  claim.runtime_namespace.clear();
  CHECK(LocateContainer(claim));
}

TEST_CASE("sources that disagree are ambiguous") {
  ContainerClaim claim = Claim();
  SECTION("root") { claim.runtime_root = "/run/containerd/runc/default"; }
  SECTION("root that only begins so") { claim.runtime_root = "/run/k8s.io/x"; }
  SECTION("environment") { claim.runtime_namespace = "default"; }
  SECTION("id") { claim.id = "c2"; }
  SECTION("empty id") { claim.id.clear(); }
  CHECK(ReasonOf(claim) == Reason::kRuntimeAmbiguous);
}

TEST_CASE("a bundle elsewhere is no container of containerd's") {
  ContainerClaim claim = Claim();
  SECTION("relative") { claim.bundle.erase(0, 1); }
  SECTION("empty") { claim.bundle.clear(); }
  SECTION("dots") {
    claim.bundle = "/run/io.containerd.runtime.v2.task/k8s.io/./c1";
  }
  SECTION("dot dot") {
    claim.bundle = "/run/io.containerd.runtime.v2.task/x/../k8s.io/c1";
  }
  SECTION("double slash") {
    claim.bundle = "/run/io.containerd.runtime.v2.task//k8s.io/c1";
  }
  SECTION("trailing slash") { claim.bundle += "/"; }
  SECTION("another folder") { claim.bundle = "/tmp/k8s.io/c1"; }
  SECTION("too deep") { claim.bundle += "/x"; }
  CHECK(ReasonOf(claim) == Reason::kContainerUnknown);
}

TEST_CASE("only containerd's identifiers are let through") {
  ContainerClaim claim = Claim();
  claim.runtime_root.clear();
  claim.runtime_namespace.clear();
  claim.id = GENERATE(as<std::string>{}, "c 1", "c\n1", "-c", "c-", "c:1",
                      std::string(77, 'c'));
  claim.bundle = "/run/io.containerd.runtime.v2.task/default/" + claim.id;
  CHECK(ReasonOf(claim) == Reason::kRuntimeAmbiguous);
}

}  // namespace
}  // namespace assay
