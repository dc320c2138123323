#include "daemon/startup_pages.h"

#include <fstream>

#include "tests/support/catch.h"

using namespace assay;

namespace {

// Resident pages of files, as proc(5) counts them.
long FilePages() {
  long size = 0, resident = 0, shared = 0;
  std::ifstream("/proc/self/statm") >> size >> resident >> shared;
  return shared;
}

}  // namespace

TEST_CASE("code is given back, and comes back when it is run") {
  REQUIRE(FilePages() > 0);
  const long before = FilePages();  // with everything mapped that it takes
  CHECK(ReleaseStartupPages() > 0);
  const long after = FilePages();
  CHECK(after < before);
  CHECK(FilePages() > 0);
}
