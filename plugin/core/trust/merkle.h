// Merkle trees of transparency logs (RFC 6962 section 2.1, RFC 9162 section
// 2.1.3), over SHA-256.
#ifndef ASSAY_CORE_TRUST_MERKLE_H_
#define ASSAY_CORE_TRUST_MERKLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

inline constexpr std::size_t kMerkleHashBytes = 32;

// The hash of a leaf that holds these bytes.
Digest MerkleLeaf(std::string_view bytes);

// A leaf's way to the root of a tree.
struct InclusionPath {
  std::int64_t index = 0;
  std::int64_t tree_size = 0;
  std::vector<std::string> hashes;  // raw, from the leaf upward
};

// Errors: kLogProofInvalid, also for a path that is longer or shorter than the
// one way through a tree of this size.
Status VerifyInclusion(const Digest& leaf, const InclusionPath& path,
                       std::string_view root);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_MERKLE_H_
