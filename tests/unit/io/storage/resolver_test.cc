// What CRI-O 1.36 and podman 5.8 really handed to the runtime, and what it is.
#include "io/storage/resolver.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "io/storage/volumes.h"
#include "tests/support/catch.h"
#include "tests/unit/io/storage/recorded_store.h"

using namespace assay;
using namespace assay::test;

namespace {

std::vector<std::string> NamesIn(const Subject& subject) {
  std::vector<std::string> names;
  for (const Reference& name : subject.names) names.push_back(name.str());
  return names;
}

using Names = std::vector<std::string>;

struct Bundle {
  const char* name;
  const char* id;
  const char* layer;
};

// The annotations of the last three are what a pod's author, or whoever speaks
// CRI, wrote into them.
constexpr Bundle kBundles[] = {
    {"app-default", kAppId, kAppLayer},
    {"tty", "a77d02181143deb841c23bbe07e9140532766126262def2ca5b0e515313fb16a",
     "1a89c651577740a3a65b2c9d3e5b389dab9aff7abe02b2938a38839154b4cc29"},
    {"spoof-pod-annotations",
     "fd684a3aeeccaac5a061226cdc810b287b124fcaa98d7b4c6b5c1c9408352343",
     "afcdc8d26cbb1af54fb424f68eaf1051dc41e2749dfbbd75fe72f0d4c528a95a"},
    {"spoof-pod-annotations-infra",
     "402310c2fc3fe1744a8951b38f3721afd6502f40adf4274a397f106a344fdc20",
     "9cc8301047ff56e7d9d55714e8770539361cb38452d958552fbb5561d06e4c14"},
    {"spoof-container-annotations",
     "c97635006668d7de3dcdb99fbafbf8644b4ca07d6dfadd49b2041f820954492b",
     "694654a994db3b2b49d5b7487645e22c52c4b920a6a52bd10c4579d594cd603c"},
};

TEST_CASE("CRI-O's recorded bundles are what their records say") {
  for (const Bundle& bundle : kBundles) {
    INFO(bundle.name);
    RecordedStore store;
    store.Hand(bundle.name, bundle.id, bundle.layer);
    const auto subject = store.Resolve();
    REQUIRE(subject);
    CHECK(NamesIn(*subject) == Names{"localhost:5000/demo/app:1"});
    CHECK(subject->config.hex() == kImage);
    REQUIRE(subject->images.size() == 1);
    CHECK(subject->images[0].manifest.str() == kManifest);
    CHECK(subject->workload.pod_namespace == "team-a");
    CHECK(subject->workload.pod == "web");
    CHECK(subject->workload.container == "app");
    CHECK(subject->workload.container_id == bundle.id);
    CHECK(subject->blob_dir.empty());
    REQUIRE(subject->split_layers.size() == 2);
    CHECK(subject->split_layers[0].folder ==
          store.root() + "/overlay/" + kBaseLayer + "/diff");
    CHECK(subject->split_layers[1].split ==
          store.root() + "/overlay-layers/" + kTopLayer + ".tar-split.gz");
  }
}

TEST_CASE("podman's container has the name that was asked for and no pod") {
  RecordedStore store;
  store.Hand(
      "podman",
      "7ca8842c7be1dca32568d0947a1dde851f327f65a8c1e5ffd84b9de3d3756c81",
      "530f32248f120f06a3eda66ba9ea3769e1ddee9d8a06c6f8881a087bb2f977ff");
  store.Write("overlay-containers/volatile-containers.json", "[]");
  store.Write("overlay-containers/containers.json",
              Recorded("podman-containers.json"));
  store.Edit("overlay-images/images.json",
             R"("names":["localhost:5000/demo/app)",
             R"("names":["other.example.com/x:1","localhost:5000/demo/app)");
  // podman's user writes annotations as they like.
  store.EditBundle(R"("io.container.manager": "libpod")",
                   R"("io.kubernetes.pod.namespace": "team-a",
                      "io.kubernetes.cri-o.ImageName": "x.example.com/y:1")");
  auto subject = store.Resolve();
  REQUIRE(subject);
  CHECK(NamesIn(*subject) == Names{"localhost:5000/demo/app:1"});
  CHECK(subject->workload.pod_namespace.empty());

  // The tag has moved on: whatever name the image still has.
  store.Edit("overlay-images/images.json", R"(,"localhost:5000/demo/app:1"])",
             "]");
  subject = store.Resolve();
  REQUIRE(subject);
  CHECK(NamesIn(*subject) == Names{"other.example.com/x:1"});
}

