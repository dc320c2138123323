// What is told of docker's containers from their records and files.
#include "io/containerd/docker.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;

namespace {

namespace fs = std::filesystem;

// As dockerd makes it.
class InitLayer {
 public:
  InitLayer() {
    for (const char* folder : {"dev/pts", "dev/shm", "proc", "sys", "etc"}) {
      fs::create_directories(Path(folder));
    }
    for (const char* file : {"dev/console", "etc/resolv.conf", "etc/hosts",
                             "etc/hostname", ".dockerenv"}) {
      folder_.Write(std::string("fs/") + file, "");
    }
    fs::create_symlink("/proc/mounts", Path("etc/mtab"));
  }

  std::string Path(const std::string& below = "") const {
    return folder_ / (below.empty() ? "fs" : "fs/" + below);
  }
  void Write(const std::string& file, const std::string& text) const {
    folder_.Write("fs/" + file, text);
  }
  // The id of the reason, "" where it is what dockerd makes.
  std::string Reason() const {
    const Status plain = CheckInitLayer(Path());
    return plain ? "" : std::string(Describe(plain.error().reason).id);
  }

 private:
  testing::TempFolder folder_;
};

constexpr const char* kOther = "subject-mount-mismatch";

}  // namespace

TEST_CASE("docker's layer between holds what dockerd makes and no more") {
  const InitLayer layer;
  REQUIRE(layer.Reason().empty());
  SECTION("or less") {
    fs::remove_all(layer.Path("etc"));
    CHECK(layer.Reason().empty());
  }
  SECTION("a file with content") {
    layer.Write("etc/hosts", "127.0.0.1 registry.example.com");
    CHECK(layer.Reason() == kOther);
  }
  SECTION("another file") {
    layer.Write("etc/passwd", "");
    CHECK(layer.Reason() == kOther);
  }
  SECTION("a program") {
    layer.Write("bin/sh", "x");
    CHECK(layer.Reason() == kOther);
  }
  SECTION("a folder in the place of a file") {
    fs::remove(layer.Path("etc/hosts"));
    fs::create_directory(layer.Path("etc/hosts"));
    CHECK(layer.Reason() == kOther);
  }
  SECTION("a link that leads elsewhere") {
    fs::remove(layer.Path("etc/mtab"));
    fs::create_symlink("/etc/shadow", layer.Path("etc/mtab"));
    CHECK(layer.Reason() == kOther);
  }
  SECTION("a whiteout") {
    fs::remove(layer.Path("etc/hosts"));
    REQUIRE(::mknod(layer.Path("etc/hosts").c_str(), S_IFCHR, 0) == 0);
    CHECK(layer.Reason() == kOther);
  }
  SECTION("a folder that hides the image's") {
    REQUIRE(::setxattr(layer.Path("etc").c_str(), "trusted.overlay.opaque", "y",
                       1, 0) == 0);
    CHECK(layer.Reason() == kOther);
  }
  SECTION("a root that hides the image's") {
    REQUIRE(::setxattr(layer.Path().c_str(), "trusted.overlay.opaque", "y", 1,
                       0) == 0);
    CHECK(layer.Reason() == kOther);
  }
  SECTION("a folder that shows another one") {
    REQUIRE(::setxattr(layer.Path("etc").c_str(), "trusted.overlay.redirect",
                       "/bin", 4, 0) == 0);
    CHECK(layer.Reason() == kOther);
  }
  SECTION("or it cannot be read") {
    fs::remove_all(layer.Path());
    CHECK(layer.Reason() == kOther);
  }
}

TEST_CASE("docker's containers are known by what their records lack") {
  ContainerRecord record;
  record.id = "f522";
  ProcessSpec process;
  const auto is_dockers = [&](const std::string& root,
                              const std::string& name) {
    process.root_path = root;
    return IsDockers(record, process, name);
  };
  CHECK(is_dockers("/var/lib/docker/rootfs/overlayfs/f522", "moby"));
  CHECK(is_dockers("/var/lib/docker/rootfs/overlayfs/f522", "other"));
  CHECK(is_dockers("/var/lib/docker/overlay2/ed68/merged", "moby"));
  CHECK_FALSE(is_dockers("/var/lib/docker/rootfs/overlayfs/ed68", "default"));
  CHECK_FALSE(is_dockers("/x/../rootfs/overlayfs/f522", "default"));
  CHECK_FALSE(is_dockers("/srv/folder", "default"));
  CHECK_FALSE(is_dockers("rootfs", "moby"));
  record.snapshotter = "overlayfs";
  CHECK_FALSE(is_dockers("/var/lib/docker/rootfs/overlayfs/f522", "moby"));
}
