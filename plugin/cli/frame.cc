#include "cli/frame.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <ostream>
#include <set>

#include "base/bytes.h"
#include "base/toml.h"
#include "cli/arguments.h"
#include "cli/node_program.h"
#include "cli/table.h"

namespace assay {

// The command a line names: `command`, or a `group` of commands, or neither.
struct Frame::Found {
  const Command* command = nullptr;
  std::string group;
  std::vector<std::string> rest;  // the line without the command's name
};

namespace {

std::string OptionsText(std::span<const Option> options) {
  std::string text;
  constexpr std::size_t kColumn = 26;
  for (const Option& option : options) {
    std::string line = "  --" + std::string(option.name);
    if (!option.value.empty()) line.append(" ").append(option.value);
    line.resize(std::max(line.size() + 2, kColumn), ' ');
    text.append(line).append(option.help).append("\n");
  }
  return text;
}

Result<std::string> ReadRoot(const Arguments& arguments) {
  if (!arguments.Has("root")) return std::string();
  const std::string given = arguments.Value("root");
  if (given.empty()) return Fail(Reason::kUsage, "--root is empty");
  std::string root =
      std::filesystem::absolute(given).lexically_normal().string();
  while (root.ends_with('/')) root.pop_back();
  return root;
}

Result<bool> ReadColor(const Arguments& arguments, bool automatic) {
  const std::string when = arguments.Value("color", "auto");
  if (when == "auto") return automatic;
  if (when == "always") return true;
  if (when == "never") return false;
  return Fail(Reason::kUsage,
              "--color is auto, always or never, not " + Printable(when));
}

Status CheckOperands(const Command& command, const Arguments& arguments) {
  const std::size_t count = arguments.operands().size();
  if (count < command.operands_least) {
    return Fail(Reason::kUsage, std::string(command.name) + " needs " +
                                    std::string(command.operands));
  }
  if (count > command.operands_most) {
    return Fail(Reason::kUsage, "one operand too many: " +
                                    Printable(arguments.operands().back()));
  }
  return Ok();
}

}  // namespace

ExitCode Frame::Run(std::span<const std::string> words,
                    const Terminal& terminal) const {
  Context plain{Paths(), terminal.out, terminal.err, terminal.color};
  try {
    return RunChecked(words, terminal);
  } catch (const std::exception& failure) {
    return PrintError(plain, Fail(Reason::kInternal, failure.what()));
  }
}

ExitCode Frame::RunChecked(std::span<const std::string> words,
                           const Terminal& terminal) const {
  // Before anything is parsed: failures of parsing honour --json too.
  const bool json =
      std::find(words.begin(), words.end(), "--json") != words.end();
  Context early{Paths(), terminal.out, terminal.err, terminal.color, json};
  const auto found = Find(words);
  if (!found) return PrintError(early, found.error());
  const Command* command = found->command;
  const auto arguments =
      ArgumentParser(command ? command->options : std::span<const Option>())
          .Parse(found->rest);
  if (!arguments) return PrintError(early, arguments.error());
  if (arguments->Has("help")) {
    terminal.out << (command ? Help(*command) : List(found->group));
    return ExitCode::kAccepted;
  }
  if (arguments->Has("version")) {
    terminal.out << "assay " ASSAY_VERSION "\n";
    return ExitCode::kAccepted;
  }
  if (command == nullptr) {
    terminal.err << List(found->group);
    return ExitCode::kUsage;
  }
  if (auto checked = CheckOperands(*command, *arguments); !checked) {
    return PrintError(early, checked.error());
  }
  const auto root = ReadRoot(*arguments);
  if (!root) return PrintError(early, root.error());
  const auto color = ReadColor(*arguments, terminal.color);
  if (!color) return PrintError(early, color.error());
  Context context{Paths(*root), terminal.out, terminal.err, *color, json};
  if (command->run == nullptr) {
    return PrintError(context, BecomeNodeProgram(words));
  }
  return command->run(context, *arguments);
}

// The name may stand after global options; it is the first word or the first
// two words that are no option and no option's value.
Result<Frame::Found> Frame::Find(std::span<const std::string> words) const {
  Found found;
  std::string name;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool done = found.command != nullptr;
    if (done || (word.size() > 1 && word[0] == '-')) {
      found.rest.push_back(word);
      const bool takes_value = word == "--root" || word == "--color";
      if (!done && takes_value && i + 1 < words.size()) {
        found.rest.push_back(words[++i]);
      }
      continue;
    }
    name = found.group.empty() ? word : found.group + " " + word;
    found.command = Named(name);
    if (found.command != nullptr) continue;
    if (!found.group.empty() || !IsGroup(word)) return Unknown(name);
    found.group = word;
  }
  return found;
}

const Command* Frame::Named(std::string_view name) const {
  for (const Command* command : commands_) {
    if (command->name == name) return command;
  }
  return nullptr;
}

bool Frame::IsGroup(std::string_view word) const {
  for (const Command* command : commands_) {
    if (command->name.starts_with(std::string(word) + " ")) return true;
  }
  return false;
}

Error Frame::Unknown(std::string_view name) const {
  std::set<std::string, std::less<>> known;
  for (const Command* command : commands_) {
    known.emplace(command->name);
    known.emplace(command->name.substr(0, command->name.find(' ')));
  }
  std::string message = "unknown command " + Printable(name);
  const std::string near = NearMiss(name, known);
  if (!near.empty()) message += "; did you mean " + near + "?";
  return Fail(Reason::kUsage, std::move(message));
}

std::string Frame::Help(const Command& command) {
  std::string text = "Usage: assay " + std::string(command.name);
  if (!command.options.empty()) text += " [OPTION ...]";
  if (!command.operands.empty()) text.append(" ").append(command.operands);
  text.append("\n\n").append(command.help).append(".\n");
  if (!command.details.empty()) text.append("\n").append(command.details);
  if (!command.options.empty()) {
    text.append("\nOptions:\n").append(OptionsText(command.options));
  }
  text.append("\nOptions of every command:\n");
  return text.append(OptionsText(GlobalOptions()));
}

std::string Frame::List(std::string_view group) const {
  std::string text = "Usage: assay ";
  if (!group.empty()) text.append(group).append(" ");
  text += "COMMAND [OPTION ...]\n\nCommands:\n";
  for (const Command* command : commands_) {
    const bool inside =
        group.empty() || command->name.starts_with(std::string(group) + " ");
    if (command->hidden || !inside) continue;
    std::string line = "  " + std::string(command->name);
    line.resize(std::max<std::size_t>(line.size() + 2, 22), ' ');
    text.append(line).append(command->help).append("\n");
  }
  text.append("\nOptions of every command:\n");
  text.append(OptionsText(GlobalOptions()));
  return text + "\nassay COMMAND --help tells more; so does assay(1).\n";
}

}  // namespace assay
