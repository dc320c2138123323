#include "io/rootfs/rootfs_checker.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <iterator>
#include <sstream>

#include "io/rootfs/folder.h"
#include "tests/support/catch.h"
#include "tests/support/child_process.h"
#include "tests/support/tar_maker.h"
#include "tests/support/temp_folder.h"

using namespace assay;
using namespace assay::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kNow = 1'790'000'000;
constexpr std::int64_t kWeek = 604'800;

class AnyBlobs : public LayerIntegrity {
 public:
  Status Check(const ImageManifest& /*manifest*/,
               const std::string& /*blob_dir*/,
               Deadline /*deadline*/) override {
    return Ok();
  }
};

Descriptor DescriptorOf(std::string_view bytes) {
  return {.media_type = "application/vnd.oci.image.layer.v1.tar",
          .digest = Digest::Of(bytes),
          .size = static_cast<std::int64_t>(bytes.size()),
          .artifact_type = {},
          .annotations = {},
          .platform = {}};
}

// An image of layers and the folders that GNU tar, or the test itself,
// unpacked them to.
class Image {
 public:
  // Returns the folder.
  std::string Add(const std::string& archive, bool unpack = true) {
    const std::string number = std::to_string(subject.layer_dirs->size());
    folder_.Write("blobs/sha256/" + Digest::Of(archive).hex(), archive);
    const std::string tar = folder_.Write("layer-" + number, archive);
    const std::string folder = folder_ / ("snapshots-" + number);
    REQUIRE(::mkdir(folder.c_str(), 0755) == 0);
    if (unpack) {
      Run({"tar", "--numeric-owner", "--xattrs", "--xattrs-include=*", "-xpf",
           tar, "-C", folder});
    }
    manifest.layers.push_back(DescriptorOf(archive));
    diff_ids.push_back(Digest::Of(archive).str());
    subject.layer_dirs->push_back(folder);
    return folder;
  }

  RootfsCheckerOptions Options() {
    RootfsCheckerOptions options;
    options.memory_file = folder_ / "memory";
    options.threads = 2;
    options.now = [this] { return Time(std::chrono::seconds(now)); };
    options.comparing = [this](const std::string& /*folder*/) { ++compared; };
    return options;
  }

  Status Check(RootfsChecker& checker, Deadline deadline = Deadline::max()) {
    std::string list;
    for (const std::string& id : diff_ids) {
      list += (list.empty() ? "\"" : ",\"") + id + "\"";
    }
    const std::string config =
        R"({"os":"linux","architecture":"amd64","rootfs":{"type":"layers",)"
        R"("diff_ids":[)" +
        list + "]}}";
    manifest.config = DescriptorOf(config);
    folder_.Write("blobs/sha256/" + Digest::Of(config).hex(), config);
    subject.blob_dir = folder_ / "blobs";
    return checker.CheckUnpacked(manifest, subject, deadline);
  }
  Status Check() {
    RootfsChecker checker(Options(), blobs);
    return Check(checker);
  }
  // "reason-id: detail" without the layer; "" where all is well.
  std::string WhyNot(RootfsChecker& checker) {
    const Status outcome = Check(checker);
    if (outcome) return "";
    std::string detail = outcome.error().detail;
    if (detail.starts_with("sha256:")) detail = detail.substr(73);
    return std::string(Describe(outcome.error().reason).id) + ": " + detail;
  }

  const TempFolder& folder() const { return folder_; }

  ImageManifest manifest{{}, {}, DescriptorOf("config"), {}, std::nullopt, {}};
  Subject subject{.names = {},
                  .config = Digest::Of("config"),
                  .images = {},
                  .documents = {},
                  .workload = {},
                  .blob_dir = {},
                  .layer_dirs = std::vector<std::string>()};
  std::vector<std::string> diff_ids;
  AnyBlobs blobs;
  std::atomic<std::int64_t> now = kNow;
  std::atomic<int> compared = 0;

 private:
  TempFolder folder_;
};

