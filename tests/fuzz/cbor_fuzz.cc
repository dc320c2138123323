// Property: one text alone stands for a value, so what is read and written
// again is the same bytes.
#include <cstdint>
#include <cstdlib>

#include "core/schemes/notation/cbor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto read = assay::Cbor::Parse(bytes);
  if (read && read->Encode() != bytes) std::abort();
  return 0;
}
