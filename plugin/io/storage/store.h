// Store: the records of one containers-storage as they are now. Its writers
// replace files whole but hold locks that we do not take, because they would
// stall the runtime: several files may be of different moments. Who finds that
// they do not fit together asks IsCurrent and looks again.
//
// Thread-safe. Files that did not change are not read again.
#ifndef ASSAY_IO_STORAGE_STORE_H_
#define ASSAY_IO_STORAGE_STORE_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "io/storage/store_files.h"
#include "io/storage/store_records.h"

namespace assay {

// One reading of all files.
class StoreView {
 public:
  // Errors: kContainerUnknown; kRuntimeAmbiguous when two files have it.
  Result<const StorageContainer*> Container(const std::string& id) const;
  // All of them. They live as long as the view.
  std::vector<const StorageContainer*> Containers() const;
  // Null when there is none; also when two files have it.
  const StorageLayer* Layer(const std::string& id) const;
  const StorageImage* Image(const std::string& id) const;
  // The ids of the images whose topmost layer this is.
  std::vector<std::string> ImagesOn(const std::string& layer) const;
  // By id; one that two files have is not among them.
  std::vector<std::pair<std::string, const StorageImage*>> Images() const;

 private:
  friend class Store;

  std::vector<std::shared_ptr<const StorageContainers>> containers_;
  std::vector<std::shared_ptr<const StorageLayers>> layers_;
  std::vector<std::shared_ptr<const StorageImages>> images_;
  std::vector<FileIdentity> identities_;  // of the files, in order
};

class Store {
 public:
  // The graphroot, and the runroots that may hold its volatile records.
  Store(std::string root, const std::vector<std::string>& run_roots);

  const StoreFiles& files() const { return files_; }

  // Errors: those of reading and parsing a file; an absent file is an empty
  // one.
  Result<StoreView> Read();
  // Whether no file was replaced since.
  bool IsCurrent(const StoreView& view) const;

 private:
  struct Place {
    const StoreFiles* files;
    std::string path;
  };
  template <typename Records>
  struct Kept {
    FileIdentity identity;
    std::shared_ptr<const Records> records;
  };
  template <typename Records>
  using Cache = std::map<std::string, Kept<Records>>;

  std::vector<Place> Places(const std::string& folder,
                            const std::vector<std::string>& names) const;
  std::vector<Place> ContainerPlaces() const;
  std::vector<Place> LayerPlaces() const;
  std::vector<Place> ImagePlaces() const;
  template <typename Records>
  Status ReadAll(const std::vector<Place>& places,
                 Result<Records> (*parse)(std::string_view),
                 Cache<Records>& cache,
                 std::vector<std::shared_ptr<const Records>>& records,
                 std::vector<FileIdentity>& identities);

  StoreFiles files_;
  std::vector<StoreFiles> run_files_;
  std::mutex mutex_;  // guards the caches
  Cache<StorageContainers> containers_;
  Cache<StorageLayers> layers_;
  Cache<StorageImages> images_;
};

}  // namespace assay

#endif  // ASSAY_IO_STORAGE_STORE_H_
