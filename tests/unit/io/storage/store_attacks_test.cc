// Every way in which records and files of a store can fail to fit together.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "io/storage/store.h"
#include "tests/support/catch.h"
#include "tests/unit/io/storage/recorded_store.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr const char* kContainers =
    "overlay-containers/volatile-containers.json";
constexpr const char* kOwnLayers = "overlay-layers/volatile-layers.json";
constexpr const char* kLayers = "overlay-layers/layers.json";
constexpr const char* kImages = "overlay-images/images.json";

const std::string kNobody(64, 'a');

struct Attack {
  const char* what;
  void (*edit)(RecordedStore& store);
  const char* reason;
};

const Attack kRecordAttacks[] = {
    {"a container that nobody recorded", [](auto& s) { s.id = kNobody; },
     "container-unknown"},
    {"an id that is a path", [](auto& s) { s.id = "../" + s.id; },
     "container-unknown"},
    {"two records of one container",
     [](auto& s) {
       s.Write("overlay-containers/containers.json", s.Read(kContainers));
     },
     "runtime-ambiguous"},
    {"the container is recorded with another layer",
     [](auto& s) { s.Edit(kContainers, kAppLayer, kNobody); },
     "subject-mount-mismatch"},
    {"root.path is another container's layer",
     [](auto& s) { s.EditBundle(kAppLayer, kNobody); },
     "subject-mount-mismatch"},
    {"root.path is the layer's diff",
     [](auto& s) { s.EditBundle("/merged", "/diff"); }, "subject-storage"},
    {"root.path leaves the store by way of it",
     [](auto& s) { s.EditBundle("/merged", "/../../../../etc/merged"); },
     "subject-storage"},
    {"the container has no image",
     [](auto& s) { s.Edit(kContainers, kImage, ""); }, "subject-no-image"},
    {"the container names an image that is not in the store",
     [](auto& s) { s.Edit(kContainers, kImage, kNobody); }, "subject-storage"},
    {"the container's layer is not recorded",
     [](auto& s) { s.Edit(kOwnLayers, kAppLayer, kNobody); },
     "subject-unbound"},
    {"the container stands on another layer than the image's",
     [](auto& s) { s.Edit(kOwnLayers, kTopLayer, kBaseLayer); },
     "subject-unbound"},
    {"image and container stand on layers that the configuration has not",
     [](auto& s) {
       s.Edit(kOwnLayers, kTopLayer, kBaseLayer);
       s.Edit(kImages, kTopLayer, kBaseLayer);
     },
     "subject-storage"},
    {"a layer below is recorded with another content",
     [](auto& s) {
       s.Edit(kLayers, std::string(R"("diff-digest":"sha256:)") + kBaseLayer,
              R"("diff-digest":"sha256:)" + kNobody);
     },
     "subject-unbound"},
    {"a layer is recorded with the content that is expected of it, not found",
     [](auto& s) {
       s.Edit(kLayers, std::string(R"("diff-digest":"sha256:)") + kBaseLayer,
              R"("expected-layer-diffid":"sha256:)" + std::string(kBaseLayer));
     },
     "subject-storage"},
    {"a layer below has another parent",
     [](auto& s) {
       s.Edit(kLayers, std::string(R"("parent":")") + kBaseLayer,
              R"("parent":")" + kNobody);
     },
     "subject-unbound"},
    {"a layer below is in another store",
     [](auto& s) {
       s.Edit(kLayers, std::string(R"("id":")") + kBaseLayer,
              R"("id":")" + kNobody);
     },
     "subject-storage"},
    {"the image was pulled in parts: its id is no configuration's digest",
     [](auto& s) {
       s.Edit(kImages, std::string(R"("big-data-names":["sha256:)") + kImage,
              R"("big-data-names":["sha256:)" + kNobody);
     },
     "subject-storage"},
    {"the configuration is edited",
     [](auto& s) {
       s.Edit(RecordedStore::BigData(std::string("sha256:") + kImage),
              "/app/run.sh", "/bin/evil");
     },
     "config-digest-mismatch"},
    {"the configuration is gone",
     [](auto& s) {
       std::filesystem::remove(
           s.root() + "/" +
           RecordedStore::BigData(std::string("sha256:") + kImage));
     },
     "config-missing"},
    {"the manifests are edited",
     [](auto& s) {
       s.Write(RecordedStore::BigData("manifest"), "{}");
       s.Edit(RecordedStore::BigData(std::string("manifest-") + kManifest),
              "demo", "evil");
     },
     "manifest-digest-mismatch"},
    {"the manifests are of another configuration",
     [](auto& s) {
       s.Edit(RecordedStore::BigData("manifest"), kImage, kNobody);
       std::filesystem::remove(
           s.root() + "/" +
           RecordedStore::BigData(std::string("manifest-") + kManifest));
       s.Edit(kImages, std::string(R"("manifest-)") + kManifest + R"(","ma)",
              R"("ma)");
     },
     "subject-unbound"},
    {"the image has no manifest",
     [](auto& s) {
       s.Edit(kImages, R"("manifest-sha256)", R"("m-sha256)");
       s.Edit(kImages, R"("manifest")", R"("m")");
     },
     "manifest-missing"},
    {"the image has no name",
     [](auto& s) {
       s.Edit(kImages, R"("names":["localhost:5000/demo/app:1"])",
              R"("names":[])");
     },
     "subject-no-name"},
    {"the sandbox is not recorded",
     [](auto& s) {
       s.Edit(kContainers, R"(\"pod-id\":\"66cb)", R"(\"pod-id\":\"77cb)");
     },
     "container-unknown"},
    {"the sandbox is none",
     [](auto& s) {
       s.Edit(kContainers, R"(\"pod\":true)", R"(\"pod\":false)");
     },
     "runtime-ambiguous"},
    {"the label names another namespace than the sandbox",
     [](auto& s) {
       s.EditBundle(R"("io.kubernetes.pod.namespace": "team-a")",
                    R"("io.kubernetes.pod.namespace": "open")");
     },
     "runtime-ambiguous"},
    {"a mount covers the root file system",
     [](auto& s) { s.EditBundle(R"("/dev/mqueue")", R"("/dev/..")"); },
     "subject-mount-mismatch"},
};

