// Runs a fuzz target without libFuzzer: every file of the corpus folders
// given, and of each file its shorter forms and a fixed series of damaged
// ones. The same inputs every time, so a failure repeats. An empty corpus is
// a failure: a replay that replays nothing must not pass.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace {

constexpr std::size_t kDamagedForms = 6000;  // about, of a whole corpus
constexpr std::size_t kMostOfOneFile = 2000;

void RunOne(const std::string& input) {
  // A copy of the exact size, so that a read past the end is seen.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

void RunDamaged(const std::string& input, std::size_t forms) {
  const std::size_t step = std::max<std::size_t>(
      1, input.size() * 4 / forms);  // four forms a position
  for (std::size_t at = 0; at < input.size(); at += step) {
    RunOne(input.substr(0, at));
    for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
      std::string damaged = input;
      damaged[at] =
          static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ flip);
      RunOne(damaged);
    }
  }
  RunOne(input + '\0');
  RunOne(input + input);
}

std::vector<std::filesystem::path> FilesOf(const std::filesystem::path& where) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(where, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char* argv[]) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    const auto more = FilesOf(argv[i]);
    files.insert(files.end(), more.begin(), more.end());
  }
  RunOne({});
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) {
      std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
      return 1;
    }
    RunOne(input);
    RunDamaged(input, std::min(kMostOfOneFile, kDamagedForms / files.size()));
  }
  std::printf("%zu inputs replayed\n", files.size());
  return files.empty() ? 1 : 0;
}
