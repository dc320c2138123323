// Property: the way of a leaf to its tree's root holds, and for nothing else:
// not for another leaf, place or root, nor with a hash more, less or changed.
// Ways made of the input alone lead only where RFC 6962 says they lead.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/trust/merkle.h"
#include "tests/fuzz/recorded.h"

namespace {

using assay::Digest;
using assay::InclusionPath;
using assay::fuzz::Flip;
using assay::fuzz::Require;

constexpr std::size_t kMostLeaves = 40;

std::string Node(const std::string& left, const std::string& right) {
  return Digest::Of("\1" + left + right).bytes();
}

// RFC 6962 section 2.1: the split is the largest power of two below the size.
std::size_t Split(std::size_t size) {
  std::size_t split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

// MTH of section 2.1, PATH of section 2.1.1, over leaf hashes.
std::string Root(const std::vector<std::string>& leaves) {
  if (leaves.size() == 1) return leaves.front();
  const auto middle =
      leaves.begin() + static_cast<std::ptrdiff_t>(Split(leaves.size()));
  return Node(Root({leaves.begin(), middle}), Root({middle, leaves.end()}));
}

std::vector<std::string> Path(std::size_t index,
                              const std::vector<std::string>& leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t split = Split(leaves.size());
  const auto middle = leaves.begin() + static_cast<std::ptrdiff_t>(split);
  const std::vector<std::string> left(leaves.begin(), middle);
  const std::vector<std::string> right(middle, leaves.end());
  auto path = index < split ? Path(index, left) : Path(index - split, right);
  path.push_back(Root(index < split ? right : left));
  return path;
}

// The root that a way leads to, from the top down; "" where the tree has no
// such way.
std::string Lead(std::uint64_t index, std::uint64_t size,
                 const std::string& leaf, std::vector<std::string> path) {
  if (size == 1) return path.empty() ? leaf : "";
  if (path.empty()) return "";
  const std::uint64_t split = Split(size);
  const std::string beside = path.back();
  path.pop_back();
  const bool left = index < split;
  const auto below = Lead(left ? index : index - split,
                          left ? split : size - split, leaf, std::move(path));
  if (below.empty()) return "";
  return left ? Node(below, beside) : Node(beside, below);
}

// Distinct leaves of the input, their hashes as a log makes them.
void RequireOnlyHonest(std::string_view input, std::size_t count,
                       std::size_t index) {
  std::vector<std::string> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(
        assay::MerkleLeaf(std::to_string(i) + std::string(input)).bytes());
  }
  const auto leaf = [&](std::size_t i) {
    return assay::MerkleLeaf(std::to_string(i) + std::string(input));
  };
  const std::string root = Root(leaves);
  InclusionPath path{static_cast<std::int64_t>(index),
                     static_cast<std::int64_t>(count), Path(index, leaves)};
  Require(assay::VerifyInclusion(leaf(index), path, root).has_value());
  Require(!assay::VerifyInclusion(leaf(index), path, Flip(root, input.size())));
  Require(!assay::VerifyInclusion(leaf(count), path, root));
  for (std::size_t i = 0; i < count; ++i) {
    if (i == index) continue;
    Require(!assay::VerifyInclusion(leaf(i), path, root));
    path.index = static_cast<std::int64_t>(i);
    Require(!assay::VerifyInclusion(leaf(index), path, root));
    path.index = static_cast<std::int64_t>(index);
  }
  for (auto& hash : path.hashes) {
    const auto kept = hash;
    hash = Flip(hash, input.size());
    Require(!assay::VerifyInclusion(leaf(index), path, root));
    hash = kept;
  }
  path.hashes.push_back(root);
  Require(!assay::VerifyInclusion(leaf(index), path, root));
  path.hashes.resize(path.hashes.size() - 1);
  if (path.hashes.empty()) return;
  path.hashes.pop_back();
  Require(!assay::VerifyInclusion(leaf(index), path, root));
}

std::int64_t TakeNumber(std::string_view& input) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8 && i < input.size(); ++i) {
    number = number << 8U | static_cast<unsigned char>(input[i]);
  }
  input.remove_prefix(std::min<std::size_t>(8, input.size()));
  return static_cast<std::int64_t>(number);
}

// Index, size, then hashes of 32 bytes; what is left over is one too short.
void RequireLed(std::string_view input) {
  InclusionPath path{TakeNumber(input), TakeNumber(input), {}};
  const Digest leaf = assay::MerkleLeaf(input);
  bool whole = true;
  while (!input.empty()) {
    path.hashes.emplace_back(input.substr(0, assay::kMerkleHashBytes));
    whole = whole && path.hashes.back().size() == assay::kMerkleHashBytes;
    input.remove_prefix(path.hashes.back().size());
  }
  Require(!assay::VerifyInclusion(leaf, path, ""));
  const bool in_tree = path.index >= 0 && path.index < path.tree_size;
  const auto root = in_tree ? Lead(static_cast<std::uint64_t>(path.index),
                                   static_cast<std::uint64_t>(path.tree_size),
                                   leaf.bytes(), path.hashes)
                            : "";
  const auto found = assay::VerifyInclusion(leaf, path, root);
  Require(found.has_value() == (whole && !root.empty()));
  Require(found.has_value() ||
          found.error().reason == assay::Reason::kLogProofInvalid);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  RequireLed(input);
  if (size < 2) return 0;
  const std::size_t count = data[0] % kMostLeaves + 1;
  RequireOnlyHonest(input.substr(2), count, data[1] % count);
  return 0;
}
