// Stands for assay-decide: answers on the descriptor it was started with, in
// the manner that the file ROOT/decide names, and notes how it was started.
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/integration/shim/answerer.h"

namespace {

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 3 || std::string(argv[1]) != "--root") return 2;
  const std::string root = argv[2];
  std::string variables;
  for (char** each = environ; *each != nullptr; ++each)
    variables += std::string(*each) + "\n";
  std::ofstream(root + "/decider-environment") << variables;
  const auto asked = assay::test::Answer(assay::UniqueFd(ASSAY_ASK_DECIDER_FD),
                                         Contents(root + "/decide"));
  return asked.problem == assay::Reason::kUnspecified ? 0 : 1;
}
