// Property: a statement that reads has subjects, each with digests, and a
// subject names a digest only where its hex stands in the input.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/sigstore/statement.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto read = assay::Statement::Parse(input);
  if (!read) return 0;
  Require(!read->subjects.empty());
  Require(read->subjects.size() <= assay::limits::kStatementSubjects);
  // Escapes could spell it otherwise; without any it stands there.
  const bool escaped = input.find('\\') != std::string::npos;
  Require(escaped || input.find(read->predicate_type) != std::string::npos);
  const auto absent = assay::Digest::Of(input);
  for (const auto& subject : read->subjects) {
    Require(!subject.digests.empty());
    Require(!subject.Names(absent));
    for (const auto& [algorithm, hex] : subject.digests) {
      Require(assay::HexDecode(hex).has_value());
      Require(escaped || input.find(hex) != std::string::npos);
    }
  }
  return 0;
}
