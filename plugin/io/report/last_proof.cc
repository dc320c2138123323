#include "io/report/last_proof.h"

#include "base/json.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::size_t kProofBytes = 64U << 10;

}  // namespace

std::optional<Time> LastProof(const Paths& paths) {
  const auto bytes = ReadFile(paths.Proof(), kProofBytes);
  if (!bytes) return std::nullopt;
  const auto proof = Json::Parse(*bytes);
  const std::int64_t* at = proof ? proof->FindInt("proven_at") : nullptr;
  if (at == nullptr) return std::nullopt;
  return Time{std::chrono::seconds(*at)};
}

}  // namespace assay
