#include "cli/node_program.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

namespace assay {

Error BecomeNodeProgram(std::span<const std::string> words) {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure) {
    return Fail(Reason::kFileUnreadable,
                "/proc/self/exe: " + failure.message());
  }
  std::vector<std::string> line = {"assay"};
  line.insert(line.end(), words.begin(), words.end());
  std::vector<char*> argv;
  argv.reserve(line.size() + 1);
  for (std::string& word : line) argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto folder = self.parent_path();
  const auto installed = folder.parent_path() / "lib/assay/assay-node";
  ::execv((folder / "assay-node").c_str(), argv.data());
  ::execv(installed.c_str(), argv.data());
  return Fail(Reason::kFileUnreadable,
              installed.string() + ": " + std::strerror(errno));
}

}  // namespace assay
