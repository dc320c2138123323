#include "io/evidence/evidence_archive.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "io/evidence/tar.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/io/evidence/sample_artifact.h"

using namespace assay;
using namespace assay::testing;

namespace {

const Digest kImage = Digest::Of("an image");
const Digest kOther = Digest::Of("another image");

// A store with two images, and another, empty one.
class Nodes {
 public:
  Nodes() {
    const std::vector<FoundArtifact> mine = {
        Sample(kImage, {"bundle"}),
        Sample(kImage, {"one", "two"}, ArtifactOrigin::kCosignTag)};
    REQUIRE(here.Put(kImage, mine));
    const auto theirs = Sample(kOther, {"other"});
    REQUIRE(here.Put(kOther, {&theirs, 1}));
  }
  TempFolder folder;
  EvidenceStore here{EvidenceStoreOptions{folder / "here"}};
  EvidenceStore there{EvidenceStoreOptions{folder / "there"}};
};

Reason WhyNotTar(const std::string& path) {
  const auto tar = TarReader::Open(path, 1U << 20);
  return tar ? Reason::kUnspecified : tar.error().reason;
}

void Replace(std::string& text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
}

// Makes the header at `offset` honest again after a change.
void FixChecksum(std::string& tar, std::size_t offset) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < 512; ++i) {
    const bool own = i >= 148 && i < 156;
    sum += own ? ' ' : static_cast<unsigned char>(tar[offset + i]);
  }
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  tar.replace(offset + 148, 7, text, 7);
  tar[offset + 155] = ' ';
}

}  // namespace

TEST_CASE("evidence travels in a tar or a folder") {
  Nodes nodes;
  const bool as_tar = GENERATE(true, false);
  const std::string path = nodes.folder / (as_tar ? "out.tar" : "out/");
  const auto exported = ExportEvidence(nodes.here, {kImage, kOther}, path);
  REQUIRE(exported);
  CHECK(exported->images == 2);
  CHECK(exported->artifacts == 3);
  const auto imported = ImportEvidence(nodes.there, path);
  REQUIRE(imported);
  CHECK(imported->refused.empty());
  CHECK(imported->images == 2);
  CHECK(imported->artifacts == 3);
  const EvidenceSet set = nodes.there.Read(kImage);
  CHECK(set.failures.empty());
  REQUIRE(set.artifacts.size() == 2);
  CHECK(set.artifacts[0].where == nodes.here.Read(kImage).artifacts[0].where);
}

TEST_CASE("only chosen images are exported, and none without evidence") {
  Nodes nodes;
  const auto exported =
      ExportEvidence(nodes.here, {kOther}, nodes.folder / "out.tar");
  REQUIRE(exported);
  REQUIRE(ImportEvidence(nodes.there, nodes.folder / "out.tar"));
  CHECK(nodes.there.Read(kImage).artifacts.empty());
  const auto none = ExportEvidence(nodes.here, {Digest::Of("unknown")},
                                   nodes.folder / "none.tar");
  REQUIRE_FALSE(none);
  CHECK(none.error().reason == Reason::kNoSignature);
  CHECK_FALSE(std::filesystem::exists(nodes.folder / "none.tar"));
  // An existing file is not overwritten.
  const auto again =
      ExportEvidence(nodes.here, {kOther}, nodes.folder / "out.tar");
  REQUIRE_FALSE(again);
  CHECK(again.error().reason == Reason::kWriteFailed);
}

TEST_CASE("damaged evidence is not passed on") {
  Nodes nodes;
  nodes.folder.Write("here/blobs/sha256/" + Digest::Of("other").hex(), "othex");
  const auto exported =
      ExportEvidence(nodes.here, {kOther}, nodes.folder / "out.tar");
  REQUIRE_FALSE(exported);
  CHECK(exported.error().reason == Reason::kEvidenceTampered);
}

TEST_CASE("an import verifies every byte and keeps the good") {
  Nodes nodes;
  const std::string path = nodes.folder / "out.tar";
  REQUIRE(ExportEvidence(nodes.here, {kImage, kOther}, path));
  std::string tar = ReadAll(path);
  std::size_t artifacts = 2;
  SECTION("a blob") {
    Replace(tar, std::string("other") + '\0', std::string("othex") + '\0');
  }
  SECTION("a target") {
    // The last in index.json: sorted, the artifact of the second image.
    const std::size_t at = tar.rfind("evidence.target\":\"sha256:");
    tar[at + 30] = tar[at + 30] == 'a' ? 'b' : 'a';
  }
  SECTION("an origin") { Replace(tar, "\"cosign-tag\"", "\"cosign-tug\""); }
  SECTION("nothing") { artifacts = 3; }
  nodes.folder.Write("out.tar", tar);
  const auto imported = ImportEvidence(nodes.there, path);
  REQUIRE(imported);
  CHECK(imported->artifacts == artifacts);
  REQUIRE(imported->refused.size() == 3 - artifacts);
  for (const Error& error : imported->refused) {
    CHECK(error.reason == Reason::kEvidenceTampered);
  }
}

