#include "core/policy/matching.h"

#include <algorithm>
#include <utility>

namespace assay {

bool Matching::Push(std::size_t count, const std::vector<Offer>& offers) {
  const std::size_t begin = offers_.size();
  takers_.push_back({begin, begin + offers.size(), given_, holder_});
  std::size_t things = holder_.size();
  for (const Offer offer : offers) {
    offers_.push_back(offer);
    taker_of_.push_back(takers_.size() - 1);
    for (const std::size_t thing : *offer) things = std::max(things, thing + 1);
  }
  given_.resize(offers_.size());
  holder_.resize(things);
  for (std::size_t i = 0; i < count; ++i) {
    seen_offer_.assign(offers_.size(), 0);
    seen_thing_.assign(things, 0);
    if (!ServeOneMore(takers_.back())) return false;
  }
  return true;
}

void Matching::Pop() {
  Taker last = std::move(takers_.back());
  takers_.pop_back();
  offers_.resize(last.begin);
  taker_of_.resize(last.begin);
  given_ = std::move(last.given);
  holder_ = std::move(last.holder);
}

// Through an offer of the taker that has nothing yet.
bool Matching::ServeOneMore(const Taker& taker) {
  for (std::size_t offer = taker.begin; offer < taker.end; ++offer) {
    if (!given_[offer] && seen_offer_[offer] == 0 && Give(offer)) return true;
  }
  return false;
}

bool Matching::Give(std::size_t offer) {
  seen_offer_[offer] = 1;
  for (const std::size_t thing : *offers_[offer]) {
    if (seen_thing_[thing] != 0) continue;
    seen_thing_[thing] = 1;
    const std::optional<std::size_t> holder = holder_[thing];
    if (holder && !MakeFree(*holder)) continue;
    holder_[thing] = offer;
    given_[offer] = thing;
    return true;
  }
  return false;
}

// The holder gets another thing, or its taker uses another offer.
bool Matching::MakeFree(std::size_t holder) {
  if (seen_offer_[holder] == 0 && Give(holder)) return true;
  if (!ServeOneMore(takers_[taker_of_[holder]])) return false;
  given_[holder].reset();
  return true;
}

}  // namespace assay