TEST_CASE("of CRI-O's image all names count, digests only when they are its") {
  RecordedStore store;
  store.Edit(
      "overlay-images/images.json", R"("names":["localhost:5000/demo/app:1"])",
      R"("names":["localhost:5000/demo/app:1","not a name",
                "other.example.com/app@)" +
          std::string(kManifest) + R"(","third.example.com/app@sha256:)" +
          std::string(64, '0') + R"("])");
  const auto subject = store.Resolve();
  REQUIRE(subject);
  CHECK(NamesIn(*subject) ==
        Names{"localhost:5000/demo/app:1",
              "other.example.com/app@" + std::string(kManifest)});
}

TEST_CASE("a bundle with image volumes or an artifact does not start") {
  RecordedStore store;
  store.Hand(
      "image-volumes",
      "d8dff85290711d07677d59e7572de92ee22f7833ce93693eea8b3f859db1e2b1",
      "c6c81bcc02d4e0616092cd8ebdc75e9f31737ffe4589ab93cf002bfdee098cdc");
  CHECK(store.Reason() == "subject-volume");
}

TEST_CASE("an artifact of a store that nobody told of is not let through") {
  const std::string blob = "/blobs/sha256/" + std::string(64, 'a');
  const auto found = [](const std::string& source) {
    ProcessSpec process;
    process.binds = {{"/data", source, true}};
    return FindStorageVolumes(process, "/store", {"/store"});
  };
  for (const std::string store :
       {"/srv/artifacts", "/srv/artifacts/./", "/srv/x/../artifacts"}) {
    const auto volumes = found(store + blob);
    REQUIRE_FALSE(volumes);
    CHECK(volumes.error().reason == Reason::kSubjectVolume);
  }
  const auto plain = found("/srv/data/blobs/sha256/readme");
  REQUIRE(plain);
  CHECK(plain->empty());
}

TEST_CASE("a layer by a path that nobody told of is not let through") {
  const std::string layer = "/alias/overlay/" + std::string(kTopLayer);
  for (const std::string& source :
       {layer, layer + "/diff", layer + "/merged/etc",
        "/alias/./overlay/../overlay/" + std::string(kTopLayer)}) {
    INFO(source);
    ProcessSpec bound;
    bound.binds = {{"/data", source, true}};
    ProcessSpec laid;
    laid.overlays = {{"/data", {source, "/empty"}}};
    for (const ProcessSpec& process : {bound, laid}) {
      const auto volumes = FindStorageVolumes(process, "/store", {"/store"});
      REQUIRE_FALSE(volumes);
      CHECK(volumes.error().reason == Reason::kSubjectVolume);
    }
  }
  ProcessSpec plain;
  plain.binds = {{"/data", "/srv/overlay/data", true},
                 {"/more", "/srv/overlay/" + std::string(63, 'a'), true}};
  const auto none = FindStorageVolumes(plain, "/store", {"/store"});
  REQUIRE(none);
  CHECK(none->empty());
}

TEST_CASE("an overlay of a part of an image is not let through") {
  const std::string layer = "/store/overlay/" + std::string(kTopLayer);
  const std::vector<std::vector<std::string>> lowers = {
      {"/plain", layer + "/merged"},  // it shows files that no image has
      {layer + "/diff", "/empty"},
      {layer + "/merged/etc", "/empty"},
      {"/store/overlay/short/merged", "/empty"},
      {"/store/artifacts/x", "/empty"}};
  for (const auto& folders : lowers) {
    INFO(folders.front());
    ProcessSpec process;
    process.overlays = {{"/data", folders}};
    const auto volumes = FindStorageVolumes(process, "/store", {"/store"});
    REQUIRE_FALSE(volumes);
    CHECK(volumes.error().reason == Reason::kSubjectVolume);
  }
}

TEST_CASE("a store behind a link is known by either of its names") {
  const testing::TempFolder folder;
  const std::string real = folder / "real";
  const std::string root = folder / "link";
  std::filesystem::create_directories(real);
  std::filesystem::create_directory_symlink(real, root);
  const std::string layer = "/overlay/" + std::string(kTopLayer);
  for (const std::string& written : {real, root}) {
    INFO(written);
    ProcessSpec process;
    process.overlays = {{"/image", {written + layer + "/merged", "/empty"}}};
    const auto volumes = FindStorageVolumes(process, root, {root});
    REQUIRE(volumes);
    REQUIRE(volumes->size() == 1);
    CHECK(volumes->front().layer == kTopLayer);
    process = {};
    process.binds = {{"/data", written + layer + "/diff", true}};
    const auto bound = FindStorageVolumes(process, root, {root});
    REQUIRE_FALSE(bound);
    CHECK(bound.error().reason == Reason::kSubjectVolume);
  }
}

// Its annotations claim a signed image, its folder is another image's.
TEST_CASE("a restored checkpoint does not pass for what it claims") {
  RecordedStore store;
  store.Hand(
      "restore",
      "74d07d503318356d623463f054561739f46e8a2aeeeed72e2178e54eb5482bb7",
      "6832e138868ce3d68949c8ddffc563118e07ba09c772bf358c94a097bb9d8712");
  CHECK(store.Reason() == "subject-mount-mismatch");
}

