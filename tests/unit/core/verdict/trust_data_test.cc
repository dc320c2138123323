// Where the walk asks for trust data, by a signer that signs nothing else.
#include "tests/support/catch.h"
#include "tests/support/notary_repository.h"
#include "tests/support/walk.h"

namespace assay {
namespace {

using test::kRevokerNow;
using test::NotaryRepository;
using test::TestKey;
using test::Walk;

class Source : public TrustDataSource {
 public:
  Result<TrustData> kept = Fail(Reason::kNotFound);
  Result<TrustData> fetched = Fail(Reason::kDctUnavailable, "no answer");
  std::string calls;

  Result<TrustData> Kept(const TrustDataPlace& /*place*/) override {
    calls += 'k';
    return kept;
  }
  Result<TrustData> Fetch(const TrustDataPlace& /*place*/,
                          Deadline /*deadline*/) override {
    calls += 'f';
    return fetched;
  }
};

struct TrustWalk : Walk {
  TrustWalk() {
    made.name = "registry.example.com/app";
    made.root.keys = {test::NotaryKey::ForRoot(made.name)};
    made.images = {{"1", "M"}};
    question.now = kRevokerNow;
  }

  Verdict Decide(const std::string& require = "\"dct\"") {
    const auto policy = test::MakePolicy(
        "version = 1\n[[rule]]\nscope = \"**\"\nrequire = " + require +
            "\n[signers.dct]\ntype = \"dct\"\nroot_key_ids = \"" +
            made.root.keys.front().Id() +
            "\"\n[signers.a]\ntype = \"openssl\"\nkeys = [\"a.pub\"]\n",
        {{"a.pub", key}});
    source.calls.clear();
    return Verifier(resolver, evidence, layers, bases, nullptr, &source)
        .Decide(question, policy);
  }

  NotaryRepository made;
  TestKey key = TestKey::Of(KeyKind::kEcdsaP256);
  Source source;
};

TEST_CASE_METHOD(TrustWalk, "a container is started by what is kept") {
  source.kept = made.Make();
  const Verdict verdict = Decide();
  REQUIRE(verdict.accepted());
  CHECK(source.calls == "k");
  CHECK(verdict.proof()->valid_until() ==
        kRevokerNow + std::chrono::hours(1000));
}

TEST_CASE_METHOD(TrustWalk, "else by what the place has") {
  source.fetched = made.Make();
  CHECK(Decide().accepted());
  CHECK(source.calls == "kkf");
  made.images = {{"1", "other"}};
  source.kept = source.fetched = made.Make();
  CHECK(Decide().reason() == Reason::kDctTargetOther);
}

TEST_CASE_METHOD(TrustWalk, "a silent place leaves it undetermined") {
  CHECK(Decide().reason() == Reason::kDctUnavailable);
  CHECK(Decide().ending() == Ending::kUndetermined);
  source.kept = made.Make();
  question.now += std::chrono::hours(2000);
  CHECK(Decide().reason() == Reason::kDctUnavailable);
}

TEST_CASE_METHOD(TrustWalk,
                 "nobody is asked offline, or where it is not needed") {
  question.offline = true;
  CHECK(Decide().reason() == Reason::kDctUnavailable);
  CHECK(source.calls == "k");
  question.offline = false;
  evidence.on_disk.artifacts = {test::SignedFile(key, "M")};
  CHECK(Decide("{ any_of = [\"dct\", \"a\"] }").accepted());
  CHECK(source.calls == "k");
}

TEST_CASE_METHOD(TrustWalk, "who pulls or verifies asks first") {
  for (const Hook hook : {Hook::kWarmUp, Hook::kVerify, Hook::kPull}) {
    question.hook = hook;
    source.kept = source.fetched = made.Make();
    CHECK(Decide().accepted());
    CHECK(source.calls == "f");
  }
}

}  // namespace
}  // namespace assay
