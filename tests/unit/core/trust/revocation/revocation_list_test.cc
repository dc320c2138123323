#include "core/trust/revocation/revocation_list.h"

#include "base/limits.h"
#include "tests/support/catch.h"
#include "tests/unit/core/trust/revocation/authorities.h"

namespace assay {
namespace {

const std::string kUrl = "http://crl.example/a";
const RevokedSpec kRevoked{.serial = 1000};

RevocationList Parsed(const std::string& der) {
  auto list = RevocationList::ParseDer(der);
  if (!list) FAIL(list.error().detail);
  return *std::move(list);
}

RevocationList Signed(const ListSpec& spec) {
  auto list = Parsed(World().issuer.List(spec));
  const auto checked = list.CheckSignedBy(World().issuer.certificate());
  if (!checked) FAIL(checked.error().detail);
  return list;
}

Reason ReasonOfSigner(const std::string& der, const Certificate& issuer) {
  return ReasonOf(Parsed(der).CheckSignedBy(issuer));
}

Reason ReasonOfParsing(const std::string& der) {
  return ReasonOf(RevocationList::ParseDer(der));
}

TEST_CASE("a list tells its entries, times and number") {
  const auto invalid = kRevokerNow - hours(48);
  const auto list = Signed(
      {.entries = {
           {.serial = 1000},
           RevokedSpec{.serial = 2000}.WithReason(6).InvalidSince(invalid)}});
  CHECK(list.this_update() == kRevokerNow - hours(1));
  CHECK(list.next_update() == kRevokerNow + hours(24));
  CHECK(list.number() == ListNumber{"\x0a"});
  CHECK_FALSE(list.base_number());
  CHECK(list.freshest_urls().empty());

  const auto revoked = list.Find(World().leaf.certificate());
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0].revoked_at == kRevokerNow - hours(24));
  CHECK_FALSE(revoked[0].on_hold);
  CHECK_FALSE(revoked[0].removed);
  CHECK_FALSE(revoked[0].invalid_since);
  const auto held = list.Find(World().other_leaf.certificate());
  REQUIRE(held.size() == 1);
  CHECK(held[0].on_hold);
  CHECK(held[0].invalid_since == invalid);
  CHECK(list.Find(World().responder.certificate()).empty());
}

TEST_CASE("an entry whose reason cannot be read revokes for good") {
  const auto list = Signed(
      {.entries = {{.serial = 1000, .extensions = {{"CRLReason", "DER:0500"}}},
                   RevokedSpec{.serial = 2000}.WithReason(6).WithReason(8)}});
  for (const auto& one :
       {World().leaf.certificate(), World().other_leaf.certificate()}) {
    const auto found = list.Find(one);
    REQUIRE(found.size() == 1);
    CHECK_FALSE(found[0].on_hold);
    CHECK_FALSE(found[0].removed);
  }
}

TEST_CASE("numbers of lists are compared as numbers") {
  const auto number = [](const std::string& der) {
    return Signed({.extensions = {{"crlNumber", "DER:" + der}}})
        .number()
        .value();
  };
  CHECK(number("020100").bytes.empty());
  CHECK(number("020100") < number("020101"));
  CHECK(number("0202008a") == number("0202008a"));
  CHECK(number("0202008a") < number("02020100"));
  CHECK(number("020109") < number("0202008a"));
  CHECK(number("0214" + std::string(40, '7')).bytes.size() == 20);
  const auto refused = [](const std::string& der) {
    return ReasonOfParsing(
        World().issuer.List({.extensions = {{"crlNumber", "DER:" + der}}}));
  };
  CHECK(refused("0215" + std::string(42, '7')) == Reason::kRevocationMalformed);
  CHECK(refused("0201ff") == Reason::kRevocationMalformed);
  CHECK(refused("02010a00") == Reason::kRevocationMalformed);
  CHECK(refused("0202000a") == Reason::kRevocationMalformed);
}

TEST_CASE("what is no list in DER is refused") {
  const auto der = World().issuer.List({});
  CHECK(ReasonOfParsing(der) == Reason::kUnspecified);
  CHECK(ReasonOfParsing("") == Reason::kRevocationMalformed);
  CHECK(ReasonOfParsing(der + "x") == Reason::kRevocationMalformed);
  CHECK(ReasonOfParsing(der.substr(0, der.size() - 1)) ==
        Reason::kRevocationMalformed);
  CHECK(ReasonOfParsing(World().leaf.certificate().der()) ==
        Reason::kRevocationMalformed);
  // Its outer length in a byte more than it needs, and without one.
  REQUIRE(der.substr(0, 2) == "\x30\x81");
  CHECK(ReasonOfParsing("\x30\x82" + std::string(1, '\0') + der.substr(2)) ==
        Reason::kRevocationMalformed);
  CHECK(ReasonOfParsing("\x30\x80" + der.substr(3) + std::string(2, '\0')) ==
        Reason::kRevocationMalformed);
  CHECK(ReasonOfParsing(World().issuer.List(
            {.extensions = {}, .version = 0})) == Reason::kRevocationMalformed);
}

