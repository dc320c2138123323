#include <algorithm>

#include "base/toml.h"

namespace assay {
namespace {

// Edit distance where swapping two neighbours is one edit (optimal string
// alignment), given up beyond `most`.
std::size_t Distance(std::string_view a, std::string_view b, std::size_t most) {
  const std::size_t longer = std::max(a.size(), b.size());
  if (longer - std::min(a.size(), b.size()) > most) return most + 1;
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      const bool swapped =
          i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string NearMiss(std::string_view word,
                     const std::set<std::string, std::less<>>& candidates) {
  constexpr std::size_t kLongestWord = 128;
  if (word.empty() || word.size() > kLongestWord) return {};
  // A third of the word may be wrong: one letter of three, two of five.
  std::size_t best = std::max<std::size_t>(1, (word.size() + 1) / 3);
  std::string nearest;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = Distance(word, candidate, best);
    if (distance > best || distance >= word.size()) continue;
    if (distance == best && !nearest.empty()) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace assay
