// Constraint::Read: one table of `where`.
#include <cmath>
#include <limits>

#include "base/bytes.h"
#include "base/duration.h"
#include "base/limits.h"
#include "core/policy/constraint.h"
#include "core/policy/operator_names.h"
#include "core/policy/rule_reader.h"

namespace assay {
namespace {

std::optional<Scalar> ScalarOf(const Toml& value) {
  if (const bool* flag = value.AsBool()) return Scalar(*flag);
  if (const std::int64_t* number = value.AsInt()) return Scalar(*number);
  if (const std::string* text = value.AsString()) return Scalar(*text);
  const double* number = value.AsFloat();
  if (number != nullptr && std::isfinite(*number)) return Scalar(*number);
  return std::nullopt;
}

struct Shower {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const {
    return std::to_string(value);
  }
  std::string operator()(double value) const {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    return text.ends_with('.') ? text + "0" : text;
  }
  std::string operator()(const std::string& value) const {
    return "'" + Printable(value, 200) + "'";
  }
};

std::string Show(const std::vector<Scalar>& values) {
  std::string text;
  for (const Scalar& value : values) {
    if (!text.empty()) text += ", ";
    text += std::visit(Shower{}, value);
  }
  return values.size() == 1 ? text : "(" + text + ")";
}

}  // namespace

const std::map<std::string, Operator, std::less<>>& Operators() {
  static const std::map<std::string, Operator, std::less<>> kOperators = {
      {"equals", Operator::kEquals},
      {"not_equals", Operator::kNotEquals},
      {"in", Operator::kIn},
      {"not_in", Operator::kNotIn},
      {"glob", Operator::kGlob},
      {"regexp", Operator::kRegexp},
      {"at_least", Operator::kAtLeast},
      {"at_most", Operator::kAtMost},
      {"not_older_than", Operator::kNotOlderThan},
      {"exists", Operator::kExists},
      {"absent", Operator::kAbsent},
  };
  return kOperators;
}

std::string_view OperatorName(Operator one) {
  for (const auto& [name, known] : Operators()) {
    if (known == one) return name;
  }
  return "";
}

// Fills a Constraint from its table.
class Constraint::Reader {
 public:
  explicit Reader(TomlReader& reader) : reader_(reader) {}

  std::optional<Constraint> Read() {
    auto path = ReadPath();
    const auto kind = ReadOperator();
    const Toml* value = reader_.Value("value");
    const auto optional = reader_.Bool("optional");
    reader_.Finish();
    if (!path || !kind) return std::nullopt;
    Constraint read(*std::move(path));
    read.operator_ = *kind;
    read.optional_ = optional.value_or(false);
    const bool presence =
        *kind == Operator::kExists || *kind == Operator::kAbsent;
    if (presence && (value != nullptr || optional)) {
      reader_.Complain(value != nullptr ? "value" : "optional",
                       "'" + std::string(OperatorName(*kind)) +
                           "' goes with neither 'value' nor 'optional'");
    } else if (!presence && value == nullptr) {
      reader_.Missing("value");
    } else if (!presence) {
      ReadValue(*value, read);
    }
    return read;
  }

 private:
  std::optional<PredicatePath> ReadPath() {
    if (reader_.Value("path") == nullptr) reader_.Missing("path");
    const auto text = reader_.String("path");
    if (!text) return std::nullopt;
    auto path = PredicatePath::Parse(*text);
    if (path) return *std::move(path);
    reader_.Complain("path", path.error().detail);
    return std::nullopt;
  }

  std::optional<Operator> ReadOperator() {
    if (reader_.Value("operator") == nullptr) reader_.Missing("operator");
    return ReadWord<Operator>(reader_, "operator", Operators());
  }

  void ReadValue(const Toml& value, Constraint& read) {
    switch (read.operator_) {
      case Operator::kEquals:
      case Operator::kNotEquals:
        ReadScalar(value, read);
        break;
      case Operator::kIn:
      case Operator::kNotIn:
        ReadScalars(value, read);
        break;
      case Operator::kGlob:
      case Operator::kRegexp:
        ReadPattern(read);
        break;
      case Operator::kAtLeast:
      case Operator::kAtMost:
        ReadNumber(value, read);
        break;
      case Operator::kNotOlderThan:
        ReadAge(read);
        break;
      case Operator::kExists:
      case Operator::kAbsent:
        break;
    }
    if (read.value_text_.empty()) read.value_text_ = Show(read.values_);
  }

  void ReadScalar(const Toml& value, Constraint& read) {
    if (const auto one = ScalarOf(value)) {
      read.values_ = {*one};
    } else {
      reader_.Complain("value",
                       "'value' must be a string, a number, true or false");
    }
  }

  void ReadScalars(const Toml& value, Constraint& read) {
    const Toml::Array* list = value.AsArray();
    if (list == nullptr || list->empty() ||
        list->size() > limits::kConstraintValues) {
      return reader_.Complain(
          "value", "'value' must be an array of 1 to " +
                       std::to_string(limits::kConstraintValues) + " values");
    }
    for (const Toml& element : *list) {
      const auto one = ScalarOf(element);
      if (!one) {
        return reader_.Complain(
            "value", "'value' must hold strings, numbers, true or false alone");
      }
      read.values_.push_back(*one);
    }
  }

  void ReadNumber(const Toml& value, Constraint& read) {
    const auto one = ScalarOf(value);
    if (one && (std::holds_alternative<std::int64_t>(*one) ||
                std::holds_alternative<double>(*one))) {
      read.values_ = {*one};
    } else {
      reader_.Complain("value", "'value' must be a number");
    }
  }

  void ReadPattern(Constraint& read) {
    const auto text = reader_.String("value");
    if (!text) return;
    if (text->empty()) return reader_.Complain("value", "matches nothing");
    read.value_text_ = "'" + Printable(*text, 200) + "'";
    if (read.operator_ == Operator::kGlob) {
      if (text->find("**") != std::string::npos) {
        reader_.Complain("value", "'**' is no wildcard here",
                         "'*' stands for any run of characters, '/' included");
      }
      read.pattern_ = TextPattern::Glob(*text);
      return;
    }
    auto pattern = TextPattern::Regexp(*text);
    if (pattern) {
      read.pattern_ = *std::move(pattern);
    } else {
      reader_.Complain("value",
                       "no regular expression: " + pattern.error().detail);
    }
  }

  void ReadAge(Constraint& read) {
    const auto text = reader_.String("value");
    if (!text) return;
    const auto age = ParseDuration(*text);
    if (!age) {
      return reader_.Complain("value",
                              "'" + Printable(*text, 80) + "' is no duration",
                              "write it as 90s, 30m, 12h, 7d or 2w");
    }
    read.age_ = *age;
    read.value_text_ = *text;
  }

  TomlReader& reader_;
};

std::optional<Constraint> Constraint::Read(const Toml& table,
                                           Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  auto read = Reader(reader).Read();
  if (diagnostics.size() != before) return std::nullopt;
  return read;
}

}  // namespace assay
