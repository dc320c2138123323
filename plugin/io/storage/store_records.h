// The records that containers-storage keeps as JSON, as plain values: the
// fields that Assay reads (go.podman.io/storage: Container, Layer and Image).
// All of it was written by whoever is root; ids are checked, because they end
// up in paths.
#ifndef ASSAY_IO_STORAGE_STORE_RECORDS_H_
#define ASSAY_IO_STORAGE_STORE_RECORDS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

// What CRI-O and podman note beside a container (JSON in `metadata`). CRI-O
// writes the names of a pod from the kubelet's own request, not from
// annotations; podman knows no pod of Kubernetes.
struct ContainerNotes {
  std::string image_name;
  std::string pod_id;         // of the record of its sandbox; "" for podman's
  std::string name;           // of the container, or of the pod for a sandbox
  std::string pod_namespace;  // of a sandbox
  bool is_sandbox = false;
};

struct StorageContainer {
  std::string id;
  std::string image;  // id, "" for none
  std::string layer;
  ContainerNotes notes;
};

struct StorageLayer {
  std::string parent;  // "" for none
  std::optional<Digest> diff_digest;
};

struct StorageImage {
  std::string layer;  // the topmost; "" for none
  std::vector<std::string> mapped_layers;
  std::vector<std::string> names;
  std::vector<std::string> big_data;  // keys
};

// By id; an id that is there twice is refused.
using StorageContainers = std::map<std::string, StorageContainer, std::less<>>;
using StorageLayers = std::map<std::string, StorageLayer, std::less<>>;
using StorageImages = std::map<std::string, StorageImage, std::less<>>;

// Errors of all three: those of Json::Parse, kJsonMalformed.
Result<StorageContainers> ReadStorageContainers(std::string_view json);
Result<StorageLayers> ReadStorageLayers(std::string_view json);
Result<StorageImages> ReadStorageImages(std::string_view json);

// 64 lower-case hexadecimal digits: the only ids that are judged.
bool IsStorageId(std::string_view text);

// The name of the file below an image's folder that holds a key's bytes.
std::string BigDataFile(std::string_view key);

}  // namespace assay

#endif  // ASSAY_IO_STORAGE_STORE_RECORDS_H_
