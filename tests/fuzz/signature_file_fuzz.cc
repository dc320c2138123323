// Property: what is read is one layer, whose bytes have its digest and size,
// and a file written from it anew reads as the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "base/json.h"
#include "io/layout/signature_file.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string Written(const assay::UntrustedArtifact& artifact) {
  const auto& layer = artifact.manifest->layers.front();
  assay::Json::Object annotations;
  for (const auto& [key, value] : layer.annotations) {
    annotations[key] = assay::Json(value);
  }
  const assay::Json json(assay::Json::Object{
      {"mimeType", assay::Json(layer.media_type)},
      {"payload",
       assay::Json(assay::Base64Encode(artifact.blobs.front().bytes))},
      {"annotations", assay::Json(std::move(annotations))}});
  return std::string("\0sigstore-json\n", 15) + json.Dump();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto target = assay::Digest::Of("image");
  const auto read = assay::ReadSignatureFile(input, target);
  if (!read || !*read) return 0;
  const auto& artifact = **read;
  Require(artifact.target == target && artifact.blobs.size() == 1);
  Require(artifact.manifest->layers.size() == 1);
  const auto& layer = artifact.manifest->layers.front();
  const std::string& bytes = artifact.blobs.front().bytes;
  Require(layer.digest.Matches(bytes));
  Require(layer.size == static_cast<std::int64_t>(bytes.size()));
  const auto again = assay::ReadSignatureFile(Written(artifact), target);
  Require(again && *again);
  Require((*again)->manifest->layers.front().annotations == layer.annotations);
  Require((*again)->blobs.front().bytes == bytes);
  return 0;
}
