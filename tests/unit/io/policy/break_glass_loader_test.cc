#include "io/policy/break_glass_loader.h"

#include <sys/stat.h>

#include "base/limits.h"
#include "io/policy/policy_holder.h"
#include "tests/support/catch.h"
#include "tests/unit/io/policy/policy_root.h"

using namespace assay;
using namespace assay::test;

namespace {

const std::string kException =
    "version = 1\n[[exception]]\nscope = \"registry.example.com/app\"\n"
    "reason = \"down\"\nwho = \"jo\"\nnot_before = 2026-09-20\n"
    "expires = 2026-09-21\n";

struct BreakGlassRoot : PolicyRoot {
  std::string WriteException(const std::string& name,
                             const std::string& text) const {
    return folder.Write("etc/assay/break-glass.d/" + name, text);
  }
  std::size_t Count() {
    problems.clear();
    return LoadBreakGlass(paths(), problems).size();
  }
  Diagnostics problems;
};

}  // namespace

TEST_CASE(
    "exceptions are the .toml files of their folder, which may be absent") {
  BreakGlassRoot root;
  CHECK(root.Count() == 0);
  CHECK(root.problems.empty());
  root.WriteException("a.toml", kException);
  root.WriteException("b.toml.bak", "nonsense");
  root.WriteException(".c.toml", "nonsense");
  CHECK(root.Count() == 1);
  CHECK(root.problems.empty());
}

TEST_CASE("an exception that others may write is none") {
  BreakGlassRoot root;
  const std::string path = root.WriteException("a.toml", kException);
  root.WriteException("b.toml", kException);
  REQUIRE(::chmod(path.c_str(), 0666) == 0);
  CHECK(root.Count() == 1);
  REQUIRE(root.problems.size() == 1);
  CHECK(root.problems.front().reason == Reason::kFileUnsafe);
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  REQUIRE(::chmod(root.paths().BreakGlassDir().c_str(), 0777) == 0);
  CHECK(root.Count() == 0);
  REQUIRE(root.problems.size() == 1);
  CHECK(root.problems.front().reason == Reason::kFileUnsafe);
}

TEST_CASE("too many exceptions are none") {
  BreakGlassRoot root;
  for (std::size_t i = 0; i <= limits::kPolicyExceptions; ++i) {
    root.WriteException(std::to_string(i) + ".toml", kException);
  }
  CHECK(root.Count() == 0);
  REQUIRE(root.problems.size() == 1);
  CHECK(root.problems.front().reason == Reason::kTooLarge);
}

TEST_CASE("a wrong exception keeps no policy from being taken") {
  BreakGlassRoot root;
  root.WritePolicy("10.toml", kSigned);
  root.WriteException("a.toml", kException);
  PolicyHolder holder(root.paths());
  REQUIRE(holder.Reload());
  CHECK(holder.Current()->exceptions().size() == 1);
  CHECK(holder.BreakGlassDiagnostics().empty());
  const Digest fingerprint = holder.Current()->fingerprint();

  root.WriteException("a.toml", kException + "forever = true\n");
  REQUIRE(holder.Reload());
  CHECK(holder.LastDiagnostics().empty());
  CHECK(holder.BreakGlassDiagnostics().size() == 1);
  CHECK(holder.Current()->exceptions().empty());
  CHECK(holder.Current()->fingerprint() == fingerprint);

  // Nor does a wrong policy keep one alive that was removed.
  root.WriteException("a.toml", kException);
  REQUIRE(holder.Reload());
  root.WritePolicy("10.toml", "version = 2\n");
  std::filesystem::remove(root.paths().BreakGlassDir() + "/a.toml");
  CHECK_FALSE(holder.Reload());
  REQUIRE(holder.Current() != nullptr);
  CHECK(holder.Current()->exceptions().empty());
}
