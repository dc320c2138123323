// The tree that a layer's archive unpacks to: whatever the archive says, every
// name in it is one component of a path, and it is no deeper than the limit.
#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/limits.h"
#include "io/rootfs/layer_tree.h"
#include "tests/support/memory_source.h"

using namespace assay;
using namespace assay::testing;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckBelow(const TreeNode& node, std::size_t depth) {
  Require(depth <= limits::kLayerDepth + 1);
  Require(node.facts != nullptr);
  Require(node.children.empty() || S_ISDIR(node.facts->type));
  for (const auto& [name, child] : node.children) {
    Require(!name.empty() && name != "." && name != "..");
    Require(name.find('/') == std::string::npos);
    Require(name.find('\0') == std::string::npos);
    CheckBelow(*child, depth + 1);
  }
}

void Unpack(const std::string& bytes, LayerTree::Place place) {
  LayerTree tree(place, [](const std::string& path) {
    Require(!path.empty() && path.front() != '/');
    return std::optional<FileFacts>();
  });
  TarStream stream(std::make_unique<MemorySource>(bytes));
  for (;;) {
    const auto entry = stream.Next();
    if (!entry || !*entry) break;
    const auto facts = tree.Apply(**entry);
    if (facts) continue;
    Require(facts.error().reason == Reason::kRootfsUnsupported);
    break;
  }
  CheckBelow(tree.root(), 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  Unpack(bytes, LayerTree::Place::kLowest);
  Unpack(bytes, LayerTree::Place::kAbove);
  return 0;
}
