// Properties: a list that reads has numbers as they are compared, addresses
// within their caps, and takes back nothing that it holds at the same time; one
// that its issuer signed says what the issuer once said.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "core/trust/revocation/revocation_list.h"
#include "tests/fuzz/recorded_authority.h"

namespace {

using assay::RevocationList;
using assay::fuzz::Authority;
using assay::fuzz::Require;

bool SaysTheSame(const RevocationList& a, const RevocationList& b) {
  const assay::DistributionPoint point{{"http://crl.example/a"}};
  const auto same_of = [&](const assay::Certificate& one) {
    const auto same_entry = [](const auto& x, const auto& y) {
      return x.revoked_at == y.revoked_at && x.on_hold == y.on_hold &&
             x.removed == y.removed && x.invalid_since == y.invalid_since;
    };
    const auto of_a = a.Find(one);
    const auto of_b = b.Find(one);
    return std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                      same_entry) &&
           a.CheckSpeaksOf(one, point).has_value() ==
               b.CheckSpeaksOf(one, point).has_value();
  };
  return a.this_update() == b.this_update() &&
         a.next_update() == b.next_update() && a.number() == b.number() &&
         a.base_number() == b.base_number() &&
         a.freshest_urls() == b.freshest_urls() &&
         same_of(Authority().revoked) && same_of(Authority().good);
}

const std::vector<RevocationList>& Recorded() {
  static const std::vector<RevocationList> lists = [] {
    std::vector<RevocationList> read;
    for (const auto& der : Authority().lists) {
      read.push_back(RevocationList::ParseDer(der).value());
      Require(read.back().CheckSignedBy(Authority().issuer).has_value());
    }
    return read;
  }();
  return lists;
}

void CheckNumber(const std::optional<assay::ListNumber>& number) {
  if (!number) return;
  Require(number->bytes.size() <= 20 && !number->bytes.starts_with('\0'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto& recorded = Recorded();
  const auto list =
      RevocationList::ParseDer({reinterpret_cast<const char*>(data), size});
  if (!list) return 0;
  CheckNumber(list->number());
  CheckNumber(list->base_number());
  Require(list->freshest_urls().size() <= assay::limits::kRevocationUrls);
  for (const auto& entry : list->Find(Authority().revoked)) {
    Require(!entry.on_hold || !entry.removed);
  }
  if (list->CheckSignedBy(Authority().issuer)) {
    Require(std::any_of(recorded.begin(), recorded.end(), [&](const auto& one) {
      return SaysTheSame(*list, one);
    }));
  }
  return 0;
}
