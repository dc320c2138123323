// Property: what reads as exported attestations has what it is read for, does
// not read with anything behind it, and a payload that reads names its digest
// in its bytes.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/limits.h"
#include "core/schemes/detached/binary_authorization.h"
#include "core/schemes/simple_signing/payload.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

assay::Result<assay::SimpleSigning> Attested(const std::string& payload) {
  return assay::SimpleSigning::Parse(
      payload, assay::SimpleSigningType::kBinaryAuthorization);
}

void CheckPayload(const std::string& payload) {
  const auto attested = Attested(payload);
  if (!attested) return;
  if (payload.find('\\') == std::string::npos) {
    Require(payload.find(attested->manifest.str()) != std::string::npos);
  }
  Require(!Attested(payload + "x"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  CheckPayload(input);
  const auto attestations = assay::ReadAttestations(input);
  if (!attestations) return 0;
  std::size_t signatures = 0;
  for (const auto& one : *attestations) {
    Require(!one.payload.empty());
    signatures += one.signatures.size();
    for (const auto& signature : one.signatures) {
      Require(!signature.bytes.empty());
    }
    CheckPayload(one.payload);
  }
  Require(signatures <= assay::limits::kSignatureLayers);
  Require(!assay::ReadAttestations(input + "x"));
  return 0;
}