TarMaker Base() {
  TarMaker maker;
  maker.Folder("bin")
      .File("bin/busybox", std::string(100'000, 'b'), 0755)
      .Link("bin/sh", "bin/busybox", 0755)
      .Folder("etc", 0750)
      .Add({.name = "etc/passwd", .mode = 0640, .owner = 7, .group = 8},
           "root:x:0:0\n")
      .Symlink("etc/mtab", "/proc/mounts")
      .Folder("dev")
      .Add({.name = "dev/null",
            .type = '3',
            .mode = 0666,
            .device_major = 1,
            .device_minor = 3})
      .Add({.name = "dev/pipe", .type = '6', .mode = 0600})
      .File("empty", "");
  return maker;
}

// Comparing takes root: other owners, devices, the marks of overlays.
bool IsRoot() {
  if (::geteuid() == 0 && SeesTrustedAttributes()) return true;
  WARN("not root: skipped");
  return false;
}

// As `cp -p` would put it back, were there no change time.
void Rewrite(const std::string& path, const std::string& bytes) {
  struct stat before {};
  REQUIRE(::stat(path.c_str(), &before) == 0);
  const UniqueFd fd(::open(path.c_str(), O_WRONLY));
  REQUIRE(::pwrite(fd.get(), bytes.data(), bytes.size(), 0) ==
          static_cast<ssize_t>(bytes.size()));
  const timespec times[2] = {before.st_atim, before.st_mtim};
  REQUIRE(::futimens(fd.get(), times) == 0);
}

// A program and its arguments, without a shell.
void RunWords(const std::string& line) {
  std::istringstream words(line);
  Run({std::istream_iterator<std::string>(words), {}});
}

}  // namespace

TEST_CASE("what tar unpacked is what the layer holds, and costs a walk then") {
  if (!IsRoot()) return;
  Image image;
  image.Add(Base().Whole());
  image.Add(TarMaker().Folder("opt").File("opt/x", "x").Whole());
  RootfsChecker checker(image.Options(), image.blobs);
  CHECK(image.WhyNot(checker).empty());
  CHECK(image.compared == 2);
  CHECK(image.WhyNot(checker).empty());
  CHECK(image.compared == 2);
}

TEST_CASE("every edit of an unpacked file is found, and its undoing too") {
  if (!IsRoot()) return;
  Image image;
  const std::string root = image.Add(Base().Whole());
  RootfsChecker checker(image.Options(), image.blobs);
  REQUIRE(image.WhyNot(checker).empty());
  const auto at = [&](const std::string& name) { return root + "/" + name; };
  const auto command = [](const auto&... lines) {
    return [=] { (RunWords(lines), ...); };
  };
  struct Edit {
    std::function<void()> make;
    std::function<void()> undo;
    std::string found;
  };
  const std::vector<Edit> edits = {
      {[&] { Rewrite(at("bin/busybox"), "B"); },
       [&] { Rewrite(at("bin/busybox"), "b"); },
       "rootfs-file-changed: /bin/busybox: its content is another"},
      {command("truncate -s 16 " + at("etc/passwd")),
       command("truncate -s 11 " + at("etc/passwd")),
       "rootfs-file-changed: /etc/passwd: its size is 16, not 11"},
      {command("touch " + at("etc/.extra")), command("rm " + at("etc/.extra")),
       "rootfs-file-extra: /etc/.extra"},
      {command("touch " + at("zzz")), command("rm " + at("zzz")),
       "rootfs-file-extra: /zzz"},
      {command("mv " + at("bin/sh") + " " + root + "-kept"),
       command("mv " + root + "-kept " + at("bin/sh")),
       "rootfs-file-missing: /bin/sh"},
      {command("mv " + at("empty") + " " + root + "-kept"),
       command("mv " + root + "-kept " + at("empty")),
       "rootfs-file-missing: /empty"},
      {command("chmod 4755 " + at("bin/busybox")),
       command("chmod 0755 " + at("bin/busybox")),
       "rootfs-file-changed: /bin/busybox: its mode is 4755, not 0755"},
      {command("chmod 0755 " + at("etc")), command("chmod 0750 " + at("etc")),
       "rootfs-file-changed: /etc: its mode is 0755, not 0750"},
      {command("chown 0:0 " + at("etc/passwd")),
       command("chown 7:8 " + at("etc/passwd")),
       "rootfs-file-changed: /etc/passwd: it belongs to 0:0, not 7:8"},
      {command("ln -sfn /tmp/evil " + at("etc/mtab")),
       command("ln -sfn /proc/mounts " + at("etc/mtab")),
       "rootfs-file-changed: /etc/mtab: it leads to /tmp/evil, not "
       "/proc/mounts"},
      {command("rm " + at("dev/null"),
               "mknod -m 666 " + at("dev/null") + " c 1 5"),
       command("rm " + at("dev/null"),
               "mknod -m 666 " + at("dev/null") + " c 1 3"),
       "rootfs-file-changed: /dev/null: another device"},
      {command("rm " + at("empty"), "mkdir " + at("empty")),
       command("rmdir " + at("empty"), "touch " + at("empty")),
       "rootfs-file-changed: /empty: a folder, not a file"},
      {[&] {
         REQUIRE(::setxattr(at("etc").c_str(), "trusted.overlay.opaque", "y", 1,
                            0) == 0);
       },
       [&] {
         REQUIRE(::removexattr(at("etc").c_str(), "trusted.overlay.opaque") ==
                 0);
       },
       "rootfs-file-changed: /etc: its attribute trusted.overlay.opaque"},
      {[&] {
         REQUIRE(::setxattr(root.c_str(), "trusted.overlay.opaque", "y", 1,
                            0) == 0);
       },
       [&] {
         REQUIRE(::removexattr(root.c_str(), "trusted.overlay.opaque") == 0);
       },
       "rootfs-file-changed: /: its attribute trusted.overlay.opaque"},
  };
  for (const Edit& edit : edits) {
    INFO(edit.found);
    edit.make();
    CHECK(image.WhyNot(checker) == edit.found);
    const int before = image.compared;
    CHECK(image.WhyNot(checker) == edit.found);
    CHECK(image.compared == before);  // that it is bad is remembered, too
    edit.undo();
    CHECK(image.WhyNot(checker).empty());
  }
}

TEST_CASE("the error names the layer's blob") {
  if (!IsRoot()) return;
  Image image;
  image.Add(Base().Whole());
  const std::string top = TarMaker().File("x", "x").Whole();
  const std::string folder = image.Add(top);
  REQUIRE(::chmod((folder + "/x").c_str(), 0600) == 0);
  const auto outcome = image.Check();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().detail ==
        Digest::Of(top).str() + ": /x: its mode is 0600, not 0644");
}

