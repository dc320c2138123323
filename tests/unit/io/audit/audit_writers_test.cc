// What writers meet: each other, a crash, a full file, an older log.
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "io/files/files.h"
#include "tests/unit/io/audit/audit_node.h"

using namespace assay;
using namespace assay::testing;

namespace {

AuditHead HeadOf(const AuditNode& node) {
  const auto head = AuditHead::Decode(ReadAll(node.files.Head()));
  REQUIRE(head);
  return *head;
}

void PutHead(const AuditNode& node, const AuditHead& head) {
  node.folder.Write("state/head", head.Encode());
}

// As a writer leaves it that is killed while it writes what goes on with `line`
// bytes of the next one on the disk.
void Crash(const AuditNode& node, std::size_t written, std::size_t whole) {
  AuditHead head = HeadOf(node);
  const LinkedLine line =
      LinkLine(head.sequence + 1, head.chain, {},
               "{\"n\":\"" + std::string(whole, 'x') + "\"}");
  const std::string text = line.text + "\n";
  head.next_chain = line.chain;
  head.next_size = head.size + text.size();
  PutHead(node, head);
  node.Put(node.Text() + text.substr(0, std::min(written, text.size())));
}

}  // namespace

TEST_CASE("processes that write at once make one chain") {
  const AuditNode node;
  std::vector<pid_t> writers;
  for (int i = 0; i < 4; ++i) {
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      AuditLimits limits;
      limits.file_bytes = 2000;  // full again and again
      limits.full_files = 100;
      limits.sign_first = i % 2 == 0;
      bool all = true;
      AuditLog log(node.files, limits);
      for (std::int64_t j = 0; j < 25; ++j) {
        all = log.Append(Json(Json::Object{{"n", Json(j)}})) && all;
      }
      ::_exit(all ? 0 : 1);
    }
    writers.push_back(pid);
  }
  for (const pid_t pid : writers) {
    int status = -1;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    CHECK(status == 0);
  }
  CHECK(node.Findings().empty());
  CHECK(node.Remarks().empty());
  CHECK(node.Verify().report.last == 100);
  CHECK(node.files.FullOnes().size() > 2);
}

TEST_CASE("a write that a crash interrupted is told from a change") {
  const AuditNode node;
  node.Write(2);
  Crash(node, 40, 20);
  CHECK(node.Findings().empty());
  CHECK(node.Remarks() == "the last write was interrupted\n");
  node.Write(2);
  CHECK(node.Findings().empty());
  CHECK(node.Remarks() == "line 3: the write before it was interrupted\n");
  CHECK(node.Verify().report.last == 4);

  // What is left of it is covered, too.
  std::string text = node.Text();
  text[text.find("xxx")] = 'y';
  node.Put(text);
  CHECK(node.Findings() == "changed 3 3");
}

TEST_CASE("a crash before or behind the write loses nothing and says nothing") {
  const AuditNode node;
  node.Write(2);
  Crash(node, 0, 20);
  CHECK(node.Findings().empty());
  node.Write(1);
  CHECK(node.Findings().empty());
  Crash(node, 1000, 20);
  CHECK(node.Findings().empty());
  CHECK(node.Remarks() == "the last line was just being written\n");
  node.Write(1);
  CHECK(node.Findings().empty());
  CHECK(node.Remarks().empty());
  CHECK(node.Verify().report.last == 5);
}

TEST_CASE("two crashes in a row, the second while the first is told of") {
  const AuditNode node;
  node.Write(2);
  Crash(node, 30, 20);
  Crash(node, 35, 20);
  node.Write(1);
  CHECK(node.Findings().empty());
  CHECK(node.Verify().report.last == 3);
}

TEST_CASE("a crash in the very first line") {
  const AuditNode node;
  AuditHead head;
  head.log = std::string(16, 'l');
  head.next_chain = std::string(32, 'n');
  head.next_size = 100;
  PutHead(node, head);
  node.Put("{\"seq\":1,\"ch");
  node.Write(1);
  CHECK(node.Findings().empty());
  CHECK(node.Verify().report.last == 1);
}

TEST_CASE("what somebody else appends is said to be foreign") {
  const AuditNode node;
  node.Write(2);
  const auto before = HeadOf(node);
  // Even a line that goes on with the chain.
  const auto forged = LinkLine(3, before.chain, {}, "{\"n\":1}");
  node.Put(node.Text() + forged.text + "\n");
  CHECK(node.Findings() == "foreign 3 3");
  node.Write(1);
  const std::string findings = node.Findings();
  CHECK(findings.find("misplaced 4 3") != std::string::npos);
  node.Put(node.Text() + "half");
  node.Write(1);
  CHECK(node.Findings().find("foreign") != std::string::npos);
}

TEST_CASE("lines that the head missed when the machine stopped are kept") {
  const AuditNode node;
  node.Write(2);
  AuditHead old = HeadOf(node);
  node.Write(3);
  old.boot = std::string(16, 'b');
  PutHead(node, old);
  CHECK(node.Findings().empty());
  CHECK(node.Remarks() ==
        "the head does not know 3 lines at the end, and the machine has "
        "stopped since\n");
  node.Write(1);
  CHECK(node.Findings().empty());
  CHECK(node.Remarks() ==
        "line 6: the write before it was interrupted, after the machine had "
        "stopped; the head did not know the last 3 lines before that\n");
}

