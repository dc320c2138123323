#include "tests/unit/core/trust/revocation/places.h"

namespace assay {
namespace {

using Status = AnswerSpec::Status;

test::Extensions WithBoth() {
  auto extensions = WithOcsp();
  extensions.emplace_back("crlDistributionPoints", "URI:" + kList);
  return extensions;
}

TEST_CASE("a responder is asked before any list") {
  Case one(WithBoth());
  one.places.served[kOcsp] = one.Answer();
  one.Serve({.entries = {kRevoked}});
  CHECK(one.Ending() == Reason::kUnspecified);
  CHECK(one.places.asked == std::vector{kOcsp});
  one.Serve({});
  one.places.served[kOcsp] = one.Answer({.status = Status::kRevoked});
  CHECK(one.Ending() == Reason::kCertificateRevoked);
}

TEST_CASE("lists answer what a responder does not") {
  Case one(WithBoth());
  const auto with = [&](const std::string& answer) {
    one.places.served[kOcsp] = answer;
    return one.Ending();
  };
  for (const auto& answer :
       {one.Answer({.status = Status::kUnknown}), test::BusyResponder(),
        std::string("<html>"),
        one.Answer({.next_update = kRevokerNow - hours(1)}),
        World().twin.Answer(one.leaf, World().issuer, {})}) {
    one.places.served[kList] = World().issuer.List({});
    CHECK(with(answer) == Reason::kUnspecified);
    one.places.served[kList] = World().issuer.List({.entries = {kRevoked}});
    CHECK(with(answer) == Reason::kCertificateRevoked);
    one.places.served.erase(kList);
    CHECK(with(answer) == Reason::kRevocationUnknown);
  }
  one.places.served.erase(kOcsp);
  one.Serve({});
  CHECK(one.Ending() == Reason::kUnspecified);
}

TEST_CASE("the next responder is asked where one does not answer") {
  Case one(WithOcsp(",OCSP;URI:http://ocsp.example/2"));
  one.places.served["http://ocsp.example/2"] = one.Answer();
  CHECK(one.Ending() == Reason::kUnspecified);
  one.places.served[kOcsp] = test::BusyResponder();
  CHECK(one.Ending() == Reason::kUnspecified);
  // That it does not know is an answer.
  one.places.served[kOcsp] = one.Answer({.status = Status::kUnknown});
  one.places.asked.clear();
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  CHECK(one.places.asked == std::vector{kOcsp});
}

TEST_CASE("what a responder did not know is asked again") {
  Case one(WithOcsp());
  one.places.kept[kOcsp] = one.Answer({.status = Status::kUnknown});
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  one.places.served[kOcsp] = one.Answer();
  CHECK(one.Ending() == Reason::kUnspecified);
  one.terms.fetch_until.reset();
  CHECK(one.Ending() == Reason::kRevocationUnknown);
}

TEST_CASE("an answer that promises no newer one counts for an hour") {
  Case one(WithOcsp());
  one.places.served[kOcsp] =
      one.Answer({.this_update = kRevokerNow - minutes(60), .next_update = {}});
  CHECK(one.Check()->until == kRevokerNow);
  one.places.served[kOcsp] =
      one.Answer({.this_update = kRevokerNow - minutes(61), .next_update = {}});
  CHECK(one.Ending() == Reason::kRevocationUnknown);
}

TEST_CASE("a source that has another kind in a place is not believed") {
  Case one;
  one.places.lies = true;
  one.places.served[kList] = one.Answer();
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  Case two(WithOcsp());
  two.places.lies = true;
  two.places.served[kOcsp] = World().issuer.List({});
  CHECK(two.Ending() == Reason::kRevocationUnknown);
}

}  // namespace
}  // namespace assay