TEST_CASE("folders that a layer implies are those of the layer below") {
  if (!IsRoot()) return;
  Image image;
  const std::string below = image.Add(Base().Whole());
  const std::string above = image.Add(TarMaker().File("etc/x", "").Whole());
  RootfsChecker checker(image.Options(), image.blobs);
  CHECK(image.WhyNot(checker) ==
        "rootfs-file-changed: /etc: its mode is 0755, not 0750");
  REQUIRE(::chmod((above + "/etc").c_str(), 0750) == 0);
  CHECK(image.WhyNot(checker).empty());
  // A refusal of the layer above does not outlive its cause below.
  REQUIRE(::chmod((below + "/etc").c_str(), 0700) == 0);
  CHECK(image.WhyNot(checker).starts_with("rootfs-file-changed: /etc: "));
  REQUIRE(::chmod((below + "/etc").c_str(), 0750) == 0);
  CHECK(image.WhyNot(checker).empty());
}

TEST_CASE("an overlay's marks must be there, and nowhere else") {
  if (!IsRoot()) return;
  Image image;
  image.Add(Base().Whole());
  const std::string folder = image.Add(TarMaker()
                                           .Folder("etc")
                                           .File("etc/.wh.mtab", "")
                                           .Folder("bin")
                                           .File("bin/.wh..wh..opq", "")
                                           .Whole(),
                                       false);
  const std::string etc = folder + "/etc";
  const std::string bin = folder + "/bin";
  REQUIRE(::mkdir(etc.c_str(), 0755) == 0);
  REQUIRE(::mkdir(bin.c_str(), 0755) == 0);
  RootfsChecker checker(image.Options(), image.blobs);
  CHECK(image.WhyNot(checker) ==
        "rootfs-file-changed: /bin: its attribute trusted.overlay.opaque");
  REQUIRE(::setxattr(bin.c_str(), "trusted.overlay.opaque", "y", 1, 0) == 0);
  CHECK(image.WhyNot(checker) == "rootfs-file-missing: /etc/mtab");
  REQUIRE(::mknod((etc + "/mtab").c_str(), S_IFCHR, ::makedev(0, 0)) == 0);
  CHECK(image.WhyNot(checker).empty());
}

