// PredicatePath: where in a predicate a constraint looks.
//
//   runDetails.builder.id       a member of a member of a member
//   invocation."builder.id"     quotes around names with a dot or bracket
//   statements[*].status        of every element of an array
//   materials[0].uri            of one element
//   Data(json).passed           the text of Data is JSON: go on inside it
#ifndef ASSAY_CORE_POLICY_PREDICATE_PATH_H_
#define ASSAY_CORE_POLICY_PREDICATE_PATH_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay {

class PredicatePath {
 public:
  // Errors: kPolicyMalformed.
  static Result<PredicatePath> Parse(std::string_view text);

  // A value it leads to and where that is ("statements[2].status"). Null where
  // nothing is there: a member or an element is absent or null, an array empty.
  using Visitor =
      std::function<Status(const Json* value, const std::string& where)>;

  // Visits each in order, at least one, until one fails. Errors: the
  // visitor's, kAttestationConstraint where a value on the way is of another
  // kind than the path says.
  Status Visit(const Json* root, const Visitor& visit) const;

  const std::string& str() const { return text_; }  // as written

 private:
  enum class Kind : std::uint8_t { kMember = 0, kElement, kEvery, kJson };
  struct Step {
    Kind kind = Kind::kMember;
    std::string member;
    std::size_t element = 0;
  };
  class Reader;

  PredicatePath(std::string text, std::vector<Step> steps)
      : text_(std::move(text)), steps_(std::move(steps)) {}

  Status VisitFrom(std::size_t at, const Json* value, const std::string& where,
                   const Visitor& visit) const;
  Status VisitEvery(std::size_t at, const Json& value, const std::string& where,
                    const Visitor& visit) const;
  Status VisitText(std::size_t at, const Json& value, const std::string& where,
                   const Visitor& visit) const;

  std::string text_;
  std::vector<Step> steps_;  // never empty
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_PREDICATE_PATH_H_