// The outer layer alone says nothing about what it holds: here the length of
// the version takes a byte more than it needs.
TEST_CASE("what a list holds is DER as well") {
  auto der = World().issuer.List({.entries = {kRevoked, kRevoked, kRevoked}});
  REQUIRE(der.substr(0, 2) == "\x30\x81");
  REQUIRE(der.substr(3, 2) == "\x30\x81");
  REQUIRE(der.substr(6, 3) == "\x02\x01\x01");
  REQUIRE(ReasonOfParsing(der) == Reason::kUnspecified);
  der.insert(7, "\x81");
  for (const std::size_t length : {2U, 5U}) {
    der[length] = static_cast<char>(der[length] + 1);
  }
  CHECK(ReasonOfParsing(der) == Reason::kRevocationMalformed);
}

TEST_CASE("a list over its cap is not looked at") {
  const auto der = World().issuer.List({});
  CHECK(ReasonOfParsing(der +
                        std::string(limits::kRevocationListBytes - der.size(),
                                    ' ')) == Reason::kRevocationMalformed);
  const auto big =
      RevocationList::ParseDer(std::string((8U << 20) + 1, '\x30'));
  REQUIRE_FALSE(big);
  CHECK(big.error().reason == Reason::kRevocationMalformed);
  CHECK(big.error().detail == "it is too big");
}

TEST_CASE("an extension that occurs twice is refused") {
  CHECK(ReasonOfParsing(World().issuer.List(ListSpec{}.With(
            {{"crlNumber", "DER:02010b"}}))) == Reason::kRevocationMalformed);
}

TEST_CASE("only its issuer's signature makes a list") {
  const auto& world = World();
  const auto der = world.issuer.List({});
  CHECK(ReasonOfSigner(der, world.issuer.certificate()) ==
        Reason::kUnspecified);
  CHECK(ReasonOfSigner(der, world.twin.certificate()) ==
        Reason::kRevocationInvalid);
  CHECK(ReasonOfSigner(der, world.root.certificate()) ==
        Reason::kRevocationInvalid);
  CHECK(ReasonOfSigner(world.stranger.List({}), world.issuer.certificate()) ==
        Reason::kRevocationInvalid);
  auto forged = der;
  forged.back() = static_cast<char>(forged.back() ^ 1);
  CHECK(ReasonOfSigner(forged, world.issuer.certificate()) ==
        Reason::kRevocationInvalid);
}

TEST_CASE("a list signed with SHA-1 is refused") {
  CHECK(ReasonOfSigner(World().issuer.List({.hash = "SHA1"}),
                       World().issuer.certificate()) ==
        Reason::kRevocationInvalid);
  CHECK(ReasonOfSigner(World().issuer.List({.hash = "SHA384"}),
                       World().issuer.certificate()) == Reason::kUnspecified);
}

TEST_CASE("whoever may not sign lists signs none") {
  const auto reason = [](const test::Extensions& extensions) {
    const auto one = World().root.Issue(
        {.name = "limited", .serial = 9, .extensions = extensions});
    return ReasonOfSigner(one.List({}), one.certificate());
  };
  CHECK(reason({{"basicConstraints", "critical,CA:TRUE"}}) ==
        Reason::kUnspecified);
  CHECK(reason({{"basicConstraints", "critical,CA:TRUE"},
                {"keyUsage", "critical,keyCertSign"}}) ==
        Reason::kRevocationInvalid);
  CHECK(reason({{"keyUsage", "critical,cRLSign"}}) ==
        Reason::kRevocationInvalid);
}

TEST_CASE("a critical extension that nobody understands ends a list") {
  const auto issuer = World().issuer.certificate();
  const auto reason = [&](const ListSpec& spec) {
    return ReasonOfSigner(World().issuer.List(spec), issuer);
  };
  CHECK(reason(ListSpec{}.With({{"1.2.3.4", "DER:0500"}})) ==
        Reason::kUnspecified);
  CHECK(reason(ListSpec{}.With({{"1.2.3.4", "critical,DER:0500"}})) ==
        Reason::kRevocationInvalid);
  CHECK(reason(ListSpec{}.AsDelta(11, 10)) == Reason::kUnspecified);
  // Also in an entry of another certificate.
  CHECK(reason({.entries = {{.serial = 7,
                             .extensions = {{"1.2.3.4", "DER:0500"}}}}}) ==
        Reason::kUnspecified);
  CHECK(
      reason(
          {.entries = {{.serial = 7,
                        .extensions = {{"1.2.3.4", "critical,DER:0500"}}}}}) ==
      Reason::kRevocationInvalid);
}