TEST_CASE("attributes and capabilities are compared") {
  if (!IsRoot()) return;
  Image image;
  const std::string capability("\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
  const std::string root =
      image.Add(TarMaker()
                    .Pax("SCHILY.xattr.security.capability", capability)
                    .File("ping", "p", 0755)
                    .Pax("SCHILY.xattr.user.mime", "text")
                    .File("doc", "d")
                    .Whole(),
                true);
  const std::string ping = root + "/ping";
  const std::string doc = root + "/doc";
  ::setxattr(ping.c_str(), "security.capability", capability.data(),
             capability.size(), 0);
  if (::setxattr(doc.c_str(), "user.mime", "text", 4, 0) != 0) {
    WARN("the filesystem has no attributes of users: skipped");
    return;
  }
  RootfsChecker checker(image.Options(), image.blobs);
  CHECK(image.WhyNot(checker).empty());
  REQUIRE(::setxattr(doc.c_str(), "user.mime", "evil", 4, 0) == 0);
  CHECK(image.WhyNot(checker) ==
        "rootfs-file-changed: /doc: its attribute user.mime");
  REQUIRE(::setxattr(doc.c_str(), "user.mime", "text", 4, 0) == 0);
  REQUIRE(::removexattr(ping.c_str(), "security.capability") == 0);
  CHECK(image.WhyNot(checker) ==
        "rootfs-file-changed: /ping: its attribute security.capability");
}

TEST_CASE("a blob that does not unpack to its diff id proves nothing") {
  if (!IsRoot()) return;
  Image image;
  image.Add(Base().Whole());
  image.diff_ids[0] = Digest::Of("another").str();
  CHECK(image.Check().error().reason == Reason::kRootfsLayerMismatch);
}

TEST_CASE("what cannot be compared is refused, never accepted") {
  Image image;
  CHECK(image.Check().error().reason == Reason::kRootfsUnsupported);
  image.subject.layer_dirs = Fail(Reason::kRootfsUnsupported, "native");
  CHECK(image.Check().error().detail == "native");
  image.subject.layer_dirs = std::vector<std::string>();
  image.Add(TarMaker().Whole());
  image.manifest.layers.push_back(image.manifest.layers.front());
  CHECK(image.Check().error().reason == Reason::kRootfsUnsupported);
  if (!IsRoot()) return;
  Image lacking;
  const std::string archive = TarMaker().File("x", "x").Whole();
  const std::string folder = lacking.Add(archive);
  std::filesystem::rename(folder, folder + "-gone");
  CHECK(lacking.Check().error().reason == Reason::kRootfsUnreadable);
  REQUIRE(::symlink((folder + "-gone").c_str(), folder.c_str()) == 0);
  CHECK(lacking.Check().error().reason == Reason::kRootfsUnreadable);
  REQUIRE(::unlink(folder.c_str()) == 0);
  std::filesystem::rename(folder + "-gone", folder);
  CHECK(lacking.Check());
  Image sparse;
  sparse.Add(TarMaker().Add({.name = "x", .type = 'S'}).Whole(), false);
  CHECK(sparse.Check().error().reason == Reason::kRootfsUnsupported);
}

TEST_CASE("a comparison outlives the deadline, and the next check has it") {
  if (!IsRoot()) return;
  Image image;
  image.Add(Base().Whole());
  RootfsChecker checker(image.Options(), image.blobs);
  const auto late = image.Check(checker, std::chrono::steady_clock::now());
  REQUIRE_FALSE(late);
  CHECK(late.error().reason == Reason::kRootfsPending);
  CHECK(image.Check(checker));
  CHECK(image.compared == 1);
}

TEST_CASE("a restart remembers what was compared, for a time") {
  if (!IsRoot()) return;
  Image image;
  image.Add(Base().Whole());
  REQUIRE(image.Check());
  REQUIRE(image.Check());
  CHECK(image.compared == 1);
  image.now = kNow + 5 * kWeek;
  REQUIRE(image.Check());
  CHECK(image.compared == 2);
}

TEST_CASE("the same folder is not taken for another layer's") {
  if (!IsRoot()) return;
  Image image;
  image.Add(TarMaker().File("x", "1").Whole());
  RootfsChecker checker(image.Options(), image.blobs);
  REQUIRE(image.Check(checker));
  const std::string other = TarMaker().File("x", "2").Whole();
  image.folder().Write("blobs/sha256/" + Digest::Of(other).hex(), other);
  image.manifest.layers[0] = DescriptorOf(other);
  image.diff_ids[0] = Digest::Of(other).str();
  CHECK(image.WhyNot(checker) ==
        "rootfs-file-changed: /x: its content is another");
}
