// What a command of `assay` is: one row of a table that the parser, --help,
// the man pages' test and the shell completion all read, and one function.
//
// To add a command: write NAME_command.{h,cc} with `extern const Command
// kNameCommand`, and name it in commands.cc. Nothing else knows of it.
#ifndef ASSAY_CLI_COMMAND_H_
#define ASSAY_CLI_COMMAND_H_

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/paths.h"
#include "base/reason.h"
#include "base/result.h"

namespace assay {

// The exit codes of every command: the contract with scripts.
enum class ExitCode : int {
  kAccepted = 0,      // accepted, or done
  kRejected = 1,      // the policy says no; doctor: something does not enforce
  kUsage = 2,         // the command line or a configuration file is wrong
  kUndetermined = 3,  // could not tell
};

// One option, written --name or --name VALUE or --name=VALUE.
struct Option {
  std::string_view name;   // without dashes
  std::string_view value;  // what stands for the value in help; "" = a switch
  std::string_view help;   // one line, no final stop
  bool repeatable = false;
};

// The command line of one command, already held against its Options: nothing
// in it is unknown, and nothing that is not repeatable is there twice.
class Arguments {
 public:
  bool Has(std::string_view option) const;
  // The value of an option; `otherwise` when it is not given.
  std::string Value(std::string_view option,
                    std::string_view otherwise = {}) const;
  std::vector<std::string> Values(std::string_view option) const;
  const std::vector<std::string>& operands() const { return operands_; }

 private:
  friend class ArgumentParser;
  struct Given {
    std::string name;
    std::string value;
  };
  std::vector<Given> options_;
  std::vector<std::string> operands_;
};

// What a command runs in. Borrowed for the length of the command.
struct Context {
  Paths paths;        // moved by --root
  std::ostream& out;  // results
  std::ostream& err;  // messages
  bool color = false;
  bool json = false;  // one JSON object on `out` instead of text
};

struct Command {
  std::string_view name;      // "verify", "policy check"
  std::string_view operands;  // "REF", "[FILE ...]", "" when there are none
  std::size_t operands_least = 0;
  std::size_t operands_most = 0;
  std::string_view help;     // one line, no final stop
  std::string_view details;  // paragraphs of --help, plain text, 80 columns
  std::span<const Option> options;
  // Without one, the program assay-node runs the command (node_program.h).
  ExitCode (*run)(Context& context, const Arguments& arguments) = nullptr;
  bool hidden = false;  // not in the list of commands
};

// The exit code that stands for a failure of this reason.
ExitCode ExitFor(Reason reason);

// Prints a failure and its remedy ("assay: reason-id: sentence: detail", then
// "  next: remedy"), or with --json the object {"ending","reason","detail",
// "next"}; returns the exit code for it.
ExitCode PrintError(Context& context, const Error& error);

// Prints one JSON object and a new line.
void PrintJson(Context& context, Json::Object object);

Json::Array JsonStrings(const std::vector<std::string>& texts);

}  // namespace assay

#endif  // ASSAY_CLI_COMMAND_H_