// Whoever may name other issuers speaks of serials that are not this issuer's.
TEST_CASE("a list of others' certificates is none of this issuer") {
  const auto issuer = World().issuer.certificate();
  const auto reason = [&](const ListSpec& spec) {
    return ReasonOfSigner(World().issuer.List(spec), issuer);
  };
  const auto scoped = [&](const std::string& value) {
    return reason(
        ListSpec{}.With({{"issuingDistributionPoint", "critical," + value}}));
  };
  CHECK(scoped("fullname:URI:" + kUrl) == Reason::kUnspecified);
  CHECK(scoped("indirectCRL:TRUE") == Reason::kRevocationInvalid);
  CHECK(scoped("onlyAA:TRUE") == Reason::kRevocationInvalid);
  // GeneralNames of one directory name, empty.
  CHECK(
      reason({.entries = {{.serial = 1000,
                           .extensions = {{"2.5.29.29",
                                           "critical,DER:3004a4023000"}}}}}) ==
      Reason::kRevocationInvalid);
  CHECK(
      reason(
          {.entries = {{.serial = 1000,
                        .extensions = {{"2.5.29.29", "DER:3004a4023000"}}}}}) ==
      Reason::kRevocationInvalid);
}

TEST_CASE("a list speaks of what its scope holds") {
  const auto leaf = World().leaf.certificate();
  const auto issuer = World().issuer.certificate();
  const DistributionPoint point{{"ldap://other", kUrl}};
  const auto reason = [&](const std::string& scope, const Certificate& one) {
    return ReasonOf(Signed(ListSpec{}.With({{"issuingDistributionPoint",
                                             "critical," + scope}}))
                        .CheckSpeaksOf(one, point));
  };
  CHECK(Signed({}).CheckSpeaksOf(leaf, point));
  CHECK(reason("onlyuser:TRUE", leaf) == Reason::kUnspecified);
  CHECK(reason("onlyuser:TRUE", issuer) == Reason::kRevocationInvalid);
  CHECK(reason("onlyCA:TRUE", issuer) == Reason::kUnspecified);
  CHECK(reason("onlyCA:TRUE", leaf) == Reason::kRevocationInvalid);
  CHECK(reason("onlysomereasons:keyCompromise", leaf) ==
        Reason::kRevocationInvalid);
  CHECK(reason("fullname:URI:" + kUrl, leaf) == Reason::kUnspecified);
  CHECK(reason("fullname:URI:http://crl.example/b", leaf) ==
        Reason::kRevocationInvalid);
  CHECK(
      ReasonOf(Signed(ListSpec{}.AsDelta(11, 10)).CheckSpeaksOf(leaf, point)) ==
      Reason::kRevocationInvalid);
}

TEST_CASE("a delta changes the list it is of") {
  const auto whole = Signed({});  // 10
  const auto reason = [&](const ListSpec& delta) {
    return ReasonOf(whole.CheckChangedBy(Signed(delta)));
  };
  CHECK(reason(ListSpec{}.AsDelta(11, 10)) == Reason::kUnspecified);
  CHECK(reason(ListSpec{}.AsDelta(12, 7)) == Reason::kUnspecified);
  CHECK(reason(ListSpec{}.AsDelta(10, 9)) == Reason::kRevocationInvalid);
  CHECK(reason(ListSpec{}.AsDelta(9, 8)) == Reason::kRevocationInvalid);
  CHECK(reason(ListSpec{}.AsDelta(12, 11)) == Reason::kRevocationInvalid);
  // A whole list is no delta; one without number has none.
  CHECK(reason({.extensions = {{"crlNumber", "DER:02010b"}}}) ==
        Reason::kRevocationInvalid);
  CHECK(ReasonOf(Signed({.extensions = {}})
                     .CheckChangedBy(Signed(ListSpec{}.AsDelta(11, 10)))) ==
        Reason::kRevocationInvalid);
  CHECK(reason(ListSpec{}.AsDelta(11, 10).With(
            {{"issuingDistributionPoint", "critical,onlyuser:TRUE"}})) ==
        Reason::kRevocationInvalid);
}

TEST_CASE("a list says where its deltas are") {
  const auto list = Signed(ListSpec{}.With(
      {{"freshestCRL", "URI:http://crl.example/d,URI:ldap://other"}}));
  CHECK(list.freshest_urls() ==
        std::vector<std::string>{"http://crl.example/d", "ldap://other"});
  const auto refused = [](const std::string& value) {
    return ReasonOfParsing(
        World().issuer.List(ListSpec{}.With({{"freshestCRL", value}})));
  };
  CHECK(refused("DER:3000") == Reason::kRevocationMalformed);
  CHECK(refused("DER:0500") == Reason::kRevocationMalformed);
  CHECK(refused("email:a@example.com") == Reason::kRevocationMalformed);
}

}  // namespace
}  // namespace assay
