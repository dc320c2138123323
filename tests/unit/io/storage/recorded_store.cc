#include "tests/unit/io/storage/recorded_store.h"

#include <unistd.h>

#include <filesystem>

#include "base/reason.h"
#include "io/storage/store_records.h"

namespace assay::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRecordedRoot = "/var/lib/containers/storage";

}  // namespace

std::string Recorded(const std::string& name) {
  return testing::ReadAll(std::string(ASSAY_RECORDED_STORES) + "/" + name);
}

std::string Replaced(std::string text, const std::string& from,
                     const std::string& to) {
  if (text.find(from) == std::string::npos) {
    throw std::runtime_error("nothing to replace: " + from);
  }
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

RecordedStore::RecordedStore() {
  Write("overlay-images/images.json", Recorded("images.json"));
  Write("overlay-layers/layers.json", Recorded("layers.json"));
  Write("overlay-layers/volatile-layers.json",
        Recorded("volatile-layers.json"));
  Write("overlay-containers/volatile-containers.json",
        Recorded("volatile-containers.json"));
  Write(BigData(std::string("sha256:") + kImage), Recorded("config"));
  Write(BigData("manifest"), Recorded("manifest"));
  Write(BigData(std::string("manifest-") + kManifest), Recorded("manifest"));
  for (const auto& [layer, link] :
       {std::pair{kTopLayer, "SNNVVJ74SB43PDXE3LZDEP7SUJ"},
        {kBaseLayer, "N4DXRW3C5AUTAWNR5KUXOWPHVZ"}}) {
    Write("overlay/" + std::string(layer) + "/link", link);
    fs::create_directories(root() + "/overlay/l");
    fs::create_directory_symlink("../" + std::string(layer) + "/diff",
                                 root() + "/overlay/l/" + link);
  }
  Hand("app-default", kAppId, kAppLayer);
}

std::string RecordedStore::BigData(const std::string& key) {
  return "overlay-images/" + std::string(kImage) + "/" + BigDataFile(key);
}

std::string RecordedStore::Read(const std::string& path) const {
  return testing::ReadAll(root() + "/" + path);
}

void RecordedStore::Write(const std::string& path,
                          const std::string& bytes) const {
  folder_.Write("storage/" + path, bytes);
}

void RecordedStore::Edit(const std::string& path, const std::string& from,
                         const std::string& to) const {
  Write(path, Replaced(Read(path), from, to));
}

void RecordedStore::Hand(const std::string& bundle, const std::string& new_id,
                         const std::string& layer) {
  config_ = Replaced(Recorded(bundle + ".json"), kRecordedRoot, root());
  mount_ = Replaced(Recorded(bundle + ".mountinfo"), kRecordedRoot, root());
  if (new_id == kAppId) return;
  id = new_id;
  Edit("overlay-containers/volatile-containers.json", kAppId, new_id);
  Edit("overlay-containers/volatile-containers.json", kAppLayer, layer);
  Edit("overlay-layers/volatile-layers.json", kAppLayer, layer);
}

Result<Subject> RecordedStore::Resolve() {
  ContainerClaim claim;
  claim.id = id;
  claim.bundle = folder_ / "bundle";
  folder_.Write("bundle/config.json", config_);
  StorageOptions options;
  options.roots = {root()};
  options.run_roots = {run_root()};
  options.mount_at = [this](const ContainerClaim&, const std::string& folder,
                            const std::string& name) -> Result<MountEntry> {
    const bool slash = folder.ends_with('/');
    const std::string where = " " + folder + (slash ? "" : "/") + name + " ";
    if (mount_.find(where) == std::string::npos) {
      return Fail(Reason::kSubjectMountMismatch, "nothing is mounted there");
    }
    return FindMount(mount_, std::stoull(mount_));
  };
  Question question;
  question.about = claim;
  question.deadline = Deadline::max();
  return StorageResolver(options).Resolve(question);
}

std::string RecordedStore::Reason() {
  const auto subject = Resolve();
  if (subject) return {};
  return std::string(Describe(subject.error().reason).id);
}

}  // namespace assay::test
