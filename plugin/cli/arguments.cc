#include "cli/arguments.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/bytes.h"
#include "base/toml.h"

namespace assay {
namespace {

constexpr auto kGlobalOptions = std::to_array<Option>({
    {"root", "DIR", "use DIR as / for everything Assay reads and writes"},
    {"json", "", "print one JSON object instead of text"},
    {"color", "WHEN", "auto (default), always or never"},
    {"help", "", "show help and exit"},
    {"version", "", "show the version and exit"},
});

}  // namespace

std::span<const Option> GlobalOptions() { return kGlobalOptions; }

bool Arguments::Has(std::string_view option) const {
  return std::any_of(options_.begin(), options_.end(),
                     [&](const Given& given) { return given.name == option; });
}

std::string Arguments::Value(std::string_view option,
                             std::string_view otherwise) const {
  for (const Given& given : options_) {
    if (given.name == option) return given.value;
  }
  return std::string(otherwise);
}

std::vector<std::string> Arguments::Values(std::string_view option) const {
  std::vector<std::string> values;
  for (const Given& given : options_) {
    if (given.name == option) values.push_back(given.value);
  }
  return values;
}

const Option* ArgumentParser::Find(std::string_view word) const {
  if (!word.starts_with("--")) return nullptr;
  for (const auto options : {options_, GlobalOptions()}) {
    for (const Option& option : options) {
      if (option.name == word.substr(2)) return &option;
    }
  }
  return nullptr;
}

Error ArgumentParser::Unknown(std::string_view word) const {
  std::set<std::string, std::less<>> known;
  for (const auto options : {options_, GlobalOptions()}) {
    for (const Option& option : options) {
      known.insert("--" + std::string(option.name));
    }
  }
  std::string message = "unknown option " + Printable(word);
  const std::string near = NearMiss(word, known);
  if (!near.empty()) message += "; did you mean " + near + "?";
  return Fail(Reason::kUsage, std::move(message));
}

Result<Arguments> ArgumentParser::Parse(
    std::span<const std::string> words) const {
  Arguments arguments;
  while (!words.empty()) {
    const std::string& word = words.front();
    if (word == "--") {
      arguments.operands_.insert(arguments.operands_.end(), words.begin() + 1,
                                 words.end());
      break;
    }
    if (word.size() < 2 || word[0] != '-') {
      arguments.operands_.push_back(word);
      words = words.subspan(1);
      continue;
    }
    if (auto taken = TakeOption(words, arguments); !taken) {
      return taken.error();
    }
  }
  return arguments;
}

Status ArgumentParser::TakeOption(std::span<const std::string>& words,
                                  Arguments& arguments) const {
  const std::string_view word =
      words.front() == "-h" ? std::string_view("--help") : words.front();
  words = words.subspan(1);
  const std::size_t equals = word.find('=');
  const std::string name(word.substr(0, equals));
  const Option* option = Find(name);
  if (option == nullptr) return Unknown(name);
  if (!option->repeatable && arguments.Has(option->name)) {
    return Fail(Reason::kUsage, name + " is given more than once");
  }
  std::string value;
  if (equals != std::string_view::npos) {
    if (option->value.empty()) {
      return Fail(Reason::kUsage, name + " takes no value");
    }
    value = word.substr(equals + 1);
  } else if (!option->value.empty()) {
    if (words.empty()) {
      return Fail(Reason::kUsage,
                  name + " needs " + std::string(option->value));
    }
    value = words.front();
    words = words.subspan(1);
  }
  arguments.options_.push_back({std::string(option->name), std::move(value)});
  return Ok();
}

}  // namespace assay
