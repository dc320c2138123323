// What processes and calls cost, for programs that print ratios of one run.
#ifndef ASSAY_TESTS_BENCH_MEASURE_H_
#define ASSAY_TESTS_BENCH_MEASURE_H_

#include <functional>
#include <string>
#include <vector>

namespace assay::bench {

struct Cost {
  double wall = 0;  // seconds
  double cpu = 0;   // user and system, seconds
  double peak = 0;  // resident, MiB

  Cost& operator+=(const Cost& other);
};

// Since some moment of the past, of the whole process.
Cost OwnCost();
Cost operator-(const Cost& end, const Cost& begin);

// Runs a program to its end, with /dev/null as its three streams. Ends the
// benchmark when the program fails: what failed was not measured.
Cost RunProgram(const std::vector<std::string>& words);

// N rounds: PEER is run, then twenty decisions in a row, of which the first
// finds the processor's caches full of the peer. Prints the medians over the
// rounds: CPU time of a decision in ms, the peer's as a multiple of it, and the
// same for the first decision of a round.
void PrintInTurn(int rounds, const std::vector<std::string>& peer,
                 const std::function<Cost()>& decision);

// Waits for orphans that were adopted (BecomeSubreaper), to their last.
Cost WaitForOrphans();
void BecomeSubreaper();

// The value below which this part of them lies.
double Quantile(std::vector<double> values, double part);
inline double Median(std::vector<double> values) {
  return Quantile(std::move(values), 0.5);
}

// Ends the benchmark, saying why.
[[noreturn]] void Die(const std::string& why);

}  // namespace assay::bench

#endif  // ASSAY_TESTS_BENCH_MEASURE_H_