const Attack kFileAttacks[] = {
    {"a record is half written",
     [](auto& s) { s.Write(kImages, s.Read(kImages).substr(0, 100)); },
     "json-malformed"},
    {"a member stands twice",
     [](auto& s) { s.Edit(kLayers, R"([{"id")", R"([{"id":"x","id")"); },
     "json-duplicate"},
    {"two layers have one id",
     [](auto& s) {
       s.Edit(kLayers, std::string(R"("id":")") + kTopLayer,
              std::string(R"("id":")") + kBaseLayer);
     },
     "json-malformed"},
    {"others may write a record",
     [](auto& s) { ::chmod((s.root() + "/" + kImages).c_str(), 0666); },
     "file-unsafe"},
    {"a record is a link to elsewhere",
     [](auto& s) {
       const std::string path = s.root() + "/" + kImages;
       std::filesystem::rename(path, s.root() + "/elsewhere");
       std::filesystem::create_symlink(s.root() + "/elsewhere", path);
     },
     "file-unreadable"},
    {"a folder on the way is a link",
     [](auto& s) {
       const std::string path = s.root() + "/overlay-layers";
       std::filesystem::rename(path, s.root() + "/elsewhere");
       std::filesystem::create_directory_symlink("elsewhere", path);
     },
     "file-unreadable"},
};

TEST_CASE("records that do not fit together are refused") {
  for (const Attack& attack : kRecordAttacks) {
    INFO(attack.what);
    RecordedStore store;
    attack.edit(store);
    CHECK(store.Reason() == attack.reason);
  }
}

TEST_CASE("files that nobody could rely on are refused") {
  for (const Attack& attack : kFileAttacks) {
    INFO(attack.what);
    RecordedStore store;
    attack.edit(store);
    CHECK(store.Reason() == attack.reason);
  }
}

TEST_CASE("an id-mapped copy of the topmost layer is the image's") {
  RecordedStore recorded;
  recorded.Edit(kImages, R"("metadata":"{\"signature-sizes)",
                R"("mapped-layers":[")" + kNobody +
                    R"("],"metadata":"{\"signature-sizes)");
  recorded.Edit(kOwnLayers, kTopLayer, kNobody);
  recorded.Edit(kLayers, R"([{"id")",
                R"([{"id":")" + kNobody + R"(","parent":")" + kBaseLayer +
                    R"(","diff-digest":"sha256:8a495215324b1826c39b654aeeb4ea)"
                    R"(5d3e7c4fcfe6f8159da5f480669b0f86f1"},{"id")");
  recorded.EditMount("l/SNNVVJ74SB43PDXE3LZDEP7SUJ", kNobody + "/diff");
  CHECK(recorded.Reason().empty());
  SECTION("of other content it is not") {
    recorded.Edit(kLayers,
                  kNobody + R"(","parent":")" + kBaseLayer +
                      R"(","diff-digest":"sha256:8a49)",
                  kNobody + R"(","parent":")" + kBaseLayer +
                      R"(","diff-digest":"sha256:0a49)");
    CHECK(recorded.Reason() == "subject-unbound");
  }
  SECTION("nor on another base") {
    recorded.Edit(kLayers, kNobody + R"(","parent":")" + kBaseLayer,
                  kNobody + R"(","parent":")" + kTopLayer);
    CHECK(recorded.Reason() == "subject-unbound");
  }
}

TEST_CASE("a store that changed is looked at again") {
  const RecordedStore recorded;
  Store store(recorded.root(), {recorded.run_root()});
  const auto view = store.Read();
  REQUIRE(view);
  CHECK(store.IsCurrent(*view));
  CHECK(view->Image(kImage) != nullptr);
  const std::string path = recorded.root() + "/" + kImages;
  recorded.Write("overlay-images/new", "[]");
  std::filesystem::rename(recorded.root() + "/overlay-images/new", path);
  CHECK_FALSE(store.IsCurrent(*view));
  const auto anew = store.Read();
  REQUIRE(anew);
  CHECK(store.IsCurrent(*anew));
  CHECK(anew->Image(kImage) == nullptr);
  CHECK(view->Image(kImage) != nullptr);
}

}  // namespace
