// Constraint: one row of an attestation's `where`: a path into the predicate,
// an operator and a value. It holds when every value that the path leads to
// satisfies the operator, and there is one.
#ifndef ASSAY_CORE_POLICY_CONSTRAINT_H_
#define ASSAY_CORE_POLICY_CONSTRAINT_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/text_pattern.h"
#include "base/toml.h"
#include "core/policy/predicate_path.h"

namespace assay {

enum class Operator : std::uint8_t {
  kEquals = 0,
  kNotEquals,
  kIn,
  kNotIn,
  kGlob,
  kRegexp,
  kAtLeast,
  kAtMost,
  kNotOlderThan,
  kExists,
  kAbsent,
};

// A value that can be compared. Kinds are never converted: the text "7" is not
// the number 7.
using Scalar = std::variant<bool, std::int64_t, double, std::string>;

class Constraint {
 public:
  // Reads the keys path, operator, value and optional of a table. nullopt after
  // a Diagnostic.
  static std::optional<Constraint> Read(const Toml& table,
                                        Diagnostics& diagnostics);

  // Until when it holds; nullopt: for good. `predicate` is null where the
  // statement has none. Errors: kAttestationConstraint, which tells path,
  // operator, value and what was found.
  Result<std::optional<Time>> Check(const Json* predicate, Time now) const;

  // "runDetails.builder.id equals 'https://builder.example.com'".
  std::string str() const;

 private:
  class Reader;

  explicit Constraint(PredicatePath path) : path_(std::move(path)) {}

  Status Judge(const Json* value, Time now, std::optional<Time>& until) const;
  Status JudgeAge(const std::string& text, Time now,
                  std::optional<Time>& until) const;
  bool Holds(const Scalar& found) const;

  PredicatePath path_;
  Operator operator_ = Operator::kEquals;
  bool optional_ = false;               // holds where nothing is there, too
  std::vector<Scalar> values_;          // of those that compare
  std::optional<TextPattern> pattern_;  // of kGlob and kRegexp
  std::chrono::seconds age_{0};         // of kNotOlderThan
  std::string value_text_;              // the value for people
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_CONSTRAINT_H_
