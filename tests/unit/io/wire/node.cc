#include "tests/unit/io/wire/node.h"

#include <stdlib.h>  // NOLINT: mkdtemp
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/catch.h"

namespace fs = std::filesystem;

namespace {

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

Node::Node(std::string_view config_text) {
  std::string pattern = (fs::temp_directory_path() / "assay-wire.XXXXXX");
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  root_ = pattern;
  AddProgram("/usr/lib/assay/assay-shim");
  AddProgram("/usr/sbin/runc");
  AddProgram("/usr/bin/crun");
  AddProgram("/usr/bin/nvidia-container-runtime");
  Write("/etc/containerd/config.toml", config_text);
}

Node::~Node() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

assay::WireOptions Node::Options() const {
  auto options = assay::WireOptions::For(assay::Paths(root_));
  options.search_path = {Path("/usr/sbin"), Path("/usr/bin")};
  return options;
}

void Node::Write(std::string_view below, std::string_view text) const {
  std::string content(text);
  for (std::size_t at = 0;
       (at = content.find("@ROOT@", at)) != std::string::npos;) {
    content.replace(at, 6, root_);
  }
  const fs::path path = Path(below);
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

std::string Node::Read(std::string_view below) const {
  return ReadAll(Path(below));
}

void Node::AddProgram(std::string_view below) const {
  Write(below, std::string(below));
  fs::permissions(Path(below), fs::perms(0755));
}

std::map<std::string, std::string> Node::Snapshot() const {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(root_)) {
    const std::string path = entry.path().string().substr(root_.size());
    if (entry.is_symlink()) {
      all[path] = "-> " + fs::read_symlink(entry.path()).string();
    } else if (entry.is_regular_file()) {
      all[path] = ReadAll(entry.path());
    }
  }
  return all;
}

std::map<std::string, std::string> Corpus() {
  std::map<std::string, std::string> texts;
  for (const auto& entry : fs::directory_iterator(ASSAY_WIRE_CORPUS)) {
    texts[entry.path().filename().string()] = ReadAll(entry.path());
  }
  return texts;
}

assay::UniqueFd Listen(const std::string& path, int type) {
  fs::create_directories(fs::path(path).parent_path());
  assay::UniqueFd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                 sizeof address) == 0);
  REQUIRE(::listen(fd.get(), 16) == 0);  // each look stays queued
  return fd;
}
