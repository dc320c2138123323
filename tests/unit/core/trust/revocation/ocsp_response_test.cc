#include "core/trust/revocation/ocsp_response.h"

#include "base/limits.h"
#include "tests/support/catch.h"
#include "tests/unit/core/trust/revocation/authorities.h"

namespace assay {
namespace {

using Status = AnswerSpec::Status;

Result<OcspAnswer> Ask(const std::string& der, Time now = kRevokerNow) {
  const auto response = OcspResponse::ParseDer(der);
  if (!response) return response.error();
  return response->AnswerFor(World().leaf.certificate(),
                             World().issuer.certificate(), now);
}

// An answer about the leaf by this one.
std::string By(const Party& signer, const AnswerSpec& spec = {}) {
  return signer.Answer(World().leaf, World().issuer, spec);
}

Party Responder(const CertificateSpec& spec) {
  return World().issuer.Issue(spec);
}

TEST_CASE("a request names one certificate, the same way every time") {
  const auto& world = World();
  const auto request =
      OcspRequestFor(world.leaf.certificate(), world.issuer.certificate());
  CHECK(request.size() > 60);
  CHECK(request.size() < 100);
  CHECK(request ==
        OcspRequestFor(world.leaf.certificate(), world.issuer.certificate()));
  CHECK(request != OcspRequestFor(world.other_leaf.certificate(),
                                  world.issuer.certificate()));
  CHECK(request != OcspRequestFor(world.twin_leaf.certificate(),
                                  world.twin.certificate()));
}

TEST_CASE("issuer and delegate answer") {
  const auto& signer = GENERATE(0, 1) == 0 ? World().issuer : World().responder;
  const auto good = Ask(By(signer));
  REQUIRE(good);
  CHECK(good->status == OcspStatus::kGood);
  CHECK(good->this_update == kRevokerNow - hours(1));
  CHECK(good->next_update == kRevokerNow + hours(24));
  const auto unknown = Ask(By(signer, {.status = Status::kUnknown}));
  REQUIRE(unknown);
  CHECK(unknown->status == OcspStatus::kUnknown);
  const auto revoked =
      Ask(By(signer, {.status = Status::kRevoked, .next_update = {}}));
  REQUIRE(revoked);
  CHECK(revoked->status == OcspStatus::kRevoked);
  CHECK(revoked->revoked_at == kRevokerNow - hours(24));
  CHECK_FALSE(revoked->next_update);
  CHECK_FALSE(revoked->on_hold);
  CHECK_FALSE(revoked->invalid_since);
}

TEST_CASE("a revocation tells that it is a hold, and since when it matters") {
  const auto since = kRevokerNow - hours(48);
  const auto revoked =
      Ask(By(World().issuer,
             {.status = Status::kRevoked,
              .reason = 6,
              .single = test::RevokedSpec{}.InvalidSince(since).extensions}));
  REQUIRE(revoked);
  CHECK(revoked->on_hold);
  CHECK(revoked->invalid_since == since);
}

TEST_CASE("certificates are found by any hash of the SHA family") {
  const auto* name = GENERATE("SHA1", "SHA256", "SHA384", "SHA512");
  CHECK(Ask(By(World().issuer, {.name_hash = name})));
  CHECK(ReasonOf(Ask(By(World().issuer, {.name_hash = "MD5"}))) ==
        Reason::kRevocationInvalid);
}

TEST_CASE("what is no response in DER is refused") {
  const auto der = By(World().issuer);
  const auto reason = [](const std::string& bytes) {
    return ReasonOf(OcspResponse::ParseDer(bytes));
  };
  CHECK(reason(der) == Reason::kUnspecified);
  CHECK(reason("") == Reason::kRevocationMalformed);
  CHECK(reason(der + "x") == Reason::kRevocationMalformed);
  CHECK(reason(der.substr(0, der.size() - 1)) == Reason::kRevocationMalformed);
  CHECK(reason(test::BusyResponder()) == Reason::kRevocationMalformed);
  CHECK(reason(std::string(limits::kOcspResponseBytes + 1, '\x30')) ==
        Reason::kRevocationMalformed);
}

// The response is a string of octets in an envelope. Both lengths of the
// envelope are made to hold a byte more.
TEST_CASE("nothing may follow what a response holds") {
  auto der = By(World().responder);
  REQUIRE(der.substr(0, 2) == "\x30\x82");
  const auto grow = [&](std::size_t at) {
    REQUIRE(der[at] == '\x82');
    der[at + 2] = static_cast<char>(der[at + 2] + 1);
    REQUIRE(der[at + 2] != 0);
  };
  grow(1);
  grow(8);   // [0], behind the status
  grow(12);  // its sequence
  const auto octets = der.find("\x04\x82", 14);
  REQUIRE(octets != std::string::npos);
  grow(octets + 1);
  CHECK(ReasonOf(OcspResponse::ParseDer(der + "x")) ==
        Reason::kRevocationMalformed);
}

TEST_CASE("an answer about another certificate is none") {
  const auto& world = World();
  CHECK(ReasonOf(Ask(world.issuer.Answer(world.other_leaf, world.issuer,
                                         {}))) == Reason::kRevocationInvalid);
  // The same serial of another issuer, who has the same name; of one who has
  // another.
  CHECK(ReasonOf(Ask(world.twin.Answer(world.twin_leaf, world.twin, {}))) ==
        Reason::kRevocationInvalid);
  CHECK(ReasonOf(Ask(world.issuer.Answer(world.twin_leaf, world.twin, {}))) ==
        Reason::kRevocationInvalid);
  CHECK(ReasonOf(Ask(world.issuer.Answer(world.leaf, world.root, {}))) ==
        Reason::kRevocationInvalid);
  CHECK(ReasonOf(Ask(By(world.issuer, {.times = 2}))) ==
        Reason::kRevocationInvalid);
}

TEST_CASE("only issuer and delegate are believed") {
  const auto& world = World();
  CHECK(ReasonOf(Ask(By(world.twin))) == Reason::kRevocationInvalid);
  CHECK(ReasonOf(Ask(By(world.stranger))) == Reason::kRevocationInvalid);
  CHECK(ReasonOf(Ask(By(world.root))) == Reason::kRevocationInvalid);
  // A certificate of the issuer for another purpose, and the suspect itself.
  CHECK(ReasonOf(Ask(By(world.other_leaf))) == Reason::kRevocationInvalid);
  CHECK(ReasonOf(Ask(By(world.leaf))) == Reason::kRevocationInvalid);
  // A delegate of somebody else.
  const auto foreign = world.twin.Issue(CertificateSpec::Responder(3));
  CHECK(ReasonOf(Ask(By(foreign))) == Reason::kRevocationInvalid);
  // One that the response does not carry; another one carried in its place.
  CHECK(ReasonOf(Ask(By(world.responder, {.carry_signer = false}))) ==
        Reason::kRevocationInvalid);
  CHECK(ReasonOf(Ask(By(
            foreign, {.carried = &world.responder, .carry_signer = false}))) ==
        Reason::kRevocationInvalid);
  CHECK(Ask(By(world.responder, {.carried = &world.other_leaf})));
  CHECK(Ask(By(world.issuer, {.carry_signer = false})));
}

TEST_CASE("nobody answers for itself") {
  const auto one = Responder(CertificateSpec::Responder(8));
  const auto response =
      OcspResponse::ParseDer(one.Answer(one, World().issuer, {}));
  REQUIRE(response);
  CHECK(ReasonOf(response->AnswerFor(
            one.certificate(), World().issuer.certificate(), kRevokerNow)) ==
        Reason::kRevocationInvalid);
}

TEST_CASE("a delegate may sign and is for OCSP") {
  auto spec = CertificateSpec::Responder(8);
  spec.extensions = {{"extendedKeyUsage", "OCSPSigning"}};
  CHECK(Ask(By(Responder(spec))));
  spec.extensions = {{"keyUsage", "critical,keyEncipherment"},
                     {"extendedKeyUsage", "OCSPSigning"}};
  CHECK(ReasonOf(Ask(By(Responder(spec)))) == Reason::kRevocationInvalid);
  spec.extensions = {{"keyUsage", "critical,digitalSignature"}};
  CHECK(ReasonOf(Ask(By(Responder(spec)))) == Reason::kRevocationInvalid);
  spec.extensions = {{"extendedKeyUsage", "anyExtendedKeyUsage"}};
  CHECK(ReasonOf(Ask(By(Responder(spec)))) == Reason::kRevocationInvalid);
  spec = CertificateSpec::Responder(8);
  spec.hash = "SHA1";
  CHECK(ReasonOf(Ask(By(Responder(spec)))) == Reason::kRevocationInvalid);
}

TEST_CASE("a delegate is valid now, or was when it revoked") {
  auto spec = CertificateSpec::Responder(8);
  spec.end = kRevokerNow - minutes(30);  // after this update
  const auto expired = Responder(spec);
  CHECK(ReasonOf(Ask(By(expired))) == Reason::kRevocationInvalid);
  CHECK(Ask(By(expired), kRevokerNow - minutes(45)));
  CHECK(ReasonOf(Ask(By(expired, {.status = Status::kUnknown}))) ==
        Reason::kRevocationInvalid);
  CHECK(Ask(By(expired, {.status = Status::kRevoked})));
  spec.end = kRevokerNow - hours(2);  // before
  CHECK(ReasonOf(Ask(By(Responder(spec), {.status = Status::kRevoked}))) ==
        Reason::kRevocationInvalid);
  spec = CertificateSpec::Responder(8);
  spec.start = kRevokerNow + minutes(1);
  CHECK(ReasonOf(Ask(By(Responder(spec)))) == Reason::kRevocationInvalid);
}

TEST_CASE("an answer signed with SHA-1 is none") {
  CHECK(ReasonOf(Ask(By(World().issuer, {.hash = "SHA1"}))) ==
        Reason::kRevocationInvalid);
  CHECK(Ask(By(World().issuer, {.hash = "SHA512"})));
}

TEST_CASE("an answer of times to come is none, unless it revokes") {
  const auto at = [](Time time, Status status = Status::kGood) {
    return ReasonOf(
        Ask(By(World().issuer, {.status = status, .this_update = time})));
  };
  CHECK(at(kRevokerNow + minutes(5)) == Reason::kUnspecified);
  CHECK(at(kRevokerNow + minutes(6)) == Reason::kRevocationInvalid);
  CHECK(at(kRevokerNow + minutes(6), Status::kUnknown) ==
        Reason::kRevocationInvalid);
  CHECK(at(kRevokerNow + minutes(6), Status::kRevoked) == Reason::kUnspecified);
}

TEST_CASE("a critical extension that nobody understands ends an answer") {
  const test::Extensions known{{"1.2.3.4", "DER:0500"}};
  const test::Extensions critical{{"1.2.3.4", "critical,DER:0500"}};
  CHECK(Ask(By(World().issuer, {.single = known, .response = known})));
  CHECK(ReasonOf(Ask(By(World().issuer, {.single = critical}))) ==
        Reason::kRevocationInvalid);
  CHECK(ReasonOf(Ask(By(World().issuer, {.response = critical}))) ==
        Reason::kRevocationInvalid);
}

TEST_CASE("a changed answer is not signed") {
  const auto der = By(World().issuer, {.carry_signer = false});
  for (std::size_t at = 0; at < der.size(); ++at) {
    auto changed = der;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    CAPTURE(at);
    CHECK_FALSE(Ask(changed));
  }
}

}  // namespace
}  // namespace assay
