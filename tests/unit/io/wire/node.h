// A node's file system in a temporary folder: the shim, some runtimes and one
// containerd configuration of the corpus.
#ifndef ASSAY_TESTS_UNIT_IO_WIRE_NODE_H_
#define ASSAY_TESTS_UNIT_IO_WIRE_NODE_H_

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "io/wire/wiring.h"

class Node {
 public:
  explicit Node(std::string_view config_text = "version = 2\n");
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();

  const std::string& root() const { return root_; }
  std::string Path(std::string_view below) const {
    return root_ + std::string(below);
  }
  std::string config() const { return Path("/etc/containerd/config.toml"); }
  assay::WireOptions Options() const;

  // "@ROOT@" in the text stands for the node's root.
  void Write(std::string_view below, std::string_view text) const;
  std::string Read(std::string_view below) const;
  void AddProgram(std::string_view below) const;
  // Every file and link below the root: path to content or "-> target".
  std::map<std::string, std::string> Snapshot() const;

 private:
  std::string root_;
};

// Somebody who listens at a socket of the node, and lets each look at it wait.
// Fails the test where that cannot be.
assay::UniqueFd Listen(const std::string& path, int type);

// The texts of tests/unit/io/wire/corpus by file name.
std::map<std::string, std::string> Corpus();

#endif  // ASSAY_TESTS_UNIT_IO_WIRE_NODE_H_
