#include "io/policy/policy_loader.h"

#include <sys/stat.h>

#include "base/limits.h"
#include "tests/support/catch.h"
#include "tests/unit/io/policy/policy_root.h"

using namespace assay;
using namespace assay::test;
namespace fs = std::filesystem;

namespace {

// The reason of the first problem of a policy that must be refused.
Reason Why(const Paths& paths) {
  Diagnostics problems;
  CHECK(PolicyLoader(paths).Load(problems) == nullptr);
  REQUIRE_FALSE(problems.empty());
  return problems.front().reason;
}

}  // namespace

TEST_CASE("the policy is all .toml files of the folder") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kSigned);
  root.WritePolicy("20.toml",
                   "version = 1\n[[rule]]\nscope = \"localhost\"\n"
                   "action = \"reject\"\n");
  root.WritePolicy("20.toml.bak", "nonsense");
  root.WritePolicy(".30.toml.swp", "nonsense");
  root.WritePolicy(".40.toml", "nonsense");
  Diagnostics problems;
  const auto policy = PolicyLoader(root.paths()).Load(problems);
  CHECK(problems.empty());
  REQUIRE(policy);
  CHECK(policy->rules().size() == 2);
  CHECK(policy->signers().at("release")->Summary().find("sha256:") !=
        std::string::npos);
}

TEST_CASE("no folder and an empty folder are no policy") {
  PolicyRoot root;
  CHECK(Why(root.paths()) == Reason::kNotFound);
  root.WritePolicy("notes.txt", "");
  CHECK(Why(root.paths()) == Reason::kPolicyMissing);
}

TEST_CASE("one file that cannot be taken refuses the whole policy") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kSigned);
  const std::string path = root.WritePolicy("20.toml", "version = 1");
  REQUIRE(::chmod(path.c_str(), 0666) == 0);
  CHECK(Why(root.paths()) == Reason::kFileUnsafe);
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  Diagnostics problems;
  CHECK(PolicyLoader(root.paths()).Load(problems) != nullptr);
  root.WritePolicy("20.toml", std::string(limits::kPolicyFileBytes + 1, '\n'));
  CHECK(Why(root.paths()) == Reason::kFileTooLarge);
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  CHECK(Why(root.paths()) == Reason::kFileUnreadable);
}

TEST_CASE("a key that is missing refuses the policy with its place") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kSigned);
  std::filesystem::remove(root.paths().TrustDir() + "/cosign.pub");
  Diagnostics problems;
  CHECK(PolicyLoader(root.paths()).Load(problems) == nullptr);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].reason == Reason::kPolicyKeyUnreadable);
  CHECK(problems[0].position.line == 7);
}

TEST_CASE("a policy folder that others may write is none") {
  PolicyRoot root;
  root.WritePolicy("10.toml", kSigned);
  Diagnostics diagnostics;
  REQUIRE(PolicyLoader(root.paths()).Load(diagnostics) != nullptr);
  fs::permissions(root.paths().PolicyDir(), fs::perms(0777));
  CHECK(PolicyLoader(root.paths()).Load(diagnostics) == nullptr);
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics.front().reason == Reason::kFileUnsafe);
}

TEST_CASE("too many files are refused") {
  PolicyRoot root;
  for (std::size_t i = 0; i <= limits::kPolicyFiles; ++i) {
    root.WritePolicy(std::to_string(i) + ".toml", "version = 1");
  }
  CHECK(Why(root.paths()) == Reason::kTooLarge);
}

TEST_CASE("a policy elsewhere is read with the keys of the trust folder") {
  PolicyRoot root;
  const std::string path = root.folder.Write("draft/p.toml", kSigned);
  for (const std::string& from : {path, root.folder / "draft"}) {
    Diagnostics problems;
    CHECK(PolicyLoader(root.paths()).LoadFrom(from, problems) != nullptr);
    CHECK(problems.empty());
  }
}

TEST_CASE("the sample policy is a policy") {
  PolicyRoot root;
  // A source tree may be one that a group writes to.
  const std::string sample = testing::ReadAll(ASSAY_CONFIG_DIR "/policy.toml");
  REQUIRE_FALSE(sample.empty());
  Diagnostics problems;
  const auto policy =
      PolicyLoader(root.paths())
          .LoadFrom(root.folder.Write("sample/policy.toml", sample), problems);
  for (const Diagnostic& problem : problems) FAIL(problem.str());
  REQUIRE(policy);
  CHECK(policy->default_action() == Action::kReject);
  CHECK(policy->mode() == Mode::kEnforce);
  CHECK(policy->warnings().empty());
}
