#include "core/trust/revocation/revocation_check.h"

#include "base/limits.h"
#include "tests/unit/core/trust/revocation/places.h"

namespace assay {
namespace {

using Status = AnswerSpec::Status;

TEST_CASE("a list tells good from revoked") {
  Case one;
  one.Serve({.entries = {{.serial = 7}}});
  const auto good = one.Check();
  REQUIRE(good);
  CHECK(good->until == kRevokerNow + hours(24));
  CHECK(good->unasked.empty());
  one.Serve({.entries = {kRevoked}});
  const auto revoked = one.Check();
  REQUIRE_FALSE(revoked);
  CHECK(revoked.error().reason == Reason::kCertificateRevoked);
  CHECK(revoked.error().detail ==
        "/CN=leaf: http://crl.example/a says so, since 2026-05-27T20:26:40Z");
}

TEST_CASE("a certificate that names no place is not asked about") {
  Case one(test::Extensions{});
  const auto found = one.Check();
  REQUIRE(found);
  CHECK_FALSE(found->until);
  CHECK(found->unasked == std::vector<std::string>{"/CN=leaf"});
  const auto alone = CheckRevocation(std::vector{one.leaf.certificate()},
                                     one.places, one.terms);
  REQUIRE(alone);
  CHECK(alone->unasked.empty());
  CHECK(CheckRevocation({}, one.places, one.terms));
}

TEST_CASE("every certificate but the root is asked about") {
  const auto middle =
      World().root.Issue(CertificateSpec::Authority("m", 77).With(
          {{"crlDistributionPoints", "URI:" + kOtherList}}));
  const auto leaf = middle.Issue(
      CertificateSpec{}.With({{"crlDistributionPoints", "URI:" + kList}}));
  const std::vector chain{leaf.certificate(), middle.certificate(),
                          World().root.certificate()};
  Places places;
  places.served[kList] = middle.List({});
  places.served[kOtherList] =
      World().root.List({.next_update = kRevokerNow + hours(2)});
  const RevocationTerms terms{
      .now = kRevokerNow, .signed_at = {}, .fetch_until = Deadline{}};
  const auto good = CheckRevocation(chain, places, terms);
  REQUIRE(good);
  CHECK(good->until == kRevokerNow + hours(2));
  places.served.erase(kList);
  CHECK(ReasonOf(CheckRevocation(chain, places, terms)) ==
        Reason::kRevocationUnknown);
  // What is revoked is more than what is unknown.
  places.served[kOtherList] = World().root.List({.entries = {{.serial = 77}}});
  CHECK(ReasonOf(CheckRevocation(chain, places, terms)) ==
        Reason::kCertificateRevoked);
}

TEST_CASE("what cannot be told is unknown, and the cause is said") {
  Case one;
  const auto cause = [&] {
    const auto found = one.Check();
    REQUIRE_FALSE(found);
    CHECK(found.error().reason == Reason::kRevocationUnknown);
    return found.error().detail;
  };
  const std::string where = "/CN=leaf: " + kList + ": ";
  CHECK(cause() == where + "revocation-unknown: nothing");
  one.places.served[kList] = World().twin.List({});
  CHECK(cause() ==
        where +
            "revocation-invalid: the list is not signed by the authority it "
            "names");
  one.places.served[kList] = "<html>";
  CHECK(cause() == where + "revocation-malformed: it is no list in DER");
  one.terms.fetch_until.reset();
  CHECK(cause() == where + "not-found: nothing");
}

TEST_CASE("a list counts until its next update and for as long as allowed") {
  Case one;
  one.Serve({.next_update = kRevokerNow - minutes(10)});
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  one.terms.staleness = minutes(9);
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  one.terms.staleness = minutes(10);
  const auto found = one.Check();
  REQUIRE(found);
  CHECK(found->until == kRevokerNow);
  one.Serve({.next_update = {}});
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  one.Serve({.this_update = kRevokerNow + minutes(6)});
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  one.Serve({.this_update = kRevokerNow + minutes(5)});
  CHECK(one.Ending() == Reason::kUnspecified);
}

TEST_CASE("what is kept is used until newer is due") {
  Case one;
  one.Keep({});
  CHECK(one.Ending() == Reason::kUnspecified);
  CHECK(one.places.asked.empty());

  one.Keep({.this_update = kRevokerNow - hours(30),
            .next_update = kRevokerNow - hours(1)});
  one.Serve({});
  one.terms.staleness = hours(2);
  const auto newer = one.Check();
  REQUIRE(newer);
  CHECK(newer->until == kRevokerNow + hours(26));
  CHECK(one.places.asked == std::vector{kList});
  // The place does not answer, or with what is older than what is kept.
  one.places.served.clear();
  const auto kept = one.Check();
  REQUIRE(kept);
  CHECK(kept->until == kRevokerNow + hours(1));
  one.Serve({.this_update = kRevokerNow - hours(40)});
  CHECK(one.Check()->until == kRevokerNow + hours(1));
  one.terms.fetch_until.reset();
  CHECK(one.Check()->until == kRevokerNow + hours(1));
  one.terms.staleness = {};
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  // Not even where what is kept is too old itself.
  one.terms.fetch_until = Deadline{};
  const auto older = one.Check();
  REQUIRE_FALSE(older);
  CHECK(older.error().detail == "/CN=leaf: " + kList +
                                    ": revocation-invalid: it is older than "
                                    "what is kept");
}

TEST_CASE("what revoked a certificate is not forgotten for being old") {
  Case one;
  one.Keep({.entries = {kRevoked},
            .this_update = kRevokerNow - hours(900),
            .next_update = kRevokerNow - hours(800)});
  one.Serve({});
  CHECK(one.Ending() == Reason::kCertificateRevoked);
  CHECK(one.places.asked.empty());
  one.places.served.clear();
  CHECK(one.Ending() == Reason::kCertificateRevoked);

  // A place that still serves an old list, or one that promises nothing.
  Case other;
  other.Serve({.entries = {kRevoked}, .next_update = kRevokerNow - hours(1)});
  CHECK(other.Ending() == Reason::kCertificateRevoked);
  other.Serve({.entries = {kRevoked}, .next_update = {}});
  CHECK(other.Ending() == Reason::kCertificateRevoked);

  Case answered(WithOcsp());
  answered.places.kept[kOcsp] = answered.Answer(
      {.status = Status::kRevoked, .next_update = kRevokerNow - hours(800)});
  answered.places.served[kOcsp] = answered.Answer();
  CHECK(answered.Ending() == Reason::kCertificateRevoked);
}

TEST_CASE("every distribution point has to be good") {
  Case one({{"crlDistributionPoints", "URI:" + kList + ",URI:" + kOtherList}});
  one.Serve({});
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  one.places.served[kOtherList] =
      World().issuer.List({.next_update = kRevokerNow + hours(3)});
  CHECK(one.Check()->until == kRevokerNow + hours(3));
  one.places.served.erase(kList);
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  one.places.served[kOtherList] = World().issuer.List({.entries = {kRevoked}});
  CHECK(one.Ending() == Reason::kCertificateRevoked);
}

// Whoever stands between could serve one of a sharded authority's lists in
// another's place.
TEST_CASE("a list of another place or kind is none") {
  Case one;
  const auto scoped = [&](const std::string& scope) {
    one.Serve(
        ListSpec{}.With({{"issuingDistributionPoint", "critical," + scope}}));
    return one.Ending();
  };
  CHECK(scoped("fullname:URI:" + kList) == Reason::kUnspecified);
  CHECK(scoped("fullname:URI:" + kOtherList) == Reason::kRevocationUnknown);
  CHECK(scoped("onlyCA:TRUE") == Reason::kRevocationUnknown);
  one.Serve(ListSpec{}.AsDelta(11, 10));
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  // What it revokes is revoked all the same.
  one.Serve(ListSpec{.entries = {kRevoked}}.AsDelta(11, 10));
  CHECK(one.Ending() == Reason::kCertificateRevoked);
}

TEST_CASE("places that are not asked by http are unknown") {
  for (const char* url : {"ldap://crl.example/a", "https://crl.example/a",
                          "HTTP", "file:///a", "http://", "http://a b"}) {
    CAPTURE(url);
    Case one({{"crlDistributionPoints", std::string("URI:") + url}});
    one.places.served[url] = World().issuer.List({});
    CHECK(one.Ending() == Reason::kRevocationUnknown);
    CHECK(one.places.asked.empty());
  }
  Case two({{"crlDistributionPoints",
             "URI:" + kList + ",URI:ldap://crl.example/a"}});
  two.Serve({});
  CHECK(two.Ending() == Reason::kRevocationUnknown);
}

TEST_CASE("places that cannot be read are unknown, and not asked") {
  const auto ending = [](const std::string& name, const std::string& value) {
    Case one({{name, value}});
    const auto reason = one.Ending();
    CHECK(one.places.asked.empty());
    return reason;
  };
  CHECK(ending("authorityInfoAccess", "DER:0500") ==
        Reason::kRevocationUnknown);
  CHECK(ending("authorityInfoAccess", "OCSP;email:a@example.com") ==
        Reason::kRevocationUnknown);
  CHECK(ending("authorityInfoAccess", "caIssuers;URI:http://ca.example/") ==
        Reason::kUnspecified);
  CHECK(ending("freshestCRL", "URI:" + kDelta) == Reason::kRevocationUnknown);
  // A point of no address, of some reasons, of lists that another signs.
  CHECK(ending("crlDistributionPoints", "email:a@example.com") ==
        Reason::kRevocationUnknown);
  CHECK(ending("crlDistributionPoints",
               "DER:30153013a00da00b8609687474703a2f2f612f81020640") ==
        Reason::kRevocationUnknown);
  CHECK(ending("crlDistributionPoints",
               "DER:30173015a00da00b8609687474703a2f2f612fa204a4023000") ==
        Reason::kRevocationUnknown);
  std::string many = "OCSP;URI:" + kOcsp;
  for (std::size_t i = 0; i < limits::kRevocationUrls; ++i) {
    many += ",OCSP;URI:" + kOcsp;
  }
  CHECK(ending("authorityInfoAccess", many) == Reason::kRevocationUnknown);
  CHECK(
      ending("crlDistributionPoints",
             "URI:" + kList + std::string(limits::kRevocationUrlBytes, 'a')) ==
      Reason::kRevocationUnknown);
}

// The same point without what makes it one that is not asked.
TEST_CASE("a distribution point of one address is asked") {
  Case one(test::Extensions{
      {"crlDistributionPoints", "DER:3011300fa00da00b8609687474703a2f2f612f"}});
  CHECK(one.Ending() == Reason::kRevocationUnknown);
  CHECK(one.places.asked == std::vector<std::string>{"http://a/"});
}
}  // namespace
}  // namespace assay
