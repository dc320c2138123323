// The memory of hashed layers decides about trust: a text is either refused or
// exactly what writing its records yields.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "io/layers/layer_memory.h"

using namespace assay;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto records = ReadLayerRecords(text);
  if (records && WriteLayerRecords(*records) != text) std::abort();
  if (!records && records.error().reason != Reason::kFileUnreadable) {
    std::abort();
  }
  return 0;
}
