#include "core/trust/revocation/revocation_source.h"

#include "tests/support/catch.h"
#include "tests/unit/core/trust/revocation/places.h"

namespace assay {
namespace {

using Status = AnswerSpec::Status;

TEST_CASE("a document holds where it is the issuer's, about the certificate") {
  const auto& world = World();
  const RevocationPlace list{kList, world.issuer.certificate(), {}};
  const RevocationPlace answer{kOcsp, world.issuer.certificate(),
                               world.leaf.certificate()};
  const auto holds = [](const RevocationPlace& parsed_as,
                        const std::string& der, const RevocationPlace& place) {
    return ReasonOf(CheckHolds(ParseRevocation(parsed_as, der).value(), place,
                               kRevokerNow));
  };
  const auto made = world.issuer.List({});
  const auto said = world.issuer.Answer(world.leaf, world.issuer, {});
  CHECK(holds(list, made, list) == Reason::kUnspecified);
  CHECK(holds(answer, said, answer) == Reason::kUnspecified);
  CHECK(holds(list, made, answer) == Reason::kRevocationInvalid);
  CHECK(holds(answer, said, list) == Reason::kRevocationInvalid);
  CHECK(holds(list, world.twin.List({}), list) == Reason::kRevocationInvalid);
  CHECK(holds(answer, world.issuer.Answer(world.other_leaf, world.issuer, {}),
              answer) == Reason::kRevocationInvalid);

  CHECK(KnownAt(ParseRevocation(list, made).value(), list, kRevokerNow) ==
        kRevokerNow - hours(1));
  CHECK(KnownAt(ParseRevocation(answer, said).value(), answer, kRevokerNow) ==
        kRevokerNow - hours(1));
  CHECK_FALSE(KnownAt(
      ParseRevocation(answer, said).value(),
      {kOcsp, world.issuer.certificate(), world.other_leaf.certificate()},
      kRevokerNow));
}
// Whether what the issuer said first is forgotten for what it said then.
bool Forgets(const ListSpec& first, const ListSpec& then) {
  const RevocationPlace place{kList, World().issuer.certificate(), {}};
  const auto read = [&](const ListSpec& spec) {
    return ParseRevocation(place, World().issuer.List(spec)).value();
  };
  return MayReplace(read(then), read(first), place, kRevokerNow);
}

TEST_CASE("a list replaces an older one of its kind") {
  const ListSpec old{.this_update = kRevokerNow - hours(2)};
  const test::Extensions shard{
      {"issuingDistributionPoint", "critical,fullname:URI:" + kOtherList}};
  CHECK(Forgets(old, {}));
  CHECK(Forgets({}, {}));
  CHECK_FALSE(Forgets({}, old));
  CHECK_FALSE(Forgets(old, ListSpec{}.With(shard)));
  CHECK_FALSE(Forgets(old.With(shard), {}));
  CHECK(Forgets(old.With(shard), ListSpec{}.With(shard)));
  CHECK_FALSE(Forgets(old, ListSpec{}.AsDelta(11, 10)));
  CHECK_FALSE(Forgets(old.AsDelta(11, 10), {}));
  CHECK(Forgets(old.AsDelta(11, 10), ListSpec{}.AsDelta(12, 11)));
  // The authority may have other lists by now.
  ListSpec due = old;
  due.next_update = kRevokerNow - minutes(1);
  CHECK(Forgets(due, ListSpec{}.With(shard)));
}

TEST_CASE("a list of times to come gives way, but forgets nobody") {
  const ListSpec ahead{.this_update = kRevokerNow + hours(1)};
  ListSpec revoking = ahead;
  revoking.entries = {{.serial = 1000}};
  ListSpec holding = ahead;
  holding.entries = {RevokedSpec{.serial = 1000}.WithReason(6)};
  ListSpec others;
  others.entries = {{.serial = 2000},
                    RevokedSpec{.serial = 1000}.WithReason(6)};
  ListSpec more;
  more.entries = {{.serial = 2000}, {.serial = 1000}};
  CHECK(Forgets(ahead, {}));
  CHECK(Forgets(holding, {}));
  CHECK_FALSE(Forgets(revoking, {}));
  CHECK_FALSE(Forgets(revoking, others));
  CHECK(Forgets(revoking, more));
  // As far ahead as an authority's clock may be.
  CHECK_FALSE(Forgets({.this_update = kRevokerNow + minutes(5)}, {}));
  // Both are of times to come.
  CHECK_FALSE(Forgets({.this_update = kRevokerNow + hours(2)}, ahead));
}

TEST_CASE("what does not hold is replaced") {
  const RevocationPlace place{kList, World().issuer.certificate(), {}};
  const auto read = [&](const std::string& der) {
    return ParseRevocation(place, der).value();
  };
  CHECK(MayReplace(
      read(World().issuer.List({.this_update = kRevokerNow - hours(2)})),
      read(World().twin.List({})), place, kRevokerNow));
}

TEST_CASE("an answer replaces an older one that does not revoke for good") {
  const RevocationPlace place{kOcsp, World().issuer.certificate(),
                              World().leaf.certificate()};
  const auto forgets = [&](const AnswerSpec& first, const AnswerSpec& then) {
    const auto read = [&](const AnswerSpec& spec) {
      return ParseRevocation(place, World().issuer.Answer(World().leaf,
                                                          World().issuer, spec))
          .value();
    };
    return MayReplace(read(then), read(first), place, kRevokerNow);
  };
  const AnswerSpec old{.this_update = kRevokerNow - hours(2)};
  AnswerSpec revoked = old;
  revoked.status = Status::kRevoked;
  AnswerSpec held = revoked;
  held.reason = 6;
  CHECK(forgets(old, {}));
  CHECK_FALSE(forgets({}, old));
  CHECK_FALSE(forgets(revoked, {}));
  CHECK(forgets(revoked, {.status = Status::kRevoked}));
  CHECK(forgets(held, {}));
  CHECK(forgets(old, {.status = Status::kRevoked}));
}

}  // namespace
}  // namespace assay
