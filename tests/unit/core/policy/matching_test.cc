#include "core/policy/matching.h"

#include <algorithm>
#include <functional>
#include <random>

#include "tests/support/catch.h"

using namespace assay;

namespace {

struct Problem {
  std::vector<std::size_t> counts;
  std::vector<std::pair<std::size_t, std::vector<std::size_t>>> offers;
};

// Tries everything.
bool Solvable(const Problem& problem) {
  std::vector<std::size_t> open = problem.counts;
  std::vector<char> taken(64, 0);
  const std::function<bool(std::size_t)> next = [&](std::size_t at) {
    if (at == problem.offers.size()) {
      for (const std::size_t count : open) {
        if (count > 0) return false;
      }
      return true;
    }
    const auto& [taker, fits] = problem.offers[at];
    if (next(at + 1)) return true;
    if (open[taker] == 0) return false;
    for (const std::size_t thing : fits) {
      if (taken[thing] != 0) continue;
      taken[thing] = 1;
      --open[taker];
      const bool found = next(at + 1);
      ++open[taker];
      taken[thing] = 0;
      if (found) return true;
    }
    return false;
  };
  return next(0);
}

}  // namespace

TEST_CASE("a matching is found exactly when there is one") {
  std::mt19937 random(23);
  int solvable = 0;
  for (int round = 0; round < 4000; ++round) {
    Problem problem;
    std::vector<std::vector<std::vector<std::size_t>>> fits(3);
    Matching matching;
    bool served = true;
    for (auto takers = random() % 3 + 1; takers > 0; --takers) {
      const std::size_t taker = problem.counts.size();
      problem.counts.push_back(random() % 3 + 1);
      for (auto offers = random() % 4; offers > 0; --offers) {
        fits[taker].emplace_back();
        for (auto things = random() % 3; things > 0; --things) {
          fits[taker].back().push_back(random() % 5);
        }
        problem.offers.emplace_back(taker, fits[taker].back());
      }
      std::vector<Matching::Offer> offers;
      for (const auto& fit : fits[taker]) offers.push_back(&fit);
      // What was pushed and taken back must leave no trace.
      matching.Push(problem.counts.back(), offers);
      matching.Pop();
      served = matching.Push(problem.counts.back(), offers) && served;
    }
    REQUIRE(served == Solvable(problem));
    if (!served) continue;
    ++solvable;
    std::vector<char> taken(64, 0);
    std::vector<std::size_t> got(problem.counts.size(), 0);
    for (std::size_t i = 0; i < matching.given().size(); ++i) {
      if (!matching.given()[i]) continue;
      const auto& [taker, fit] = problem.offers[i];
      const std::size_t thing = *matching.given()[i];
      REQUIRE(std::find(fit.begin(), fit.end(), thing) != fit.end());
      REQUIRE(taken[thing] == 0);
      taken[thing] = 1;
      ++got[taker];
    }
    REQUIRE(got == problem.counts);
  }
  CHECK(solvable > 300);
}
