// The frame around the commands: finds the command of a command line, parses
// its options, answers --help and --version, and turns what comes out into an
// exit code.
#ifndef ASSAY_CLI_FRAME_H_
#define ASSAY_CLI_FRAME_H_

#include "cli/command.h"

namespace assay {

struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool color = false;  // what --color=auto means
};

class Frame {
 public:
  explicit Frame(std::span<const Command* const> commands)
      : commands_(commands) {}

  // `words` are the arguments after the program's name. Never throws.
  ExitCode Run(std::span<const std::string> words,
               const Terminal& terminal) const;

  // The text of --help of one command.
  static std::string Help(const Command& command);
  // The text of `assay --help`, or of one group ("policy").
  std::string List(std::string_view group = {}) const;

 private:
  struct Found;

  ExitCode RunChecked(std::span<const std::string> words,
                      const Terminal& terminal) const;
  Result<Found> Find(std::span<const std::string> words) const;
  const Command* Named(std::string_view name) const;
  bool IsGroup(std::string_view word) const;
  Error Unknown(std::string_view name) const;

  std::span<const Command* const> commands_;
};

}  // namespace assay

#endif  // ASSAY_CLI_FRAME_H_
