#include "io/nri/events.h"

#include "tests/support/catch.h"

using namespace assay;
using std::chrono::milliseconds;

namespace {

bool Validates(const std::string& name, const std::string& version,
               const std::string& nri_version = {}) {
  return AsksValidation(DescribeRuntime(name, version, 0), nri_version);
}

}  // namespace

TEST_CASE("only runtimes that know it are asked to validate") {
  CHECK_FALSE(Validates("containerd", "1.7.24"));
  CHECK_FALSE(Validates("containerd", "v2.0.10"));
  CHECK_FALSE(Validates("containerd", "2.1.9+unknown"));
  CHECK(Validates("containerd", "v2.2.0"));
  CHECK(Validates("containerd", "2.10.0-rc.1"));
  CHECK(Validates("containerd", "3.0.0"));
  CHECK_FALSE(Validates("cri-o", "1.33.9"));
  CHECK(Validates("cri-o", "1.34.0"));
  CHECK(Validates("cri-o", "1.36.3"));
}

TEST_CASE("what is not known of a runtime is not asked of it") {
  CHECK_FALSE(Validates("containerd", ""));
  CHECK_FALSE(Validates("containerd", "v"));
  CHECK_FALSE(Validates("containerd", "2"));
  CHECK_FALSE(Validates("containerd", "-2.9"));
  CHECK_FALSE(Validates("containerd", "99999999999.9"));
  CHECK_FALSE(Validates("other", "9.9.9"));
}

TEST_CASE("what a runtime says of its NRI goes before its version") {
  CHECK(Validates("containerd", "0.0.0", "v0.12.2"));
  CHECK(Validates("other", "", "0.10.0"));
  CHECK_FALSE(Validates("containerd", "2.9.0", "0.9.0"));
  CHECK(Validates("containerd", "2.9.0", "unknown"));
}

TEST_CASE("the masks are those that runtimes were seen to take") {
  CHECK(EventMask(NriKind::kContainerd, false) == 0x28);
  CHECK(EventMask(NriKind::kContainerd, true) == 0x2028);
  CHECK(EventMask(NriKind::kCrio, false) == 0x08);
  CHECK(EventMask(NriKind::kCrio, true) == 0x2008);
}

TEST_CASE("a runtime's patience is believed within reason") {
  CHECK(DescribeRuntime("containerd", "1.7.24", 0).patience ==
        milliseconds(2000));
  CHECK(DescribeRuntime("containerd", "2.1.9", 20'000).patience ==
        milliseconds(20'000));
  CHECK(DescribeRuntime("containerd", "2.1.9", -1).patience ==
        milliseconds(100));
  CHECK(DescribeRuntime("containerd", "2.1.9", INT64_MAX).patience ==
        milliseconds(60'000));
  const auto described = DescribeRuntime("cri-o", "1.36.3", 0);
  CHECK(described.kind == NriKind::kCrio);
  CHECK(described.major == 1);
  CHECK(described.minor == 36);
}
