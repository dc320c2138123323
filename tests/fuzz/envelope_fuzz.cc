// Property: an envelope that reads, in either form, says who made it and when,
// and its payload is within what was signed.
#include <cstdint>
#include <cstdlib>

#include "core/schemes/notation/envelope.h"

namespace {

void Check(std::string_view media_type, std::string_view bytes) {
  const auto read = assay::ParseEnvelope(media_type, bytes);
  if (!read) return;
  const bool whole = !read->chain.empty() && !read->signed_bytes.empty() &&
                     read->scheme != assay::SigningScheme::kUnknown &&
                     read->algorithm != assay::EnvelopeAlgorithm::kUnknown &&
                     (!read->expiry || read->signing_time < *read->expiry);
  const bool inside = media_type == assay::kJwsMediaType ||
                      read->signed_bytes.ends_with(read->payload);
  if (!whole || !inside) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Check(assay::kJwsMediaType, bytes);
  Check(assay::kCoseMediaType, bytes);
  return 0;
}
