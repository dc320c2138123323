// Property: a checkpoint that reads has a body that ends its lines, a root of
// 32 bytes and a signature, and the body stands at the note's beginning.
#include <cstdint>
#include <cstdlib>

#include "core/trust/checkpoint.h"
#include "core/trust/merkle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view note(reinterpret_cast<const char*>(data), size);
  const auto read = assay::Checkpoint::Parse(note);
  if (!read) return 0;
  const bool holds = read->body.ends_with('\n') &&
                     note.starts_with(read->body) && read->tree_size >= 0 &&
                     read->root.size() == assay::kMerkleHashBytes &&
                     !read->signatures.empty() && !read->origin.empty();
  if (!holds) std::abort();
  return 0;
}
