// A containers-storage on disk as CRI-O 1.36 and podman 5.8 left it, and the
// bundles that they handed to the runtime.
#ifndef ASSAY_TESTS_UNIT_IO_STORAGE_RECORDED_STORE_H_
#define ASSAY_TESTS_UNIT_IO_STORAGE_RECORDED_STORE_H_

#include <string>

#include "io/storage/resolver.h"
#include "tests/support/temp_folder.h"

namespace assay::test {

inline constexpr const char* kAppId =
    "c84cf01d58cd2db417353a240489aa11e636387b2f4d4358e3e6e52c21f665a0";
inline constexpr const char* kAppLayer =
    "e15d03f3e50b8e3dd3a8dc5896a846521cc99428a1e05ff428cdb1f26e349de3";
inline constexpr const char* kImage =
    "ece1f6e9ebde6190d4f308b692d0f0d5b7fdc4cf0de4952f41e9633bb1876e42";
inline constexpr const char* kTopLayer =
    "40c95c98ce41b408a613105bf93062dc42e1ebbe7fece976b7dc40519c5b3b52";
inline constexpr const char* kBaseLayer =
    "e4695cadfaeb5af3a019566d82816f85ea7a9356025eb52aa1935521aed34186";
inline constexpr const char* kManifest =
    "sha256:ed0198dfb74b15962cecf88c5f37055d22bfc79329daecbf95744a46aff85869";

std::string Recorded(const std::string& name);
std::string Replaced(std::string text, const std::string& from,
                     const std::string& to);

class RecordedStore {
 public:
  // Holds the container that CRI-O made, kAppId.
  RecordedStore();

  std::string root() const { return folder_ / "storage"; }
  std::string run_root() const { return folder_ / "run"; }

  // Files below the root.
  std::string Read(const std::string& path) const;
  void Write(const std::string& path, const std::string& bytes) const;
  void Edit(const std::string& path, const std::string& from,
            const std::string& to) const;
  // Where an image's documents are.
  static std::string BigData(const std::string& key);

  // A bundle as recorded; the store's container becomes this one.
  void Hand(const std::string& bundle, const std::string& id,
            const std::string& layer);
  void EditBundle(const std::string& from, const std::string& to) {
    config_ = Replaced(config_, from, to);
  }
  void EditMount(const std::string& from, const std::string& to) {
    mount_ = Replaced(mount_, from, to);
  }

  Result<Subject> Resolve();
  // The id of the reason; "" where it is resolved.
  std::string Reason();

  std::string id = kAppId;

 private:
  testing::TempFolder folder_;
  std::string config_;
  std::string mount_;
};

}  // namespace assay::test

#endif  // ASSAY_TESTS_UNIT_IO_STORAGE_RECORDED_STORE_H_
