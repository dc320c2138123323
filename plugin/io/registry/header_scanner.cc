#include "io/registry/header_scanner.h"

#include <algorithm>

namespace assay::registry {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

bool IsTokenChar(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return IsAlphanumeric(c) || kOthers.find(c) != std::string_view::npos;
}

bool IsToken68Char(char c) {
  constexpr std::string_view kOthers = "-._~+/";
  return IsAlphanumeric(c) || kOthers.find(c) != std::string_view::npos;
}

bool IsControl(char c) {
  return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7F;
}

std::size_t RunLength(std::string_view text, bool (*belongs)(char)) {
  return static_cast<std::size_t>(
      std::find_if_not(text.begin(), text.end(), belongs) - text.begin());
}

}  // namespace

bool HeaderScanner::SkipSpace() {
  const std::size_t length =
      RunLength(rest_, [](char c) { return c == ' ' || c == '\t'; });
  rest_.remove_prefix(length);
  return length > 0;
}

bool HeaderScanner::Take(char wanted) {
  if (rest_.empty() || rest_.front() != wanted) return false;
  rest_.remove_prefix(1);
  return true;
}

std::string_view HeaderScanner::Token() {
  const std::string_view token = rest_.substr(0, RunLength(rest_, IsTokenChar));
  rest_.remove_prefix(token.size());
  return token;
}

std::optional<std::string> HeaderScanner::Value() {
  if (Take('"')) return Quoted();
  const std::string_view token = Token();
  if (token.empty()) return std::nullopt;
  return std::string(token);
}

std::optional<std::string> HeaderScanner::Quoted() {
  std::string value;
  while (!rest_.empty()) {
    char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '"') return value;
    if (c == '\\') {
      if (rest_.empty()) return std::nullopt;
      c = rest_.front();
      rest_.remove_prefix(1);
    }
    if (IsControl(c)) return std::nullopt;
    value += c;
  }
  return std::nullopt;
}

std::optional<std::string_view> HeaderScanner::Until(char end) {
  const std::size_t at = rest_.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view text = rest_.substr(0, at);
  rest_.remove_prefix(at + 1);
  return text;
}

bool HeaderScanner::SkipToken68() {
  HeaderScanner ahead(*this);
  const std::size_t length = RunLength(ahead.rest_, IsToken68Char);
  if (length == 0) return false;
  ahead.rest_.remove_prefix(length);
  while (ahead.Take('=')) {
  }
  ahead.SkipSpace();
  if (!ahead.done() && ahead.Peek() != ',') return false;
  *this = ahead;
  return true;
}

std::string LowerAscii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

std::string_view TrimSpace(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace assay::registry
