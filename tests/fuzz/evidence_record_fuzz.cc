// A record of the evidence store: whatever is read back from it, written and
// read again, is the same, and entries of other images never come out.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "io/evidence/target_record.h"

using namespace assay;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const Digest kTarget = Digest::Of("an image");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const TargetRecord record = ReadTargetRecord(text, kTarget);
  for (const ArtifactRecord& artifact : record.artifacts) {
    if (artifact.target != kTarget) std::abort();
    if (artifact.origin == ArtifactOrigin::kUnknown) std::abort();
  }
  const std::string written = WriteTargetRecord(record.artifacts);
  const TargetRecord again = ReadTargetRecord(written, kTarget);
  if (!again.dropped.empty()) std::abort();
  if (WriteTargetRecord(again.artifacts) != written) std::abort();
  return 0;
}
