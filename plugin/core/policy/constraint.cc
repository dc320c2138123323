#include "core/policy/constraint.h"

#include <algorithm>
#include <charconv>
#include <compare>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/policy/operator_names.h"

namespace assay {
namespace {

constexpr std::size_t kShown = 100;  // bytes of a value, in a refusal

// nullopt for what cannot be compared: objects, arrays, null.
std::optional<Scalar> ScalarOf(const Json& json) {
  if (const bool* flag = json.AsBool()) return Scalar(*flag);
  if (const std::int64_t* number = json.AsInt()) return Scalar(*number);
  if (const std::string* text = json.AsString()) return Scalar(*text);
  const Json::Number* number = json.AsNumber();
  if (number == nullptr) return std::nullopt;
  double value = 0;
  const char* last = number->text.data() + number->text.size();
  const auto [stop, problem] =
      std::from_chars(number->text.data(), last, value);
  if (problem != std::errc{} || stop != last) return std::nullopt;
  return Scalar(value);
}

// Whole numbers compare exactly, others as floating point.
std::partial_ordering Compare(const Scalar& a, const Scalar& b) {
  if (a.index() == b.index()) return a <=> b;
  const auto number = [](const Scalar& one) -> std::optional<double> {
    if (const auto* whole = std::get_if<std::int64_t>(&one)) {
      return static_cast<double>(*whole);
    }
    if (const auto* real = std::get_if<double>(&one)) return *real;
    return std::nullopt;
  };
  const auto left = number(a);
  const auto right = number(b);
  if (!left || !right) return std::partial_ordering::unordered;
  return *left <=> *right;
}

bool IsNumber(const Scalar& one) {
  return std::holds_alternative<std::int64_t>(one) ||
         std::holds_alternative<double>(one);
}

bool OfOneKind(const Scalar& a, const Scalar& b) {
  return a.index() == b.index() || (IsNumber(a) && IsNumber(b));
}

std::string Show(const Json* json) {
  if (json == nullptr) return "not there";
  if (const auto* text = json->AsString()) {
    return "text '" + Printable(*text, kShown) + "'";
  }
  if (json->AsObject() != nullptr) return "an object";
  if (json->AsArray() != nullptr) return "an array";
  return Printable(json->Dump(), kShown);
}

Error Unmet(std::string detail) {
  return Fail(Reason::kAttestationConstraint, std::move(detail));
}

}  // namespace

std::string Constraint::str() const {
  std::string text = path_.str() + " " + std::string(OperatorName(operator_));
  if (!value_text_.empty()) text += " " + value_text_;
  if (optional_) text += ", if there";
  return text;
}

Result<std::optional<Time>> Constraint::Check(const Json* predicate,
                                              Time now) const {
  std::optional<Time> until;
  const Status checked =
      path_.Visit(predicate, [&](const Json* value, const std::string& where) {
        Status judged = Judge(value, now, until);
        if (judged) return judged;
        return Status(WithContext(
            Unmet("is " + Show(value) + judged.error().detail), where));
      });
  if (!checked) {
    return Unmet(Printable(str(), 2 * kShown) + "; " + checked.error().detail);
  }
  return until;
}

// The detail of its error goes behind what was found.
Status Constraint::Judge(const Json* value, Time now,
                         std::optional<Time>& until) const {
  if (value == nullptr) {
    if (optional_ || operator_ == Operator::kAbsent) return Ok();
    return Unmet("");
  }
  if (operator_ == Operator::kExists) return Ok();
  const auto found = ScalarOf(*value);
  if (!found || operator_ == Operator::kAbsent) return Unmet("");
  if (operator_ != Operator::kNotOlderThan) {
    return Holds(*found) ? Ok() : Unmet("");
  }
  const auto* text = std::get_if<std::string>(&*found);
  return text == nullptr ? Unmet(", no time") : JudgeAge(*text, now, until);
}

Status Constraint::JudgeAge(const std::string& text, Time now,
                            std::optional<Time>& until) const {
  const auto time = ParseRfc3339(text);
  if (!time) return Unmet(", no time of RFC 3339");
  if (*time > now) return Unmet(", which is still to come");
  const Time end = *time + age_;
  if (now >= end) return Unmet(", which is too long ago");
  if (!until || end < *until) until = end;
  return Ok();
}

bool Constraint::Holds(const Scalar& found) const {
  const auto* text = std::get_if<std::string>(&found);
  const bool known = std::any_of(
      values_.begin(), values_.end(),
      [&](const Scalar& value) { return Compare(found, value) == 0; });
  // A value of another kind than asked about is no answer, not a difference.
  const bool comparable =
      std::any_of(values_.begin(), values_.end(),
                  [&](const Scalar& value) { return OfOneKind(found, value); });
  switch (operator_) {
    case Operator::kEquals:
    case Operator::kIn:
      return known;
    case Operator::kNotEquals:
    case Operator::kNotIn:
      return comparable && !known;
    case Operator::kGlob:
    case Operator::kRegexp:
      return text != nullptr && text->size() <= limits::kConstraintTextBytes &&
             pattern_->Matches(*text);
    case Operator::kAtLeast:
      return IsNumber(found) && Compare(found, values_.front()) >= 0;
    case Operator::kAtMost:
      return IsNumber(found) && Compare(found, values_.front()) <= 0;
    case Operator::kNotOlderThan:
    case Operator::kExists:
    case Operator::kAbsent:
      break;
  }
  return false;
}

}  // namespace assay
