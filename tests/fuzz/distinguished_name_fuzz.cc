// Property: a name that reads holds country, state and organization, and is
// within itself.
#include <cstdint>
#include <cstdlib>

#include "core/schemes/notation/distinguished_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto name = assay::DistinguishedName::Parse(text);
  if (!name) return 0;
  const std::string written = name->str();
  const bool whole = written.find("C=") != std::string::npos &&
                     written.find("ST=") != std::string::npos &&
                     written.find("O=") != std::string::npos;
  if (!whole || !name->IsWithin(*name)) std::abort();
  return 0;
}
