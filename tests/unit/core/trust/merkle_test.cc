#include "core/trust/merkle.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

std::string Node(const std::string& left, const std::string& right) {
  return Digest::Of(std::string("\1", 1) + left + right).bytes();
}

// RFC 6962 section 2.1, word for word; slow and plain.
std::size_t Split(std::size_t size) {
  std::size_t k = 1;
  while (2 * k < size) k *= 2;
  return k;
}

using Leaves = std::vector<std::string>;

std::string Root(const Leaves& leaves) {
  if (leaves.size() == 1) return leaves.front();
  const auto k =
      leaves.begin() + static_cast<std::ptrdiff_t>(Split(leaves.size()));
  return Node(Root({leaves.begin(), k}), Root({k, leaves.end()}));
}

Leaves Path(std::size_t m, const Leaves& leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t k = Split(leaves.size());
  const auto at = leaves.begin() + static_cast<std::ptrdiff_t>(k);
  const Leaves left(leaves.begin(), at);
  const Leaves right(at, leaves.end());
  Leaves path = m < k ? Path(m, left) : Path(m - k, right);
  path.push_back(Root(m < k ? right : left));
  return path;
}

Leaves Tree(std::size_t size) {
  Leaves leaves;
  for (std::size_t i = 0; i < size; ++i) {
    leaves.push_back(MerkleLeaf(std::to_string(i)).bytes());
  }
  return leaves;
}

Reason ReasonOf(const Digest& leaf, const InclusionPath& path,
                const std::string& root) {
  const auto status = VerifyInclusion(leaf, path, root);
  return status ? Reason::kSigned : status.error().reason;
}

TEST_CASE("the hash of a leaf is RFC 6962's") {
  CHECK(MerkleLeaf("").hex() ==
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST_CASE("every leaf of every small tree is found, and nowhere else") {
  for (std::size_t size = 1; size <= 17; ++size) {
    const Leaves leaves = Tree(size);
    const auto root = Root(leaves);
    for (std::size_t m = 0; m < size; ++m) {
      CAPTURE(size, m);
      const auto leaf = MerkleLeaf(std::to_string(m));
      InclusionPath path{static_cast<std::int64_t>(m),
                         static_cast<std::int64_t>(size), Path(m, leaves)};
      CHECK(ReasonOf(leaf, path, root) == Reason::kSigned);
      CHECK(ReasonOf(MerkleLeaf("x"), path, root) == Reason::kLogProofInvalid);
      CHECK(ReasonOf(leaf, path, leaf.bytes() + "x") ==
            Reason::kLogProofInvalid);
      for (std::size_t other = 0; other < size; ++other) {
        path.index = static_cast<std::int64_t>(other);
        CHECK((ReasonOf(leaf, path, root) == Reason::kSigned) == (other == m));
      }
    }
  }
}

TEST_CASE("a path of another shape proves nothing") {
  const Leaves leaves = Tree(5);
  const auto root = Root(leaves);
  const auto leaf = MerkleLeaf("2");
  const InclusionPath good{2, 5, Path(2, leaves)};
  const auto bent = [&](auto change) {
    auto path = good;
    change(path);
    return ReasonOf(leaf, path, root);
  };
  CHECK(bent([](auto&) {}) == Reason::kSigned);
  CHECK(bent([](auto& p) { p.hashes.pop_back(); }) == Reason::kLogProofInvalid);
  CHECK(bent([](auto& p) { p.hashes.push_back(p.hashes[0]); }) ==
        Reason::kLogProofInvalid);
  CHECK(bent([](auto& p) { p.hashes[0].pop_back(); }) ==
        Reason::kLogProofInvalid);
  CHECK(bent([](auto& p) { p.hashes[1][0] ^= 1; }) == Reason::kLogProofInvalid);
  CHECK(bent([](auto& p) { p.index = -1; }) == Reason::kLogProofInvalid);
  CHECK(bent([](auto& p) { p.index = 5; }) == Reason::kLogProofInvalid);
  CHECK(bent([](auto& p) { p.tree_size = 0; }) == Reason::kLogProofInvalid);
  CHECK(bent([](auto& p) { p.tree_size = INT64_MAX; }) ==
        Reason::kLogProofInvalid);
}

}  // namespace
}  // namespace assay
