#include "tests/unit/core/trust/revocation/places.h"

namespace assay {
namespace {

using Status = AnswerSpec::Status;

// A hold may be taken back, by what is newer alone.
TEST_CASE("a hold stands until newer takes it back") {
  Case one;
  const ListSpec old{.entries = {kHeld},
                     .this_update = kRevokerNow - hours(30),
                     .next_update = kRevokerNow - hours(1)};
  one.Keep(old);
  CHECK(one.Ending() == Reason::kCertificateRevoked);
  one.Serve({.this_update = kRevokerNow - hours(31)});
  CHECK(one.Ending() == Reason::kCertificateRevoked);
  one.Serve({.this_update = kRevokerNow - hours(29)});
  CHECK(one.Ending() == Reason::kUnspecified);
  one.Keep({.entries = {kHeld}});
  CHECK(one.Ending() == Reason::kCertificateRevoked);

  Case answered(WithOcsp());
  answered.places.kept[kOcsp] =
      answered.Answer({.status = Status::kRevoked,
                       .reason = 6,
                       .next_update = kRevokerNow - hours(1)});
  CHECK(answered.Ending() == Reason::kCertificateRevoked);
  answered.places.served[kOcsp] = answered.Answer();
  CHECK(answered.Ending() == Reason::kUnspecified);
}

TEST_CASE("the last of hold and removal counts") {
  Case one;
  const auto removed = [](Time at) {
    return RevokedSpec{.serial = 1000, .at = at}.WithReason(8);
  };
  one.Serve({.entries = {kHeld, removed(kHeld.at + hours(1))}});
  CHECK(one.Ending() == Reason::kUnspecified);
  one.Serve({.entries = {removed(kHeld.at + hours(1)), kHeld}});
  CHECK(one.Ending() == Reason::kUnspecified);
  one.Serve({.entries = {kHeld, removed(kHeld.at - hours(1))}});
  CHECK(one.Ending() == Reason::kCertificateRevoked);
  one.Serve({.entries = {kHeld, removed(kHeld.at)}});
  CHECK(one.Ending() == Reason::kCertificateRevoked);
  one.Serve({.entries = {removed(kHeld.at), kHeld}});
  CHECK(one.Ending() == Reason::kCertificateRevoked);
  // What is no hold is not taken back.
  one.Serve({.entries = {kRevoked, removed(kHeld.at + hours(1))}});
  CHECK(one.Ending() == Reason::kCertificateRevoked);
}

TEST_CASE("what was signed before the key was bad stays signed") {
  Case one;
  const auto bad = kRevokerNow - hours(48);
  one.Serve({.entries = {kRevoked.InvalidSince(bad)}});
  CHECK(one.Ending() == Reason::kCertificateRevoked);
  one.terms.signed_at = bad;
  CHECK(one.Ending() == Reason::kCertificateRevoked);
  one.terms.signed_at = bad - std::chrono::seconds(1);
  CHECK(one.Ending() == Reason::kUnspecified);
  // Without such a date, and with one entry that is not excused.
  one.Serve({.entries = {kRevoked}});
  CHECK(one.Ending() == Reason::kCertificateRevoked);
  one.Serve({.entries = {kRevoked.InvalidSince(bad), kRevoked}});
  CHECK(one.Ending() == Reason::kCertificateRevoked);

  Case answered(WithOcsp());
  answered.terms.signed_at = bad - std::chrono::seconds(1);
  const auto dated = [](Time time) {
    return RevokedSpec{}.InvalidSince(time).extensions;
  };
  answered.places.served[kOcsp] =
      answered.Answer({.status = Status::kRevoked, .single = dated(bad)});
  CHECK(answered.Ending() == Reason::kUnspecified);
  answered.places.served[kOcsp] = answered.Answer(
      {.status = Status::kRevoked, .single = dated(bad - hours(1))});
  CHECK(answered.Ending() == Reason::kCertificateRevoked);
}

// A list with places of deltas, and what they serve.
struct DeltaCase : Case {
  explicit DeltaCase(const std::vector<RevokedSpec>& entries = {}) {
    ListSpec whole{.entries = entries};
    Serve(whole.With(
        {{"freshestCRL", "URI:http://crl.example/no,URI:" + kDelta}}));
  }
  Reason With(const ListSpec& delta) {
    places.served[kDelta] = World().issuer.List(delta);
    return Ending();
  }
};

TEST_CASE("a list with deltas is good with one of them") {
  DeltaCase one;
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  CHECK(one.With(ListSpec{.next_update = kRevokerNow + hours(2)}.AsDelta(
            12, 10)) == Reason::kUnspecified);
  CHECK(one.Check()->until == kRevokerNow + hours(2));
  CHECK(one.With(ListSpec{.next_update = kRevokerNow + hours(48)}.AsDelta(
            12, 9)) == Reason::kUnspecified);
  CHECK(one.Check()->until == kRevokerNow + hours(24));
}

TEST_CASE("a delta that does not change the list is none") {
  DeltaCase one;
  CHECK(one.With(ListSpec{}.AsDelta(10, 9)) == Reason::kRevocationUnknown);
  CHECK(one.With(ListSpec{}.AsDelta(9, 8)) == Reason::kRevocationUnknown);
  CHECK(one.With(ListSpec{}.AsDelta(12, 11)) == Reason::kRevocationUnknown);
  CHECK(one.With(ListSpec{.next_update = kRevokerNow - hours(1)}.AsDelta(
            12, 10)) == Reason::kRevocationUnknown);
  CHECK(one.With({.extensions = {{"crlNumber", "DER:02010b"}}}) ==
        Reason::kRevocationUnknown);
  one.places.served[kDelta] = World().twin.List(ListSpec{}.AsDelta(12, 10));
  CHECK(one.Ending() == Reason::kRevocationUnknown);
}

TEST_CASE("a delta revokes, holds and takes back") {
  DeltaCase one;
  CHECK(one.With(ListSpec{.entries = {kRevoked}}.AsDelta(12, 10)) ==
        Reason::kCertificateRevoked);
  CHECK(one.With(ListSpec{.entries = {kHeld}}.AsDelta(12, 10)) ==
        Reason::kCertificateRevoked);
  // Even one that changes another list.
  CHECK(one.With(ListSpec{.entries = {kRevoked}}.AsDelta(12, 11)) ==
        Reason::kCertificateRevoked);

  DeltaCase held({kHeld});
  CHECK(held.Ending() == Reason::kCertificateRevoked);
  CHECK(held.With(ListSpec{}.AsDelta(12, 10)) == Reason::kCertificateRevoked);
  const auto back = RevokedSpec{.serial = 1000, .at = kHeld.at + hours(1)};
  CHECK(held.With(ListSpec{.entries = {back.WithReason(8)}}.AsDelta(12, 10)) ==
        Reason::kUnspecified);
  CHECK(held.With(ListSpec{.entries = {back.WithReason(8)}}.AsDelta(12, 11)) ==
        Reason::kCertificateRevoked);

  DeltaCase revoked({kRevoked});
  CHECK(revoked.With(ListSpec{.entries = {back.WithReason(8)}}.AsDelta(
            12, 10)) == Reason::kCertificateRevoked);
}

TEST_CASE("what a delta revoked is not forgotten for its list being old") {
  DeltaCase one;
  one.places.kept = one.places.served;
  one.places.kept[kDelta] =
      World().issuer.List(ListSpec{.entries = {kHeld}}.AsDelta(12, 10));
  one.places.served.clear();
  one.terms.now = kRevokerNow + hours(1000);
  CHECK(one.Ending() == Reason::kCertificateRevoked);
  one.terms.fetch_until.reset();
  CHECK(one.Ending() == Reason::kCertificateRevoked);
  one.places.kept[kDelta] = World().issuer.List(ListSpec{}.AsDelta(12, 10));
  CHECK(one.Ending() == Reason::kRevocationUnknown);
}

TEST_CASE("deltas that only the certificate names are not known") {
  Case one({{"crlDistributionPoints", "URI:" + kList},
            {"freshestCRL", "URI:" + kDelta}});
  one.Serve({});
  one.places.served[kDelta] = World().issuer.List(ListSpec{}.AsDelta(12, 10));
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  one.Serve(ListSpec{}.With({{"freshestCRL", "URI:" + kDelta}}));
  CHECK(one.Ending() == Reason::kUnspecified);
}
}  // namespace
}  // namespace assay
