// Fills the part of a page that a table in the code knows: the commands of
// assay(1) and of what completes them in shells, the reasons of
// assay-reasons(7). What is generated cannot drift.
//
// Usage: assay-make-page commands|reasons|bash|zsh|fish TEMPLATE PAGE
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include "base/reason.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "completions/completions.h"

namespace {

using assay::Command;
using assay::Option;
using assay::ReasonInfo;

// Text as mdoc takes it: no escapes, no macros at the start of a line, and
// dashes that can be copied into a shell.
std::string Escaped(std::string_view text) {
  std::string out;
  if (!text.empty() && (text[0] == '.' || text[0] == '\'')) out = "\\&";
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

// The same, each sentence on a line of its own as mdoc wants it.
std::string Sentences(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t stop = text.find(". ");
    if (stop == std::string_view::npos) return out + Escaped(text);
    out += Escaped(text.substr(0, stop + 1)) + "\n";
    text.remove_prefix(stop + 2);
  }
}

// One argument of a macro.
std::string Argument(std::string_view text) {
  std::string out = "\"";
  for (const char c : Escaped(text)) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

// Paragraphs; lines that are indented are shown as they are.
void PrintText(std::ostream& out, std::string_view text) {
  std::istringstream lines{std::string(text)};
  bool literal = false;
  bool blank = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) {
      blank = true;
      continue;
    }
    const bool indented = line.starts_with(' ');
    if (literal && !indented) {
      out << ".Ed\n";
      literal = false;
    }
    if (!literal && indented) {
      out << ".Bd -literal -offset indent\n";
      literal = true;
    } else if (blank) {
      out << (literal ? "\n" : ".Pp\n");
    }
    blank = false;
    const std::string_view words =
        std::string_view(line).substr(line.find_first_not_of(' '));
    out << (literal ? Escaped(line) : Sentences(words)) << "\n";
  }
  if (literal) out << ".Ed\n";
}

void PrintOptions(std::ostream& out, std::span<const Option> options) {
  out << ".Bl -tag -width Ds\n";
  for (const Option& option : options) {
    out << ".It Fl Fl " << Escaped(option.name);
    if (!option.value.empty()) out << " Ar " << Argument(option.value);
    out << "\n" << Sentences(option.help) << ".\n";
  }
  out << ".El\n";
}

void PrintCommands(std::ostream& out) {
  for (const Command* command : assay::AllCommands()) {
    if (command->hidden) continue;
    out << ".Ss assay " << Escaped(command->name) << "\n";
    out << Sentences(command->help) << ".\n";
    if (!command->operands.empty()) {
      out << "Operands:\n.Ar " << Argument(command->operands) << " .\n";
    }
    if (!command->details.empty()) {
      out << ".Pp\n";
      PrintText(out, command->details);
    }
    if (!command->options.empty()) PrintOptions(out, command->options);
  }
  out << ".Ss Options of every command\n";
  PrintOptions(out, assay::GlobalOptions());
}

void PrintReasons(std::ostream& out) {
  for (const ReasonInfo& info : assay::AllReasons()) {
    out << ".It Sy " << Escaped(info.id) << " Pq "
        << assay::EndingName(info.ending) << ", "
        << assay::StageName(info.stage) << "\n";
    std::string sentence(info.sentence);
    sentence[0] = static_cast<char>(std::toupper(sentence[0]));
    out << Sentences(sentence) << ".\nNext:\n"
        << Sentences(info.remedy) << ".\n";
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  static const std::map<std::string_view, void (*)(std::ostream&)> kParts = {
      {"commands", &PrintCommands}, {"reasons", &PrintReasons},
      {"bash", &PrintBashCommands}, {"zsh", &PrintZshCommands},
      {"fish", &PrintFishCommands},
  };
  const auto part = argc == 4 ? kParts.find(argv[1]) : kParts.end();
  if (part == kParts.end()) {
    std::cerr << "usage: assay-make-page commands|reasons|bash|zsh|fish "
                 "TEMPLATE PAGE\n";
    return 2;
  }
  std::ifstream in(argv[2]);
  std::ofstream out(argv[3]);
  const std::string mark =
      part->first == "reasons" ? "@REASONS@" : "@COMMANDS@";
  bool filled = false;
  for (std::string line; std::getline(in, line);) {
    if (line != mark) {
      out << line << "\n";
      continue;
    }
    part->second(out);
    filled = true;
  }
  out.close();
  return filled && out ? 0 : 1;
}
