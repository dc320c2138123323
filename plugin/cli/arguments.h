// ArgumentParser holds a command line against the options of a command.
#ifndef ASSAY_CLI_ARGUMENTS_H_
#define ASSAY_CLI_ARGUMENTS_H_

#include "cli/command.h"

namespace assay {

// Options every command has, before or after its name.
std::span<const Option> GlobalOptions();

class ArgumentParser {
 public:
  explicit ArgumentParser(std::span<const Option> options)
      : options_(options) {}

  // Every word is an option of `options` or of GlobalOptions(), or an operand;
  // after "--" every word is an operand. Errors: kUsage, with the nearest known
  // option where one is near.
  Result<Arguments> Parse(std::span<const std::string> words) const;

 private:
  // Moves one option with its value from `words` to `arguments`.
  Status TakeOption(std::span<const std::string>& words,
                    Arguments& arguments) const;
  const Option* Find(std::string_view word) const;
  Error Unknown(std::string_view word) const;

  std::span<const Option> options_;
};

}  // namespace assay

#endif  // ASSAY_CLI_ARGUMENTS_H_