TEST_CASE("a log that was cut goes on, and says so") {
  const AuditNode node;
  node.Write(4);
  const std::string text = node.Text();
  node.Put(text.substr(0, text.rfind("{\"seq\":4") + 20));
  node.Write(1);
  CHECK(node.Findings() == "missing 5 4, cut 5 5");
  CHECK(node.Verify().report.last == 5);
}

TEST_CASE("a full file makes room, and the chain goes on") {
  const AuditNode node;
  AuditLimits limits;
  limits.file_bytes = 2000;
  limits.full_files = 3;
  node.Write(100, limits);
  const auto full = node.files.FullOnes();
  REQUIRE(full.size() == 3);
  for (const std::string& path : full) CHECK(ReadAll(path).size() < 2600);
  const AuditVerdict verdict = node.Verify();
  CHECK(verdict.report.findings.empty());
  CHECK(verdict.report.last == 100);
  CHECK(verdict.report.first == *node.files.FirstOf(full[0]));
  CHECK(verdict.report.first > 1);

  // The first line of a file is covered by its own checkpoint.
  std::string text = ReadAll(full[0]);
  text[text.find("\"n\":") + 4] = '9';
  const std::string kept = ReadAll(full[0]);
  REQUIRE(WriteFileAtomically(full[0], text));
  CHECK(node.Findings().starts_with("changed 1 "));
  REQUIRE(WriteFileAtomically(full[0], kept));
  CHECK(node.Findings().empty());

  REQUIRE(std::filesystem::remove(full[1]));
  CHECK(node.Findings().starts_with("missing 1 "));
  REQUIRE(std::filesystem::remove(full[0]));
  REQUIRE(std::filesystem::remove(full[2]));
  CHECK(node.Findings().starts_with("missing "));
}

TEST_CASE("a log from before there were chains goes on") {
  const AuditNode node;
  node.Put("{\"verdict\":\"accepted\"}\n{\"verdict\":\"rejected\"}\n");
  node.Write(2);
  CHECK(node.Findings().empty());
  CHECK(node.Remarks() ==
        "line 1: 46 bytes before it are older than the chain\n");
  std::string text = node.Text();
  text[15] = 'A';
  node.Put(text);
  CHECK(node.Findings() == "changed 1 1");
  // Nor can lines be made older than they are.
  auto lines = node.Lines();
  lines.erase(lines.begin() + 2);
  node.PutLines(lines);
  CHECK_FALSE(node.Findings().empty());
}

TEST_CASE("a log that was moved away is missed until it is named") {
  const AuditNode node;
  node.Write(2);
  const std::string aside = node.folder / "log/aside";
  std::filesystem::rename(node.files.log, aside);
  node.Write(2);
  CHECK(node.Findings() == "missing 2 1");
  CHECK(node.Findings({{aside, node.files.log}, {}, {}}).empty());
}

TEST_CASE("a writer does not wait for ever for one that hangs") {
  const AuditNode node;
  node.Write(1);
  const UniqueFd held(::open(node.files.Head().c_str(), O_RDWR | O_CLOEXEC));
  REQUIRE(::flock(held.get(), LOCK_EX) == 0);
  AuditLog log(node.files);
  const Status written = log.Append(Json(Json::Object{}));
  REQUIRE_FALSE(written);
  CHECK(written.error().reason == Reason::kWriteFailed);
  REQUIRE(::flock(held.get(), LOCK_UN) == 0);
  CHECK(log.Append(Json(Json::Object{})));
  CHECK(node.Findings().empty());
}

TEST_CASE("a head is what was written, or none") {
  AuditHead head;
  head.log = std::string(16, 'l');
  head.sequence = 1ULL << 40;
  head.kept_from = 3;
  head.boot = BootId();
  const std::string bytes = head.Encode();
  const auto read = AuditHead::Decode(bytes);
  REQUIRE(read);
  CHECK(*read == head);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(AuditHead::Decode(changed));
  }
  CHECK_FALSE(AuditHead::Decode(bytes.substr(1)));
  CHECK_FALSE(AuditHead::Decode(""));
}

TEST_CASE("a log goes on without a key, and the lack of it is found") {
  const AuditNode node;
  node.folder.Write("state/key.pem", "no key");
  std::vector<std::string> warnings;
  AuditLog log(node.files, {},
               {.inform = {}, .warn = [&](const std::string& text) {
                  warnings.push_back(text);
                }});
  for (int i = 0; i < 258; ++i) REQUIRE(log.Append(Json(Json::Object{})));
  REQUIRE(warnings.size() == 2);  // that it begins, and that it has no key
  CHECK(warnings[1].find("no checkpoint is signed") != std::string::npos);
  CHECK(node.Findings() == "unsigned 257 257");
}
