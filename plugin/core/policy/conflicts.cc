#include "core/policy/conflicts.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/glob.h"

namespace assay {
namespace {

constexpr std::size_t kMostPairs = 200'000;

bool SameRank(const Rule& a, const Rule& b) {
  return a.namespaces.empty() == b.namespaces.empty() &&
         a.scope.CompareSpecificity(b.scope) == 0;
}

bool NamespacesOverlap(const Rule& a, const Rule& b) {
  if (a.namespaces.empty() && b.namespaces.empty()) return true;
  for (const std::string& one : a.namespaces) {
    for (const std::string& other : b.namespaces) {
      if (GlobsOverlap(one, other)) return true;
    }
  }
  return false;
}

// Compares within one rank, as long as there are pairs left.
class Ranks {
 public:
  explicit Ranks(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void Check(std::span<const Rule> rank) {
    // Plain scopes of one rank overlap only where they are the same.
    std::map<std::string, std::vector<const Rule*>> plain;
    for (const Rule& rule : rank) {
      auto& same = plain[rule.scope.IsPlain() ? rule.scope.Normalized() : ""];
      for (const Rule* earlier : same) Compare(*earlier, rule);
      same.push_back(&rule);
    }
    for (const Rule* glob : plain[""]) {
      for (const Rule& rule : rank) {
        if (rule.scope.IsPlain()) Compare(rule, *glob);
      }
    }
  }

 private:
  void Compare(const Rule& a, const Rule& b) {
    if (pairs_ >= kMostPairs) return;
    ++pairs_;
    if (!a.scope.Overlaps(b.scope) || !NamespacesOverlap(a, b)) return;
    diagnostics_.push_back({Reason::kPolicyConflict, b.position,
                            "rule '" + b.scope.str() + "' is as specific as '" +
                                a.scope.str() + "' at " + a.position.str() +
                                ", and there are images that both are for",
                            ""});
  }

  Diagnostics& diagnostics_;
  std::size_t pairs_ = 0;
};

}  // namespace

void SortByMatch(std::vector<Rule>& rules) {
  std::sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) {
    if (a.namespaces.empty() != b.namespaces.empty()) {
      return b.namespaces.empty();
    }
    const auto order = a.scope.CompareSpecificity(b.scope);
    if (order != 0) return order > 0;
    const TomlPosition& at = a.position;
    const TomlPosition& other = b.position;
    return std::tie(at.file, at.line, at.column) <
           std::tie(other.file, other.line, other.column);
  });
}

void FindConflicts(std::span<const Rule> rules, Diagnostics& diagnostics) {
  Ranks ranks(diagnostics);
  for (std::size_t begin = 0; begin < rules.size();) {
    std::size_t end = begin + 1;
    while (end < rules.size() && SameRank(rules[begin], rules[end])) ++end;
    ranks.Check(rules.subspan(begin, end - begin));
    begin = end;
  }
}

}  // namespace assay