TEST_CASE("what is no layout is no evidence") {
  Nodes nodes;
  const auto why_not = [&](const std::string& path) {
    const auto imported = ImportEvidence(nodes.there, path);
    REQUIRE_FALSE(imported);
    return imported.error().reason;
  };
  CHECK(why_not(nodes.folder / "absent") == Reason::kNotFound);
  CHECK(why_not(nodes.folder / "here/blobs") == Reason::kArchiveMalformed);
  CHECK(why_not(nodes.folder.Write("text", "hello")) ==
        Reason::kArchiveMalformed);
  CHECK(why_not(nodes.folder.Write("empty", "")) == Reason::kArchiveMalformed);
  nodes.folder.Write("bad/oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
  nodes.folder.Write("bad/index.json", WriteIndex({}));
  CHECK(why_not(nodes.folder / "bad") == Reason::kArchiveMalformed);
  nodes.folder.Write("bad/oci-layout", kOciLayoutFile);
  nodes.folder.Write("bad/index.json", std::string(100'000, '['));
  CHECK(why_not(nodes.folder / "bad") == Reason::kArchiveMalformed);
}

TEST_CASE("a hostile tar is refused whole") {
  const TempFolder folder;
  const std::string path = folder / "t.tar";
  {
    auto writer = TarWriter::Make(path);
    REQUIRE(writer);
    REQUIRE(writer->Add("oci-layout", "first"));
    REQUIRE(writer->Add(std::string(150, 'n'), "second"));
    REQUIRE(writer->Finish());
  }
  const std::string good = ReadAll(path);
  const auto tar = TarReader::Open(path, 100);
  REQUIRE(tar);
  CHECK(*tar->Read("oci-layout", 100) == "first");
  CHECK(*tar->Read(std::string(150, 'n'), 100) == "second");
  CHECK(tar->Read("oci-layout", 4).error().reason == Reason::kFileTooLarge);
  CHECK(tar->Read("absent", 4).error().reason == Reason::kNotFound);

  const auto with_header = [&](auto change) {
    std::string text = good;
    change(text);
    FixChecksum(text, 0);
    folder.Write("t.tar", text);
    return WhyNotTar(path);
  };
  const auto named = [&](std::string name) {
    name.resize(20);
    return with_header([&](auto& text) { text.replace(0, 20, name); });
  };
  const auto typed = [&](char type) {
    return with_header([&](auto& text) { text[156] = type; });
  };
  CHECK(named("plain") == Reason::kUnspecified);
  CHECK(named("/etc/passwd") == Reason::kArchiveUnsafe);
  CHECK(named("../up") == Reason::kArchiveUnsafe);
  CHECK(named("blobs/../../up") == Reason::kArchiveUnsafe);
  CHECK(named("blobs/..") == Reason::kArchiveUnsafe);
  for (const char type : {'1', '2', '3', '4', '6', 'L', 'K', 'S', 'z'}) {
    INFO(type);
    CHECK(typed(type) == Reason::kArchiveUnsafe);
  }
  CHECK(named("a/..b") == Reason::kUnspecified);
  folder.Write("t.tar", good);
  CHECK(TarReader::Open(path, 5).error().reason == Reason::kArchiveUnsafe);
  CHECK(with_header([](auto& text) { text.replace(124, 11, "77777777777"); }) ==
        Reason::kArchiveMalformed);
  CHECK(with_header([](auto& text) { text[124] = '\x80'; }) ==
        Reason::kArchiveMalformed);
  CHECK(with_header([](auto& text) { text[257] = 'X'; }) ==
        Reason::kArchiveMalformed);
  // The same name twice: which one counts would be a matter of taste.
  folder.Write("t.tar", good.substr(0, 1024) + good);
  CHECK(WhyNotTar(path) == Reason::kArchiveMalformed);
  for (const std::size_t length : {0UL, 100UL, 512UL, 700UL, 1024UL, 2000UL}) {
    INFO(length);
    folder.Write("t.tar", good.substr(0, length));
    CHECK(WhyNotTar(path) == Reason::kArchiveMalformed);
  }
  folder.Write("t.tar", good + std::string(512, 'x'));
  CHECK(WhyNotTar(path) == Reason::kArchiveMalformed);
  std::string wrong = good;
  wrong[150] = wrong[150] == '1' ? '2' : '1';
  folder.Write("t.tar", wrong);
  CHECK(WhyNotTar(path) == Reason::kArchiveMalformed);
}
