// The program that holds gRPC, for the commands that ask the daemon. The others
// start in a fraction of the time and of the memory without it.
#ifndef ASSAY_CLI_NODE_PROGRAM_H_
#define ASSAY_CLI_NODE_PROGRAM_H_

#include <span>
#include <string>

#include "base/result.h"

namespace assay {

// Replaces this process by assay-node, to run the same command line. It is
// looked for beside the file of this program, as a build leaves it, then in
// ../lib/assay from there, as a package does; never in PATH. Returns only when
// that fails: kFileUnreadable.
Error BecomeNodeProgram(std::span<const std::string> words);

}  // namespace assay

#endif  // ASSAY_CLI_NODE_PROGRAM_H_
