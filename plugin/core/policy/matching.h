// Matching: gives things to offers so that every taker is served and nothing
// is given twice. A taker needs `count` of its own offers; an offer takes one
// of the things that fit it. Exact and polynomial (augmenting paths in a unit
// network); the same input always gives the same result.
#ifndef ASSAY_CORE_POLICY_MATCHING_H_
#define ASSAY_CORE_POLICY_MATCHING_H_

#include <cstddef>
#include <optional>
#include <vector>

namespace assay {

class Matching {
 public:
  // The numbers of the things that fit one offer, from zero; borrowed.
  using Offer = const std::vector<std::size_t>*;

  // Adds a taker and serves it, moving what others hold where need be. When
  // false it and the takers before cannot all be served.
  bool Push(std::size_t count, const std::vector<Offer>& offers);
  // Takes back the last Push, whatever it returned.
  void Pop();

  // Per offer, in the order pushed, the thing given to it.
  const std::vector<std::optional<std::size_t>>& given() const {
    return given_;
  }

 private:
  struct Taker {
    std::size_t begin;  // its offers are [begin, end)
    std::size_t end;
    // What was given before it came.
    std::vector<std::optional<std::size_t>> given;
    std::vector<std::optional<std::size_t>> holder;
  };

  bool ServeOneMore(const Taker& taker);
  bool Give(std::size_t offer);
  bool MakeFree(std::size_t holder);

  std::vector<Taker> takers_;
  std::vector<Offer> offers_;
  std::vector<std::size_t> taker_of_;               // by offer
  std::vector<std::optional<std::size_t>> given_;   // by offer
  std::vector<std::optional<std::size_t>> holder_;  // by thing
  std::vector<char> seen_offer_;  // in the present search for a path
  std::vector<char> seen_thing_;
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_MATCHING_H_
