#include "base/text_pattern.h"

#include <re2/re2.h>

#include "base/glob.h"

namespace assay {

struct TextPattern::Expression {
  explicit Expression(const std::string& text) : compiled(text, Options()) {}

  static RE2::Options Options() {
    constexpr int kMostBytes = 1 << 20;
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMostBytes);
    return options;
  }

  RE2 compiled;
};

TextPattern TextPattern::Exact(std::string text) {
  return {Kind::kExact, std::move(text)};
}

TextPattern TextPattern::Glob(std::string glob) {
  return {Kind::kGlob, std::move(glob)};
}

Result<TextPattern> TextPattern::Regexp(const std::string& expression) {
  auto compiled = std::make_shared<const Expression>(expression);
  if (!compiled->compiled.ok()) {
    return Fail(Reason::kPolicyMalformed, compiled->compiled.error());
  }
  TextPattern pattern(Kind::kRegexp, expression);
  pattern.expression_ = std::move(compiled);
  return pattern;
}

std::optional<TextPattern> TextPattern::Read(TomlReader& reader,
                                             std::string_view key,
                                             Diagnostics& diagnostics) {
  const Toml* value = reader.Value(key);
  if (value == nullptr) {
    reader.Missing(key);
    return std::nullopt;
  }
  if (const auto* text = value->AsString()) return Exact(*text);
  if (value->AsTable() == nullptr) {
    reader.Complain(key, "'" + std::string(key) +
                             "' must be a string, or a table with 'glob' or "
                             "'regexp'");
    return std::nullopt;
  }
  const auto before = diagnostics.size();
  TomlReader table(*value, diagnostics, Reason::kPolicyMalformed);
  const auto glob = table.String("glob");
  const auto regexp = table.String("regexp");
  table.Finish();
  if (glob.has_value() == regexp.has_value()) {
    table.Complain({}, "needs exactly one of 'glob' and 'regexp'");
  }
  if (diagnostics.size() != before) return std::nullopt;
  if (glob) return Glob(*glob);
  auto pattern = Regexp(*regexp);
  if (pattern) return *std::move(pattern);
  table.Complain("regexp", pattern.error().detail);
  return std::nullopt;
}

bool TextPattern::Matches(std::string_view text) const {
  switch (kind_) {
    case Kind::kExact:
      return text == text_;
    case Kind::kGlob:
      return GlobMatches(text_, text);
    case Kind::kRegexp:
      return RE2::FullMatch(re2::StringPiece(text.data(), text.size()),
                            expression_->compiled);
  }
  return false;
}

std::string TextPattern::str() const {
  const std::string quoted = "'" + text_ + "'";
  switch (kind_) {
    case Kind::kExact:
      return quoted;
    case Kind::kGlob:
      return "glob " + quoted;
    case Kind::kRegexp:
      return "regexp " + quoted;
  }
  return quoted;
}

}  // namespace assay
