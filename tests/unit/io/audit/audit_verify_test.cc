// Attacks on a log that was written, and what verifying it names.
#include <algorithm>

#include "io/audit/audit_key.h"
#include "io/files/files.h"
#include "tests/unit/io/audit/audit_node.h"

using namespace assay;
using namespace assay::testing;

namespace {

std::string Fabricated(const std::string& like, std::string_view before,
                       std::uint64_t sequence) {
  const auto line = ReadChainLine(like);
  REQUIRE(line);
  return LinkLine(sequence, before, line->extras, "{\"n\":7}").text;
}

std::string ChainIn(const std::string& line) {
  const auto claimed = ReadChainLine(line);
  REQUIRE(claimed);
  return claimed->chain;
}

}  // namespace

TEST_CASE("a log that nobody touched is whole, and its end is signed") {
  const AuditNode node;
  node.Write(3);
  node.Write(2);
  const AuditVerdict verdict = node.Verify();
  CHECK(verdict.report.findings.empty());
  CHECK(verdict.report.remarks.empty());
  CHECK(verdict.no_head.empty());
  CHECK(verdict.no_key.empty());
  CHECK(verdict.report.last == 5);
  CHECK(verdict.report.checkpoints == 2);
  CHECK(verdict.report.signed_to == 3);
}

TEST_CASE("each byte that is changed is found, and its line named") {
  const AuditNode node;
  node.Write(2);
  node.Write(2);
  const std::string text = node.Text();
  std::uint64_t line = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char flip : {'\x01', '\x20'}) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      node.Put(changed);
      const auto findings = node.Verify().report.findings;
      INFO("byte " << i << " of line " << line);
      REQUIRE_FALSE(findings.empty());
      REQUIRE(findings.front().line == line);
    }
    if (text[i] == '\n') ++line;
  }
}

TEST_CASE("lines that are removed, doubled or moved are found") {
  const AuditNode node;
  node.Write(6);
  const auto lines = node.Lines();
  const auto with = [&](auto change) {
    auto changed = lines;
    change(changed);
    node.PutLines(changed);
    return node.Findings();
  };
  CHECK(with([](auto& all) { all.erase(all.begin() + 2); }) == "missing 3 3");
  CHECK(with([](auto& all) { all.erase(all.begin(), all.begin() + 2); }) ==
        "missing 4 1");
  CHECK(with([](auto& all) { all.insert(all.begin() + 3, all[2]); }) ==
        "misplaced 4 3");
  CHECK(with([](auto& all) { std::swap(all[2], all[3]); }) ==
        "missing 3 3, misplaced 4 3");
  CHECK(with([](auto& all) { all.insert(all.begin() + 1, "{}"); }) ==
        "foreign 2 2");
  CHECK(with([](auto& all) { all.push_back("{}"); }) == "foreign 7 7");
  CHECK(with([](auto&) {}).empty());
}

TEST_CASE("a tail that was cut is found") {
  const AuditNode node;
  node.Write(4);
  const std::string text = node.Text();
  node.Put(text.substr(0, text.rfind("{\"seq\":4")));
  CHECK(node.Findings() == "cut 3 4");
  node.Put(text.substr(0, text.size() - 5));
  CHECK(node.Findings() == "changed 4 4");
  node.Put("");
  CHECK(node.Findings() == "cut 0 1");
  std::filesystem::remove(node.files.log);
  CHECK(node.Findings() == "cut 0 1");
}

TEST_CASE("an older copy in the log's place is found, now and later") {
  const AuditNode node;
  node.Write(2);
  const std::string older = node.Text();
  node.Write(2);
  REQUIRE(WriteFileAtomically(node.files.log, older));
  CHECK(node.Findings() == "cut 2 3");
  node.Write(1);
  CHECK(node.Findings() == "missing 3 3, replaced 3 5");
}

TEST_CASE("another node's log in its place is found") {
  const AuditNode node;
  const AuditNode other;
  node.Write(2);
  other.Write(2);
  node.Put(other.Text());
  CHECK(node.Findings() == "signature 1 1, replaced 2 2");
}

TEST_CASE("a line that was made up, with the chain mended behind it") {
  const AuditNode node;
  node.Write(4);
  auto lines = node.Lines();
  lines[2] = Fabricated(lines[2], ChainIn(lines[1]), 3);
  node.PutLines(lines);
  CHECK(node.Findings() == "changed 4 4");
  lines[3] = Fabricated(lines[3], ChainIn(lines[2]), 4);
  node.PutLines(lines);
  CHECK(node.Findings() == "replaced 4 4");
}

