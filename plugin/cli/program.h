// A program of the command line: its main() with its table of commands.
#ifndef ASSAY_CLI_PROGRAM_H_
#define ASSAY_CLI_PROGRAM_H_

#include <span>

#include "cli/command.h"

namespace assay {

// Runs what the arguments of main() name, on this process's terminal; returns
// what main() is to return.
int RunProgram(std::span<const Command* const> commands, int argc,
               char* argv[]);

}  // namespace assay

#endif  // ASSAY_CLI_PROGRAM_H_
