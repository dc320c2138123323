#include "base/glob.h"

#include <utility>
#include <vector>

namespace assay {

// Greedy with one mark: only the last `*` need ever take one more character.
bool GlobMatches(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      star_text = t;
    } else if (g < glob.size() && glob[g] == text[t]) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

// can[j] says whether a[0..i) and b[0..j) can stand for one text. A `*` grows
// by whatever the other side stands for.
bool GlobsOverlap(std::string_view a, std::string_view b) {
  std::vector<char> can(b.size() + 1, 0);
  can[0] = 1;
  for (std::size_t j = 0; j < b.size() && b[j] == '*'; ++j) can[j + 1] = 1;
  for (const char c : a) {
    std::vector<char> next(b.size() + 1, 0);
    next[0] = static_cast<char>(c == '*' && can[0] != 0);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const bool star = c == '*' || b[j] == '*';
      const bool step =
          star ? can[j + 1] != 0 || next[j] != 0 : c == b[j] && can[j] != 0;
      next[j + 1] = static_cast<char>(step);
    }
    can = std::move(next);
  }
  return can[b.size()] != 0;
}

}  // namespace assay
