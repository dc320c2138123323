// A source of what tests put there, and a certificate whose chain is checked
// with it.
#ifndef ASSAY_TESTS_UNIT_CORE_TRUST_REVOCATION_PLACES_H_
#define ASSAY_TESTS_UNIT_CORE_TRUST_REVOCATION_PLACES_H_

#include <map>
#include <string>
#include <vector>

#include "core/trust/revocation/revocation_check.h"
#include "tests/support/catch.h"
#include "tests/unit/core/trust/revocation/authorities.h"

namespace assay {

inline const std::string kList = "http://crl.example/a";
inline const std::string kOtherList = "http://crl.example/b";
inline const std::string kDelta = "http://crl.example/d";
inline const std::string kOcsp = "http://ocsp.example/";

// What places hold, by their address.
class Places : public RevocationSource {
 public:
  Result<RevocationDocument> Kept(const RevocationPlace& place) override {
    return Read(kept, place, Reason::kNotFound);
  }
  Result<RevocationDocument> Fetch(const RevocationPlace& place,
                                   Deadline) override {
    asked.push_back(place.url);
    return Read(served, place, Reason::kRevocationUnknown);
  }

  std::map<std::string, std::string> kept;
  std::map<std::string, std::string> served;
  std::vector<std::string> asked;
  bool lies = false;  // about what kind a place is of

 private:
  Result<RevocationDocument> Read(
      const std::map<std::string, std::string>& from,
      const RevocationPlace& place, Reason missing) const {
    const auto found = from.find(place.url);
    if (found == from.end()) return Fail(missing, "nothing");
    RevocationPlace as = place;
    if (lies) {
      as.about = place.about ? std::nullopt : std::optional(place.issuer);
    }
    return ParseRevocation(as, found->second);
  }
};

// A leaf of the shared issuer with these extensions more, and its chain.
struct Case {
  explicit Case(const test::Extensions& extensions = {{"crlDistributionPoints",
                                                       "URI:" + kList}})
      : leaf(World().issuer.Issue(CertificateSpec{}.With(extensions))) {}

  Result<RevocationFindings> Check() {
    const std::vector chain{leaf.certificate(), World().issuer.certificate()};
    return CheckRevocation(chain, places, terms);
  }
  Reason Ending() { return ReasonOf(Check()); }

  // What the list's place serves from now on.
  void Serve(const ListSpec& spec) {
    places.served[kList] = World().issuer.List(spec);
  }
  void Keep(const ListSpec& spec) {
    places.kept[kList] = World().issuer.List(spec);
  }
  std::string Answer(const AnswerSpec& spec = {}) const {
    return World().issuer.Answer(leaf, World().issuer, spec);
  }

  Party leaf;
  Places places;
  RevocationTerms terms{
      .now = kRevokerNow, .signed_at = {}, .fetch_until = Deadline{}};
};

inline const RevokedSpec kRevoked{.serial = 1000};
inline const RevokedSpec kHeld = kRevoked.WithReason(6);

inline test::Extensions WithOcsp(const std::string& more = {}) {
  return {{"authorityInfoAccess", "OCSP;URI:" + kOcsp + more}};
}

}  // namespace assay

#endif  // ASSAY_TESTS_UNIT_CORE_TRUST_REVOCATION_PLACES_H_
