// Property: what is read of a list is of the image that was asked for, each
// name once, and no more of it than a lookaside store may have.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>

#include "base/limits.h"
#include "core/evidence/signature_list.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const assay::Digest image = assay::Digest::Of("");
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto list = assay::SignatureList::Parse(input, image);
  if (!list) return 0;
  std::set<std::string> names;
  Require(list->entries.size() <= assay::limits::kLookasideSignatures);
  for (const auto& [name, bytes] : list->entries) {
    Require(name.starts_with(image.str() + "@"));
    Require(names.insert(name).second);
    Require(!bytes.empty() &&
            bytes.size() <= assay::limits::kOpenpgpMessageBytes);
  }
  return 0;
}
