// Layers that are kept unpacked, with what tar-split notes beside them.
#include <filesystem>

#include "base/bytes.h"
#include "io/rootfs/layer_archive.h"
#include "io/rootfs/rootfs_checker.h"
#include "tests/support/catch.h"
#include "tests/support/tar_maker.h"
#include "tests/support/temp_folder.h"

using namespace assay;
using namespace assay::testing;

namespace {

class NoBlobs : public LayerIntegrity {
 public:
  Status Check(const ImageManifest&, const std::string&, Deadline) override {
    return Fail(Reason::kLayerMissing, "there are no blobs");
  }
};

std::string Segment(const std::string& bytes) {
  return R"({"type":2,"payload":")" + Base64Encode(bytes) + "\"}\n";
}

std::string FileEntry(const std::string& name, std::size_t size) {
  return R"({"type":1,"name":")" + name + R"(","size":)" +
         std::to_string(size) + R"(,"payload":"AAAAAAAAAAA="})" + "\n";
}

// A layer of two files, unpacked below a folder of its own.
class SplitImage {
 public:
  SplitImage() {
    const std::string archive = TarMaker()
                                    .Folder("opt")
                                    .File("opt/tool", tool_)
                                    .File("opt/note", note_)
                                    .Whole();
    std::string rest = archive;
    for (const auto& [name, content] :
         {std::pair{std::string("opt/tool"), tool_}, {"./opt/note", note_}}) {
      const std::size_t at = rest.find(content);
      split_ += Segment(rest.substr(0, at)) + FileEntry(name, content.size());
      rest.erase(0, at + content.size());
    }
    split_ += FileEntry("opt", 0) + Segment(rest);
    folder_.Write("diff/opt/tool", tool_);
    folder_.Write("diff/opt/note", note_);
    diff_id_ = Digest::Of(archive);
    Write(split_);
  }

  void Write(const std::string& split) { folder_.Write("split", split); }
  const std::string& split() const { return split_; }
  const TempFolder& folder() const { return folder_; }

  SplitLayer Layer() const {
    return {folder_ / "diff", folder_ / "split", diff_id_};
  }
  std::string WhyNot() const {
    const std::atomic<bool> go{false};
    const Status outcome = CheckSplitLayer(Layer(), go);
    return outcome ? "" : std::string(Describe(outcome.error().reason).id);
  }

 private:
  TempFolder folder_;
  std::string tool_ = std::string(300'000, 't') + "the tool";
  std::string note_ = "a note";
  std::string split_;
  Digest diff_id_ = Digest::Of("");
};

}  // namespace

TEST_CASE("a layer is put together again from its files") {
  const SplitImage image;
  CHECK(image.WhyNot().empty());
}

TEST_CASE("any other byte of its files is found") {
  SplitImage image;
  SECTION("a byte is another") {
    image.folder().Write("diff/opt/note", "a vote");
    CHECK(image.WhyNot() == "rootfs-layer-mismatch");
  }
  SECTION("something is appended") {
    image.folder().Write("diff/opt/note", "a note and more");
    CHECK(image.WhyNot() == "rootfs-file-changed");
  }
  SECTION("it is a folder") {
    std::filesystem::remove(image.folder() / "diff/opt/note");
    std::filesystem::create_directory(image.folder() / "diff/opt/note");
    CHECK(image.WhyNot() == "rootfs-file-changed");
  }
  SECTION("it is gone") {
    std::filesystem::remove(image.folder() / "diff/opt/note");
    CHECK(image.WhyNot() == "rootfs-file-missing");
  }
  SECTION("it is a link to the same bytes outside") {
    std::filesystem::rename(image.folder() / "diff/opt/note",
                            image.folder() / "note");
    std::filesystem::create_symlink(image.folder() / "note",
                                    image.folder() / "diff/opt/note");
    CHECK(image.WhyNot() == "rootfs-file-missing");
  }
}

TEST_CASE("what tar-split noted is not believed") {
  SplitImage image;
  const auto with = [&](const std::string& text) {
    image.Write(text);
    return image.WhyNot();
  };
  CHECK(with("") == "rootfs-layer-mismatch");
  CHECK(with(image.split() + Segment("x")) == "rootfs-layer-mismatch");
  CHECK(with(image.split() + "{}") == "rootfs-unsupported");
  for (const std::string line :
       {"{}", "7", R"({"type":3})", R"({"type":2})",
        R"({"type":2,"payload":"="})", R"({"type":1,"size":1})",
        R"({"type":1,"name":"x","size":-1})",
        R"({"type":1,"name_raw":"AA==","size":1})"}) {
    INFO(line);
    CHECK(with(image.split() + line + "\n") == "rootfs-unsupported");
  }
  CHECK(with(image.split() + FileEntry("../split", 1)) ==
        "rootfs-file-missing");
  CHECK(with(std::string(2U << 20, ' ')) == "rootfs-unsupported");
  std::filesystem::remove(image.folder() / "split");
  CHECK(image.WhyNot() == "layer-missing");
}

TEST_CASE("files that are as they were are not read again") {
  const SplitImage image;
  Subject subject{{}, Digest::Of("config"), {}, {}, {}, {}};
  subject.split_layers = {image.Layer()};
  RootfsCheckerOptions options;
  std::atomic<int> compared = 0;
  options.threads = 1;
  options.now = [] { return Time(std::chrono::seconds(1'700'000'000)); };
  options.comparing = [&](const std::string& /*folder*/) { ++compared; };
  NoBlobs blobs;
  RootfsChecker checker(options, blobs);
  CHECK(checker.CheckSplit(subject, Deadline::max()));
  CHECK(checker.CheckSplit(subject, Deadline::max()));
  CHECK(compared == 1);
  image.folder().Write("diff/opt/note", "a vote");
  const Status changed = checker.CheckSplit(subject, Deadline::max());
  REQUIRE_FALSE(changed);
  CHECK(changed.error().reason == Reason::kRootfsLayerMismatch);
  CHECK(changed.error().detail.starts_with(
      subject.split_layers[0].diff_id.str()));
}
