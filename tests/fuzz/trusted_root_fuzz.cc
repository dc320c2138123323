// Property: a root that reads finds each of its logs by its id, and ids are 32
// bytes; one that does not gives one reason.
#include <cstdint>
#include <cstdlib>

#include "core/schemes/sigstore/trusted_root.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const auto root = assay::TrustedRoot::Parse(json);
  if (!root) {
    if (root.error().reason != assay::Reason::kTrustedRootMalformed) {
      std::abort();
    }
    return 0;
  }
  for (const auto& log : root->logs()) {
    if (log.id().size() != 32 || root->FindLog(log.id()) != &log) std::abort();
  }
  return 0;
}
