#include "io/wire/toml_lines.h"

#include <algorithm>

namespace assay {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<std::vector<TomlLine>> Scan() {
    while (at_ < text_.size()) {
      if (!ScanLine()) return std::nullopt;
    }
    return std::move(lines_);
  }

 private:
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n';
  }
  bool Starts(std::string_view word) const {
    return text_.substr(at_).starts_with(word);
  }
  void SkipBlanks() {
    while (at_ < text_.size() && (Peek() == ' ' || Peek() == '\t')) ++at_;
  }
  void SkipComment() {
    if (Peek() == '#') at_ = std::min(text_.find('\n', at_), text_.size());
  }

  bool ScanLine() {
    TomlLine line;
    line.begin = at_;
    SkipBlanks();
    if (Peek() == '[') {
      if (!ScanHeader(line)) return false;
    } else if (Peek() != '#' && Peek() != '\r' && Peek() != '\n') {
      if (!ScanKey(line)) return false;
    }
    if (!EndLine()) return false;
    line.end = at_;
    lines_.push_back(std::move(line));
    return true;
  }

  // White space, a comment, the line's end.
  bool EndLine() {
    SkipBlanks();
    SkipComment();
    if (at_ < text_.size() && Peek() == '\r') ++at_;
    if (at_ == text_.size()) return true;
    return text_[at_++] == '\n';
  }

  bool ScanHeader(TomlLine& line) {
    const bool array = Starts("[[");
    at_ += array ? 2 : 1;
    line.kind = TomlLine::Kind::kTable;
    if (!ScanPath(line.path) || !Starts(array ? "]]" : "]")) return false;
    at_ += array ? 2 : 1;
    line.own_keys = line.path.size();
    if (array) line.path.emplace_back("[]");
    table_ = line.path;
    return true;
  }

  bool ScanKey(TomlLine& line) {
    line.kind = TomlLine::Kind::kKey;
    std::vector<std::string> keys;
    if (!ScanPath(keys) || Peek() != '=') return false;
    ++at_;
    line.path = table_;
    line.own_keys = keys.size();
    line.path.insert(line.path.end(), keys.begin(), keys.end());
    return SkipValue();
  }

  bool ScanPath(std::vector<std::string>& path) {
    for (;;) {
      SkipBlanks();
      std::string key;
      if (!ScanOneKey(key)) return false;
      path.push_back(std::move(key));
      SkipBlanks();
      if (Peek() != '.') return true;
      ++at_;
    }
  }

  bool ScanOneKey(std::string& key) {
    const char quote = Peek();
    if (quote == '"' || quote == '\'') {
      const std::size_t end = text_.find(quote, at_ + 1);
      if (end == std::string_view::npos) return false;
      key = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      // No runtime's name needs an escape; one that has it is not followed.
      return key.find_first_of("\\\n") == std::string::npos;
    }
    static constexpr std::string_view kBare =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    std::size_t end = text_.find_first_not_of(kBare, at_);
    end = std::min(end, text_.size());
    key = text_.substr(at_, end - at_);
    at_ = end;
    return !key.empty();
  }

  // Up to the end of the value's last line, or its comment.
  bool SkipValue() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = Peek();
      if (c == '"' || c == '\'') {
        if (!SkipString(c)) return false;
        continue;
      }
      if (c == '#') {
        SkipComment();
        continue;
      }
      if ((c == '\n' || c == '\r') && depth == 0) return true;
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
      if (depth < 0) return false;
      ++at_;
    }
    return depth == 0;
  }

  bool SkipString(char quote) {
    const std::string three(3, quote);
    const bool many = Starts(three);
    at_ += many ? 3 : 1;
    while (at_ < text_.size()) {
      if (quote == '"' && Peek() == '\\') {
        at_ += 2;
      } else if (many ? Starts(three) : Peek() == quote) {
        at_ += many ? 3 : 1;
        // Up to two quotes may stand right before the closing three.
        for (int i = 0; many && i < 2 && Peek() == quote; ++i) ++at_;
        return true;
      } else if (!many && Peek() == '\n') {
        return false;
      } else {
        ++at_;
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> table_;
  std::vector<TomlLine> lines_;
};

}  // namespace

std::optional<std::vector<TomlLine>> ScanTomlLines(std::string_view text) {
  return Scanner(text).Scan();
}

}  // namespace assay
