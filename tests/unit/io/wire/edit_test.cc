#include "io/wire/containerd_edit.h"
#include "io/wire/diff.h"
#include "io/wire/toml_lines.h"
#include "tests/support/catch.h"
#include "tests/unit/io/wire/node.h"

using namespace assay;

namespace {

const TomlEdit kEdit = BinaryNameEdit(
    {"plugins", "io.containerd.grpc.v1.cri", "containerd", "runtimes", "runc"},
    "/usr/lib/assay/bin/runc", "io.containerd.runc.v2");
const std::string kTable =
    "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]";

}  // namespace

TEST_CASE("one line is put in below the options table") {
  const std::string text =
      kTable + "\n    SystemdCgroup = true # yes\n[debug]\n";
  const auto edited = Apply(kEdit, text, "f");
  REQUIRE(edited);
  CHECK(*edited ==
        kTable +
            "\n    BinaryName = \"/usr/lib/assay/bin/runc\"  # assay "
            "wire\n    SystemdCgroup = true # yes\n[debug]\n");
  CHECK(Unwire(*edited) == text);
}

TEST_CASE("a BinaryName that is there stays as a comment") {
  const std::string text =
      kTable + "\r\n  BinaryName = '/usr/bin/crun'\t# ours\r\n";
  const auto edited = Apply(kEdit, text, "f");
  REQUIRE(edited);
  CHECK(edited->find("\r\n  # assay wire, was: BinaryName = '/usr/bin/crun'\t# "
                     "ours\r\n  BinaryName = ") != std::string::npos);
  CHECK(Unwire(*edited) == text);
}

TEST_CASE("an edit that would change more than it says is refused") {
  // The same table twice is no TOML; the text is not touched.
  const std::string twice = kTable + "\n" + kTable + "\n";
  CHECK(Apply(kEdit, twice, "f").error().reason ==
        Reason::kConfigurationMalformed);
  // An escape in a key is not followed, so the table is not found.
  const std::string escaped =
      "[plugins.\"io.containerd.grpc.v1.\\u0063ri\".containerd.runtimes.runc."
      "options]\nSystemdCgroup = true\n";
  CHECK(Apply(kEdit, escaped, "f").error().reason ==
        Reason::kConfigurationMalformed);
}

TEST_CASE("lines are followed through strings, arrays and comments") {
  const auto lines = ScanTomlLines(
      "a = [ # [x]\n \"]\", '''\n]''',\n]\n[b.'c.d']\ne.f = "
      "\"\"\"\n[z]\"\"\"\"\n"
      "[[g]]\nh = 1");
  REQUIRE(lines);
  REQUIRE(lines->size() == 5);
  CHECK((*lines)[0].path == std::vector<std::string>{"a"});
  CHECK((*lines)[1].path == std::vector<std::string>{"b", "c.d"});
  CHECK((*lines)[2].path == std::vector<std::string>{"b", "c.d", "e", "f"});
  CHECK((*lines)[4].path == std::vector<std::string>{"g", "[]", "h"});
  for (const char* broken :
       {"[a", "a", "a = \"x\ny\"", "a = [", "= 1", "[a] b"}) {
    INFO(broken);
    CHECK_FALSE(ScanTomlLines(broken));
  }
}

TEST_CASE("unwiring never touches a file that was not wired") {
  for (const auto& [name, text] : ::Corpus()) {
    INFO(name);
    CHECK(Unwire(text) == text);
  }
}

TEST_CASE("a diff shows what changes with three lines around it") {
  const std::string before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
  std::string after = before;
  after.replace(8, 2, "five\n");
  CHECK(UnifiedDiff(before, after, "a", "b") ==
        "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
  CHECK(UnifiedDiff("", "x\n", "/dev/null", "b") ==
        "--- /dev/null\n+++ b\n@@ -0,0 +1,1 @@\n+x\n");
  CHECK(
      UnifiedDiff("x", "x\n", "a", "b") ==
      "--- a\n+++ b\n@@ -1,1 +1,1 @@\n-x\n\\ No newline at end of file\n+x\n");
  CHECK(UnifiedDiff("x", "x", "a", "b").empty());
}
