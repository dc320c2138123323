#include "cli/program.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/frame.h"

namespace assay {
namespace {

// The conventions of no-color.org and of terminfo's "dumb".
bool WantsColor() {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* term = std::getenv("TERM");
  if (term == nullptr || std::string_view(term) == "dumb") return false;
  return ::isatty(STDOUT_FILENO) == 1;
}

}  // namespace

int RunProgram(std::span<const Command* const> commands, int argc,
               char* argv[]) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  const Terminal terminal{std::cout, std::cerr, WantsColor()};
  const ExitCode code = Frame(commands).Run(words, terminal);
  std::cout.flush();
  // A result that nobody could read is no success: `assay ... >/dev/full`.
  if (!std::cout) return static_cast<int>(ExitCode::kUndetermined);
  return static_cast<int>(code);
}

}  // namespace assay
