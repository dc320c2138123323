#include "core/trust/merkle.h"

namespace assay {
namespace {

constexpr std::string_view kLeafPrefix("\0", 1);
constexpr std::string_view kNodePrefix("\1", 1);

Digest Node(std::string_view left, std::string_view right) {
  Hasher hasher(HashAlgorithm::kSha256);
  hasher.Update(kNodePrefix);
  hasher.Update(left);
  hasher.Update(right);
  return hasher.Finish();
}

Error Invalid(std::string detail) {
  return Fail(Reason::kLogProofInvalid, std::move(detail));
}

}  // namespace

Digest MerkleLeaf(std::string_view bytes) {
  Hasher hasher(HashAlgorithm::kSha256);
  hasher.Update(kLeafPrefix);
  hasher.Update(bytes);
  return hasher.Finish();
}

// RFC 9162 section 2.1.3.2, with its names.
Status VerifyInclusion(const Digest& leaf, const InclusionPath& path,
                       std::string_view root) {
  if (path.index < 0 || path.index >= path.tree_size) {
    return Invalid("the entry's index is beyond the tree");
  }
  auto fn = static_cast<std::uint64_t>(path.index);
  auto sn = static_cast<std::uint64_t>(path.tree_size) - 1;
  std::string r = leaf.bytes();
  for (const std::string& p : path.hashes) {
    if (p.size() != kMerkleHashBytes) return Invalid("a hash of another size");
    if (sn == 0) return Invalid("the proof is too long");
    if ((fn & 1U) != 0 || fn == sn) {
      r = Node(p, r).bytes();
      while ((fn & 1U) == 0 && fn != 0) {
        fn >>= 1U;
        sn >>= 1U;
      }
    } else {
      r = Node(r, p).bytes();
    }
    fn >>= 1U;
    sn >>= 1U;
  }
  if (sn != 0) return Invalid("the proof is too short");
  if (r != root) return Invalid("the proof leads to another root");
  return Ok();
}

}  // namespace assay
