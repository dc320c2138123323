// Property: whatever reads as a key is of an accepted kind, reads from its own
// DER to the same key, and verifies no signature made up from the input.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/trust/public_key.h"

namespace {

using assay::HashAlgorithm;
using assay::Padding;

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto keys = assay::PublicKey::ParseFile(input);
  if (!keys) {
    Require(keys.error().reason == assay::Reason::kKeyMalformed ||
            keys.error().reason == assay::Reason::kKeyUnsupported);
    return 0;
  }
  Require(!keys->empty());
  for (const auto& key : *keys) {
    Require(assay::KeyKindName(key.kind()) != "unknown");
    const auto again = assay::PublicKey::ParseDer(key.spki());
    Require(again && again->fingerprint() == key.fingerprint() &&
            again->kind() == key.kind());
    for (const auto padding : {Padding::kPkcs1, Padding::kPss}) {
      for (const bool prehashed : {false, true}) {
        Require(!key.Verify({HashAlgorithm::kSha256, padding, prehashed},
                            "message", input));
      }
    }
  }
  return 0;
}
