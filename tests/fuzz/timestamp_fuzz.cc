// Property: no input is a time stamp of an authority whose key was thrown away
// over a message that it never saw.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/schemes/sigstore/trusted_root.h"

namespace {

const assay::TrustedRoot& Root() {
  static const assay::TrustedRoot root = [] {
    std::ifstream in(std::string(ASSAY_VECTORS_DIR) +
                     "/keyless-cosign31-v1-allow/trusted_root.json");
    std::ostringstream out;
    out << in.rdbuf();
    return assay::TrustedRoot::Parse(out.str()).value();
  }();
  return root;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  for (const auto& authority : Root().timestamp_authorities()) {
    if (authority.Verify(token, "a message nobody stamped")) std::abort();
  }
  return 0;
}
