#include "io/wire/diff.h"

#include <algorithm>
#include <vector>

namespace assay {
namespace {

constexpr std::size_t kContext = 3;

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

struct Step {
  char sign;  // ' ', '-' or '+'
  std::string_view line;
};

// Longest common subsequence by the textbook table; what is equal at both
// ends is left out of it first, so that it stays small.
std::vector<Step> Steps(const std::vector<std::string_view>& a,
                        const std::vector<std::string_view>& b) {
  std::size_t head = 0;
  const std::size_t shorter = std::min(a.size(), b.size());
  while (head < shorter && a[head] == b[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head &&
         a[a.size() - tail - 1] == b[b.size() - tail - 1]) {
    ++tail;
  }
  const std::size_t rows = a.size() - head - tail;
  const std::size_t columns = b.size() - head - tail;
  std::vector<std::vector<std::size_t>> common(
      rows + 1, std::vector<std::size_t>(columns + 1));
  for (std::size_t i = rows; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;) {
      common[i][j] = a[head + i] == b[head + j]
                         ? common[i + 1][j + 1] + 1
                         : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::vector<Step> steps;
  for (std::size_t i = 0; i < head; ++i) steps.push_back({' ', a[i]});
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && a[head + i] == b[head + j]) {
      steps.push_back({' ', a[head + i]});
      ++i;
      ++j;
    } else if (j == columns ||
               (i < rows && common[i + 1][j] >= common[i][j + 1])) {
      steps.push_back({'-', a[head + i++]});
    } else {
      steps.push_back({'+', b[head + j++]});
    }
  }
  for (std::size_t k = a.size() - tail; k < a.size(); ++k) {
    steps.push_back({' ', a[k]});
  }
  return steps;
}

std::string Range(std::size_t first, std::size_t count) {
  const std::size_t line = count == 0 ? first : first + 1;
  return std::to_string(line) + "," + std::to_string(count);
}

}  // namespace

std::string UnifiedDiff(std::string_view before, std::string_view after,
                        const std::string& old_name,
                        const std::string& new_name) {
  if (before == after) return {};
  const auto steps = Steps(Lines(before), Lines(after));
  std::string text = "--- " + old_name + "\n+++ " + new_name + "\n";
  std::size_t old_line = 0;
  std::size_t new_line = 0;
  const auto changed = [&](std::size_t i) { return steps[i].sign != ' '; };
  for (std::size_t at = 0; at < steps.size();) {
    std::size_t next = at;
    while (next < steps.size() && !changed(next)) ++next;
    if (next == steps.size()) break;
    const std::size_t begin = next - std::min(next - at, kContext);
    old_line += begin - at;
    new_line += begin - at;
    // The hunk ends where 2 * kContext equal lines follow each other.
    std::size_t last = next;
    for (std::size_t i = next; i < steps.size() && i <= last + 2 * kContext;
         ++i) {
      if (changed(i)) last = i;
    }
    const std::size_t end = std::min(last + 1 + kContext, steps.size());
    std::size_t olds = 0;
    std::size_t news = 0;
    std::string body;
    for (std::size_t i = begin; i < end; ++i) {
      olds += steps[i].sign != '+' ? 1 : 0;
      news += steps[i].sign != '-' ? 1 : 0;
      body.append(1, steps[i].sign).append(steps[i].line);
      if (!body.ends_with('\n')) body += "\n\\ No newline at end of file\n";
    }
    text += "@@ -" + Range(old_line, olds) + " +" + Range(new_line, news) +
            " @@\n" + body;
    old_line += olds;
    new_line += news;
    at = end;
  }
  return text;
}

}  // namespace assay
