// TextPattern: how a policy describes a text it wants to see. It always
// describes the whole text; an expression that matches only a part of it would
// let an attacker write the rest.
#ifndef ASSAY_BASE_TEXT_PATTERN_H_
#define ASSAY_BASE_TEXT_PATTERN_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/toml.h"

namespace assay {

// Immutable; copies share the compiled expression; thread-safe.
class TextPattern {
 public:
  static TextPattern Exact(std::string text);
  // `*` stands for any run of characters.
  static TextPattern Glob(std::string glob);
  // RE2 syntax, which takes time linear in the text. Errors: kPolicyMalformed.
  static Result<TextPattern> Regexp(const std::string& expression);

  // A string is exact; a table holds either `glob` or `regexp`. nullopt after
  // a Diagnostic of the reader, which stands at `key`.
  static std::optional<TextPattern> Read(TomlReader& reader,
                                         std::string_view key,
                                         Diagnostics& diagnostics);

  bool Matches(std::string_view text) const;
  // "'text'", "glob 'text'", "regexp 'text'".
  std::string str() const;

 private:
  struct Expression;
  enum class Kind : std::uint8_t { kExact = 0, kGlob, kRegexp };

  TextPattern(Kind kind, std::string text)
      : kind_(kind), text_(std::move(text)) {}

  Kind kind_;
  std::string text_;
  std::shared_ptr<const Expression> expression_;
};

}  // namespace assay

#endif  // ASSAY_BASE_TEXT_PATTERN_H_
