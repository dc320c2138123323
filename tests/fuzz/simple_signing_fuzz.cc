// Property: a payload that reads at all names its digest in its bytes, and the
// same payload with anything before or after it does not read.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/schemes/simple_signing/payload.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

assay::Result<assay::SimpleSigning> Parse(const std::string& input) {
  return assay::SimpleSigning::Parse(input, assay::SimpleSigningType::kCosign);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const auto read = Parse(input);
  if (!read) return 0;
  // Escapes could spell the digest otherwise; without any it stands there.
  if (input.find('\\') == std::string::npos) {
    Require(input.find(read->manifest.str()) != std::string::npos);
  }
  Require(!Parse(input + "x"));
  Require(!Parse("[" + input + "]"));
  return 0;
}