TEST_CASE("containers are listed and told by their records alone") {
  const RecordedStore store;
  StorageOptions options;
  options.roots = {store.root()};
  options.run_roots = {store.run_root()};
  StorageResolver resolver(options);
  const auto is_running = [&](const std::string& id) {
    const auto all = resolver.Containers();
    REQUIRE(all);
    REQUIRE(all->size() == 2);  // with the pod's sandbox
    const auto found =
        std::find_if(all->begin(), all->end(),
                     [&](const auto& one) { return one.id == id; });
    REQUIRE(found != all->end());
    CHECK(found->image == "localhost:5000/demo/app:1");
    return found->running;
  };
  CHECK_FALSE(is_running(kAppId));
  const std::string userdata = store.run_root() + "/overlay-containers/" +
                               std::string(kAppId) + "/userdata";
  std::filesystem::create_directories(userdata);
  for (const auto& [pid, runs] :
       {std::pair<std::string, bool>{std::to_string(::getpid()), true},
        {"4194305", false},
        {"", false},
        {"self", false},
        {"1/../1", false}}) {
    INFO(pid);
    std::ofstream(userdata + "/pidfile") << pid;
    CHECK(is_running(kAppId) == runs);
  }

  Question question;
  question.deadline = Deadline::max();
  question.about = RecordClaim{kStorageNamespace, kAppId};
  const auto subject = resolver.Resolve(question);
  REQUIRE(subject);
  CHECK(NamesIn(*subject) == Names{"localhost:5000/demo/app:1"});
  CHECK(subject->images.at(0).manifest.str() == kManifest);
  CHECK(subject->workload.pod == "web");
  question.about = RecordClaim{kStorageNamespace, std::string(64, 'a')};
  const auto unknown = resolver.Resolve(question);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().reason == Reason::kContainerUnknown);
}

TEST_CASE("images are listed, and told under all of their names") {
  const RecordedStore store;
  StorageOptions options;
  options.roots = {store.root(), store.root() + "/none"};
  StorageResolver resolver(options);
  const auto images = resolver.Images();
  REQUIRE(images);
  const auto listed =
      std::find_if(images->begin(), images->end(),
                   [](const auto& one) { return one.id == kImage; });
  REQUIRE(listed != images->end());
  CHECK(listed->names == Names{"localhost:5000/demo/app:1"});

  Question question;
  question.deadline = Deadline::max();
  question.about = ImageClaim{kStorageNamespace, kImage};
  const auto subject = resolver.Resolve(question);
  REQUIRE(subject);
  CHECK(NamesIn(*subject) == Names{"localhost:5000/demo/app:1"});
  CHECK(subject->images.at(0).manifest.str() == kManifest);
  CHECK(subject->split_layers.size() == 2);
  question.about = ImageClaim{kStorageNamespace, std::string(64, 'a')};
  const auto unknown = resolver.Resolve(question);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().reason == Reason::kNotFound);
}

TEST_CASE("a folder of the host is no image") {
  RecordedStore store;
  const std::string merged = store.root() + "/overlay/" + kAppLayer + "/merged";
  store.EditBundle(merged, "/tmp/rootfs");
  SECTION("of a container without a record") {
    store.id = std::string(64, 'a');
    CHECK(store.Reason() == "subject-rootfs-path");
  }
  SECTION("of a container that has one") {
    CHECK(store.Reason() == "subject-mount-mismatch");
  }
  SECTION("but the container's own root may be bound there") {
    store.EditMount(" " + merged + " ", " /tmp/rootfs ");
    CHECK(store.Reason().empty());
  }
  SECTION("not so another's") {
    store.EditMount(" " + merged + " ", " /tmp/rootfs ");
    store.EditMount(kAppLayer, std::string(64, 'a'));
    CHECK(store.Reason() == "subject-mount-mismatch");
  }
}

TEST_CASE("volatile records may be in the runroot") {
  RecordedStore store;
  for (const std::string name : {"overlay-containers/volatile-containers.json",
                                 "overlay-layers/volatile-layers.json"}) {
    const std::string to = store.run_root() + "/" + name;
    std::filesystem::create_directories(
        std::filesystem::path(to).parent_path());
    std::filesystem::rename(store.root() + "/" + name, to);
  }
  CHECK(store.Reason().empty());
}

TEST_CASE("a bundle of containers-storage is known by its path") {
  ContainerClaim claim;
  claim.id = kAppId;
  claim.bundle = "/run/containers/storage/overlay-containers/" +
                 std::string(kAppId) + "/userdata";
  CHECK(IsStorageBundle(claim));
  claim.bundle = "/run/containerd/io.containerd.runtime.v2.task/k8s.io/" +
                 std::string(kAppId);
  CHECK_FALSE(IsStorageBundle(claim));
}

}  // namespace
