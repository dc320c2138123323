#include "completions/completions.h"

#include <map>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/commands.h"

namespace {

using assay::Command;
using assay::Option;

struct Word {
  std::string text;
  std::string help;
};

// What may follow the words of a key: "" the first words of all commands,
// "wire" the second words of those that begin so.
using Words = std::map<std::string, std::vector<Word>>;

std::vector<const Command*> ShownCommands() {
  std::vector<const Command*> shown;
  for (const Command* command : assay::AllCommands()) {
    if (!command->hidden) shown.push_back(command);
  }
  return shown;
}

Words WordsOfCommands() {
  Words words;
  for (const Command* command : ShownCommands()) {
    const std::string name(command->name);
    const std::size_t space = name.find(' ');
    const std::string first = name.substr(0, space);
    auto& all = words[""];
    const bool known = !all.empty() && all.back().text == first;
    if (space == std::string::npos) {
      all.push_back({name, std::string(command->help)});
      continue;
    }
    auto& second = words[first];
    if (!known) all.push_back({first, ""});
    second.push_back({name.substr(space + 1), std::string(command->help)});
    all.back().help += (second.size() == 1 ? "" : ", ") + second.back().text;
  }
  return words;
}

std::vector<Option> OptionsOf(const Command& command) {
  std::vector<Option> options(command.options.begin(), command.options.end());
  const auto global = assay::GlobalOptions();
  options.insert(options.end(), global.begin(), global.end());
  return options;
}

std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + '\'';
}

std::string Joined(const std::vector<Word>& words) {
  std::string out;
  for (const Word& word : words) out += (out.empty() ? "" : " ") + word.text;
  return out;
}

void PrintZshWords(std::ostream& out, const std::string& first,
                   const std::vector<Word>& words) {
  out << "  " << Quoted(first + " ") << ")\n    choices=(\n";
  for (const Word& word : words) {
    out << "      " << Quoted(word.text + ":" + word.help) << "\n";
  }
  out << "    )\n    _describe command choices\n    ;;\n";
}

// As _arguments takes it: --name=[help]:VALUE:_files
std::string ZshOption(const Option& option) {
  const bool takes_value = !option.value.empty();
  std::string text = option.repeatable ? "*--" : "--";
  text.append(option.name).append(takes_value ? "=[" : "[");
  for (const char c : option.help) {
    if (c == '[' || c == ']' || c == '\\') text += '\\';
    text += c;
  }
  text += ']';
  if (takes_value) text.append(":").append(option.value).append(":_files");
  return text;
}

std::string FishCondition(std::string_view name) {
  static constexpr std::string_view kSeen = "__fish_seen_subcommand_from ";
  std::string condition(kSeen);
  const std::size_t space = name.find(' ');
  condition += name.substr(0, space);
  if (space != std::string_view::npos) {
    condition.append("; and ").append(kSeen).append(name.substr(space + 1));
  }
  return " -n " + Quoted(condition);
}

void PrintFishOption(std::ostream& out, const std::string& condition,
                     const Option& option) {
  out << "complete -c assay" << condition << " -l " << option.name
      << (option.value.empty() ? "" : " -r") << " -d " << Quoted(option.help)
      << "\n";
}

}  // namespace

void PrintBashCommands(std::ostream& out) {
  for (const Command* command : ShownCommands()) {
    out << "    '" << command->name << " '*) options='";
    std::string_view space;
    for (const Option& option : OptionsOf(*command)) {
      out << space << "--" << option.name;
      space = " ";
    }
    out << "' ;;\n";
  }
  for (const auto& [first, words] : WordsOfCommands()) {
    out << "    '" << first << " ') words='" << Joined(words) << "' ;;\n";
  }
}

void PrintZshCommands(std::ostream& out) {
  for (const Command* command : ShownCommands()) {
    out << "  '" << command->name << " '*)\n    _arguments \\\n";
    for (const Option& option : OptionsOf(*command)) {
      out << "      " << Quoted(ZshOption(option)) << " \\\n";
    }
    out << "      '*:operand:_files'\n    ;;\n";
  }
  for (const auto& [first, words] : WordsOfCommands()) {
    PrintZshWords(out, first, words);
  }
}

void PrintFishCommands(std::ostream& out) {
  for (const auto& [first, words] : WordsOfCommands()) {
    const std::string condition =
        first.empty() ? " -n __fish_use_subcommand"
                      : " -n '__fish_seen_subcommand_from " + first +
                            "; and not __fish_seen_subcommand_from " +
                            Joined(words) + "'";
    for (const Word& word : words) {
      out << "complete -c assay" << condition << " -f -a " << word.text
          << " -d " << Quoted(word.help) << "\n";
    }
  }
  for (const Command* command : ShownCommands()) {
    const std::string condition = FishCondition(command->name);
    for (const Option& option : command->options) {
      PrintFishOption(out, condition, option);
    }
  }
  for (const Option& option : assay::GlobalOptions()) {
    PrintFishOption(out, "", option);
  }
}
