#include "base/toml_nesting.h"

namespace assay {
namespace {

// The offset behind the string that starts at `begin`. A string that is not
// closed ends at its line (the grammar refuses it there anyway) or, when it is
// a multi-line one, at the end.
std::size_t SkipString(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  const std::string_view triple = quote == '"' ? "\"\"\"" : "'''";
  const bool multi_line = text.substr(begin).starts_with(triple);
  std::size_t at = begin + (multi_line ? 3 : 1);
  while (at < text.size()) {
    if (text[at] == '\\' && quote == '"') {
      at += 2;
    } else if (multi_line && text.substr(at).starts_with(triple)) {
      at += 3;
      // Up to two more quotes belong to the string.
      for (int more = 0; more < 2 && at < text.size() && text[at] == quote;
           ++more) {
        ++at;
      }
      return at;
    } else if (!multi_line && (text[at] == quote || text[at] == '\n')) {
      return at + 1;
    } else {
      ++at;
    }
  }
  return text.size();
}

}  // namespace

std::optional<std::size_t> FindTomlTooDeep(std::string_view text,
                                           std::size_t most) {
  std::size_t depth = 0;
  std::size_t dots = 0;  // of the key being read
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at = SkipString(text, at);
      continue;
    }
    if (c == '#') {
      at = text.find('\n', at);
      if (at == std::string_view::npos) return std::nullopt;
      continue;
    }
    if (c == '[' || c == '{') {
      if (++depth > most) return at;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
    if (c == '.') {
      if (++dots > most) return at;
    } else if (c == '\n' || c == '=' || c == ',' || c == '[' || c == '{') {
      dots = 0;
    }
    ++at;
  }
  return std::nullopt;
}

}  // namespace assay
