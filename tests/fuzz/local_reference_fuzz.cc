// Property: what is read names a file, never both a name and a digest, and
// reads as the same when it is written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "io/layout/local_reference.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto read = assay::LocalReference::Parse(input);
  if (!read) return 0;
  Require(assay::LocalReference::IsOne(input));
  Require(!read->path.empty());
  Require(read->name.empty() || !read->digest);
  Require(read->str() == input);
  const auto again = assay::LocalReference::Parse(read->str());
  Require(again && again->path == read->path && again->name == read->name);
  Require(again->digest == read->digest && again->kind == read->kind);
  return 0;
}
