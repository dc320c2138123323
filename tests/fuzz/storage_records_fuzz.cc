// Records of containers-storage: what is read holds ids that may be used in
// paths, and reading them never depends on anything but the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "io/storage/store_records.h"

using namespace assay;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

bool IsIdOrNothing(const std::string& text) {
  return text.empty() || IsStorageId(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto containers = ReadStorageContainers(text)) {
    for (const auto& [id, container] : *containers) {
      Require(IsStorageId(id) && container.id == id);
      Require(IsIdOrNothing(container.image));
      Require(IsIdOrNothing(container.layer));
    }
  }
  if (const auto layers = ReadStorageLayers(text)) {
    for (const auto& [id, layer] : *layers) {
      Require(IsStorageId(id) && IsIdOrNothing(layer.parent));
    }
  }
  if (const auto images = ReadStorageImages(text)) {
    for (const auto& [id, image] : *images) {
      Require(IsStorageId(id) && IsIdOrNothing(image.layer));
    }
  }
  const std::string file = BigDataFile(text.substr(0, 64));
  Require(file.empty() || file == text.substr(0, 64) || file[0] == '=');
  return 0;
}