TEST_CASE(
    "a mended chain does not get past a checkpoint, even without a head") {
  const AuditNode node;
  node.Write(3);
  node.Write(1);
  auto lines = node.Lines();
  const AuditVerification named{{node.files.log}, {}, {}};
  CHECK(node.Findings(named).empty());
  CHECK_FALSE(node.Verify(named).no_head.empty());
  lines[1] = Fabricated(lines[1], ChainIn(lines[0]), 2);
  lines[2] = Fabricated(lines[2], ChainIn(lines[1]), 3);
  lines[3] = Fabricated(lines[3], ChainIn(lines[2]), 4);
  node.PutLines(lines);
  CHECK(node.Findings(named) == "signature 4 4");
}

TEST_CASE("a checkpoint that was stripped is missed") {
  const AuditNode node;
  node.Write(static_cast<int>(kLinesPerCheckpoint) + 3);
  CHECK(node.Verify().report.checkpoints == 2);
  auto lines = node.Lines();
  std::string before = StartOfChain();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto line = ReadChainLine(lines[i]);
    REQUIRE(line);
    if (i > 0) line->extras.checkpoint.clear();
    const auto linked = LinkLine(i + 1, before, line->extras, "{}");
    lines[i] = linked.text;
    before = linked.chain;
  }
  node.PutLines(lines);
  CHECK(node.Findings({{node.files.log}, {}, {}}) == "unsigned 257 257");
}

TEST_CASE("what was kept elsewhere finds what the node's own key cannot") {
  const AuditNode node;
  node.Write(3);
  const auto note = ExportCheckpoint(node.files);
  REQUIRE(note);
  const std::string kept = node.folder.Write("kept", *note);
  const std::string key =
      node.folder.Write("kept.pub", ReadAll(node.files.PublicKeyFile()));
  const AuditVerification with{{}, key, {kept}};
  CHECK(node.Findings(with).empty());
  node.Write(2);
  CHECK(node.Findings(with).empty());
  // Root begins anew with the node's own key, and all agrees but the kept.
  std::filesystem::remove(node.files.Head());
  std::filesystem::remove(node.files.log);
  node.Write(5);
  CHECK(node.Findings().empty());
  CHECK(node.Findings(with).starts_with("replaced 3 3"));
  // Or with another key.
  std::filesystem::remove_all(node.files.state);
  std::filesystem::remove(node.files.log);
  node.Write(1);
  CHECK(node.Findings().empty());
  CHECK(node.Findings(with).starts_with("signature 1 1"));
}

TEST_CASE("a checkpoint is of its log, its line and its key alone") {
  const auto key = SigningKey::Make();
  const auto other = SigningKey::Make();
  REQUIRE((key && other));
  const AuditCheckpoint said{std::string(16, 'l'), 7, std::string(32, 'c')};
  const auto note = SignCheckpoint(*key, said);
  REQUIRE(note);
  const auto read = VerifyCheckpoint(key->public_key(), *note);
  REQUIRE(read);
  CHECK(*read == said);
  CHECK(VerifyCheckpoint(other->public_key(), *note).error().reason ==
        Reason::kCheckpointInvalid);
  for (std::size_t i = 0; i < note->size(); ++i) {
    std::string changed = *note;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(VerifyCheckpoint(key->public_key(), changed));
  }
}

TEST_CASE("a signing key is kept and read again, and no other kind is") {
  const auto key = SigningKey::Make();
  REQUIRE(key);
  const auto again = SigningKey::ParsePem(key->PrivatePem());
  REQUIRE(again);
  CHECK(again->public_key().fingerprint() == key->public_key().fingerprint());
  const auto signature = again->Sign("text");
  REQUIRE(signature);
  CHECK(key->public_key().Verify({}, "text", *signature));
  CHECK_FALSE(key->public_key().Verify({}, "texts", *signature));
  CHECK(SigningKey::ParsePem(key->PublicPem()).error().reason ==
        Reason::kKeyMalformed);
  CHECK(SigningKey::ParsePem("").error().reason == Reason::kKeyMalformed);
}

TEST_CASE("a log without its head or its key is not said to be whole") {
  const AuditNode node;
  node.Write(2);
  std::filesystem::remove(node.files.Head());
  CHECK_FALSE(node.Verify().no_head.empty());
  node.folder.Write("state/head", "no head");
  CHECK_FALSE(node.Verify().no_head.empty());
  std::filesystem::remove(node.files.PublicKeyFile());
  CHECK_FALSE(node.Verify().no_key.empty());
  node.Write(1);
  CHECK(node.Findings() == "head-lost 3 3");
  std::filesystem::remove_all(node.folder / "log");
  std::filesystem::remove_all(node.files.state);
  CHECK(VerifyAuditLog(node.files, {}).error().reason == Reason::kNotFound);
}
