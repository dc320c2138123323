#include "core/policy/requirement.h"

#include <functional>
#include <random>

#include "base/limits.h"
#include "tests/support/catch.h"

using namespace assay;

namespace {

// A signer whose signatures are given, to reach the counting alone.
class Named : public Signer {
 public:
  explicit Named(std::string name) : Signer(std::move(name), "named") {}
  EvidencePlaces Places() const override { return {}; }
  std::string Summary() const override { return name(); }
  void Verify(const SigningTarget&, std::span<const UntrustedArtifact>,
              Findings&) const override {}
  VerifiedSignature Sign(std::string identity,
                         std::optional<Time> until = {}) const {
    return Verified(std::move(identity), Digest::Of("image"), "somewhere",
                    until);
  }
};

std::shared_ptr<const Named> N(std::string name) {
  return std::make_shared<const Named>(std::move(name));
}

Requirement Leaf(std::string name) { return Requirement(N(std::move(name))); }

Requirement AtLeast(std::size_t count, std::vector<Requirement> of) {
  return Requirement(Requirement::Threshold{count, std::move(of)});
}

Requirement Any(std::vector<Requirement> of) {
  return AtLeast(1, std::move(of));
}

Requirement All(std::vector<Requirement> of) {
  const std::size_t count = of.size();
  return AtLeast(count, std::move(of));
}

using Signed = std::vector<VerifiedSignature>;

VerifiedSignature By(std::string signer, std::string identity) {
  return Named(std::move(signer)).Sign(std::move(identity));
}

bool Holds(const Requirement& requirement, const Signed& verified) {
  const auto used = requirement.Satisfy(verified);
  if (!used) {
    CHECK(used.error().reason == Reason::kThresholdNotMet);
    return false;
  }
  CHECK_FALSE(used->empty());
  std::set<std::string> identities;
  for (const VerifiedSignature& one : *used) {
    CHECK(identities.insert(one.identity()).second);
  }
  return true;
}

}  // namespace

TEST_CASE("one signer") {
  CHECK(Holds(Leaf("a"), {By("a", "key:1")}));
  CHECK_FALSE(Holds(Leaf("a"), {By("b", "key:1")}));
  CHECK_FALSE(Holds(Leaf("a"), {}));
}

TEST_CASE("any, all and at least") {
  const Signed a = {By("a", "key:1")};
  const Signed ab = {By("a", "key:1"), By("b", "key:2")};
  const std::vector<Requirement> three = {Leaf("a"), Leaf("b"), Leaf("c")};
  CHECK(Holds(Any(three), a));
  CHECK_FALSE(Holds(Any(three), {By("d", "key:4")}));
  CHECK_FALSE(Holds(AtLeast(2, three), a));
  CHECK(Holds(AtLeast(2, three), ab));
  CHECK_FALSE(Holds(All(three), ab));
  CHECK(Holds(All(three), {By("a", "1"), By("b", "2"), By("c", "3")}));
}

TEST_CASE("one key under two signer names counts once") {
  const Requirement two = AtLeast(2, {Leaf("a"), Leaf("b")});
  CHECK_FALSE(Holds(two, {By("a", "key:1"), By("b", "key:1")}));
  CHECK(Holds(two, {By("a", "key:1"), By("b", "key:1"), By("b", "key:2")}));
  CHECK(Holds(two, {By("b", "key:1"), By("a", "key:1"), By("a", "key:2")}));
}

TEST_CASE("one signer with two keys is still one signer") {
  const Requirement two = AtLeast(2, {Leaf("a"), Leaf("b")});
  CHECK_FALSE(Holds(two, {By("a", "key:1"), By("a", "key:2")}));
}

TEST_CASE("one key counts once across the whole tree") {
  const Requirement tree = All({Leaf("a"), Any({Leaf("a"), Leaf("b")})});
  CHECK_FALSE(Holds(tree, {By("a", "key:1")}));
  CHECK(Holds(tree, {By("a", "key:1"), By("a", "key:2")}));
  CHECK(Holds(tree, {By("a", "key:1"), By("b", "key:2")}));
  CHECK_FALSE(Holds(tree, {By("a", "key:1"), By("b", "key:1")}));
}

TEST_CASE("nested thresholds") {
  const Requirement tree =
      Any({AtLeast(2, {Leaf("r1"), Leaf("r2"), Leaf("r3")}),
           All({Leaf("boss"), Any({Leaf("r1"), Leaf("r2")})})});
  CHECK(Holds(tree, {By("r1", "1"), By("r3", "3")}));
  CHECK(Holds(tree, {By("boss", "0"), By("r2", "2")}));
  CHECK_FALSE(Holds(tree, {By("boss", "0"), By("r3", "3")}));
  CHECK_FALSE(Holds(tree, {By("boss", "0")}));
}

TEST_CASE("asking for nothing proves nothing") {
  CHECK_FALSE(Holds(AtLeast(0, {Leaf("a")}), {By("a", "key:1")}));
  CHECK_FALSE(Holds(AtLeast(0, {}), {}));
  CHECK_FALSE(Holds(AtLeast(2, {Leaf("a")}), {By("a", "1"), By("a", "2")}));
  CHECK_FALSE(Holds(All({AtLeast(0, {})}), {By("a", "1")}));
  CHECK(AtLeast(2, {Leaf("a")}).Choices() == 0);
}

TEST_CASE("of one identity's signatures the longest-lived is used") {
  const Named a("a");
  const Time early{std::chrono::seconds(1000)};
  const Time late{std::chrono::seconds(2000)};
  const auto used = Leaf("a").Satisfy(
      Signed{a.Sign("1", early), a.Sign("1", late), a.Sign("1", early)});
  REQUIRE(used);
  REQUIRE(used->size() == 1);
  CHECK(used->at(0).valid_until() == late);
  const auto ever = Leaf("a").Satisfy(Signed{a.Sign("1", late), a.Sign("1")});
  CHECK_FALSE(ever.value().at(0).valid_until());
}

TEST_CASE("a shortfall says who is missing") {
  const auto used = AtLeast(2, {Leaf("a"), Leaf("b"), Leaf("c")})
                        .Satisfy(Signed{By("b", "key:1")});
  REQUIRE_FALSE(used);
  CHECK(used.error().detail ==
        "needs at least 2 of (a, b, c); signed by b; missing a, c");
}

TEST_CASE("in words") {
  CHECK(Leaf("a").str() == "a");
  CHECK(Any({Leaf("a")}).str() == "a");
  CHECK(Any({Leaf("a"), Leaf("b")}).str() == "any of (a, b)");
  CHECK(All({Leaf("a"), AtLeast(2, {Leaf("b"), Leaf("c"), Leaf("d")})}).str() ==
        "all of (a, at least 2 of (b, c, d))");
  const auto signers = All({Leaf("b"), Leaf("a"), Any({Leaf("b")})}).Signers();
  REQUIRE(signers.size() == 2);
  CHECK(signers[0]->name() == "a");
}

TEST_CASE("signers alone are counted without trying choices") {
  std::vector<Requirement> many;
  Signed verified;
  for (int i = 0; i < 200; ++i) {
    many.push_back(Leaf("s" + std::to_string(i)));
    verified.push_back(By("s" + std::to_string(i), std::to_string(i / 2)));
  }
  CHECK(AtLeast(100, many).Choices() == 1);
  CHECK(Holds(AtLeast(100, many), verified));
  CHECK_FALSE(Holds(AtLeast(101, many), verified));
}

namespace {

// `count` subtrees of which half are needed: subtree i wants i's own signer
// and one of a pool with a place too few, so that only the end shows failure.
Requirement Costly(std::size_t count) {
  std::vector<Requirement> of;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<Requirement> pool;
    for (std::size_t p = 0; p + 1 < count / 2; ++p) {
      pool.push_back(Leaf("pool" + std::to_string(p)));
    }
    of.push_back(All({Leaf("own" + std::to_string(i)), Any(std::move(pool))}));
  }
  return AtLeast(count / 2, std::move(of));
}

Signed ForCostly(std::size_t count) {
  Signed verified;
  for (std::size_t i = 0; i < count; ++i) {
    verified.push_back(By("own" + std::to_string(i), "o" + std::to_string(i)));
    verified.push_back(By("pool" + std::to_string(i), "p" + std::to_string(i)));
  }
  return verified;
}

}  // namespace

TEST_CASE("a requirement with too many choices ends as such") {
  CHECK(Costly(10).Choices() == 252);
  CHECK(Costly(18).Choices() > limits::kRequirementSteps);
  CHECK(Costly(200).Choices() == SIZE_MAX);
  CHECK_FALSE(Holds(Costly(10), ForCostly(10)));
  const auto used = Costly(24).Satisfy(ForCostly(24));
  REQUIRE_FALSE(used);
  CHECK(used.error().reason == Reason::kPolicyTooComplex);
}

namespace {

Requirement RandomTree(std::mt19937& random, int depth) {
  if (depth == 0 || random() % 3 == 0) {
    return Leaf(std::string(1, static_cast<char>('a' + random() % 4)));
  }
  std::vector<Requirement> of;
  for (auto children = random() % 3 + 1; children > 0; --children) {
    of.push_back(RandomTree(random, depth - 1));
  }
  const std::size_t count = random() % of.size() + 1;
  return AtLeast(count, std::move(of));
}

Signed RandomSignatures(std::mt19937& random) {
  Signed made;
  for (auto count = random() % 6; count > 0; --count) {
    made.push_back(By(std::string(1, static_cast<char>('a' + random() % 4)),
                      std::to_string(random() % 4)));
  }
  return made;
}

using Taken = std::set<std::string>;
// Calls `done` for every way to meet `node` beyond what is taken.
bool Ways(const Requirement& node, const Signed& verified, const Taken& taken,
          const std::function<bool(const Taken&)>& done) {
  if (const auto* signer = node.AsSigner()) {
    for (const VerifiedSignature& one : verified) {
      if (one.signer() != (*signer)->name()) continue;
      Taken more = taken;
      if (more.insert(one.identity()).second && done(more)) return true;
    }
    return false;
  }
  const Requirement::Threshold& threshold = *node.AsThreshold();
  const std::function<bool(std::size_t, std::size_t, const Taken&)> next =
      [&](std::size_t at, std::size_t open, const Taken& now) {
        if (open == 0) return done(now);
        if (at == threshold.of.size()) return false;
        return next(at + 1, open, now) ||
               Ways(threshold.of[at], verified, now, [&](const Taken& then) {
                 return next(at + 1, open - 1, then);
               });
      };
  return next(0, threshold.at_least, taken);
}

}  // namespace

TEST_CASE("the search agrees with trying everything") {
  std::mt19937 random(29);
  int met = 0;
  for (int round = 0; round < 4000; ++round) {
    const Requirement tree = RandomTree(random, 3);
    const Signed verified = RandomSignatures(random);
    const bool expected =
        Ways(tree, verified, {}, [](const Taken&) { return true; });
    INFO(tree.str());
    REQUIRE(Holds(tree, verified) == expected);
    met += expected ? 1 : 0;
  }
  CHECK(met > 400);
}

TEST_CASE("a further signature never turns success into failure") {
  std::mt19937 random(31);
  for (int round = 0; round < 2000; ++round) {
    const Requirement tree = RandomTree(random, 3);
    Signed verified = RandomSignatures(random);
    const bool before = Holds(tree, verified);
    for (const VerifiedSignature& more : RandomSignatures(random)) {
      verified.insert(verified.begin() + static_cast<std::ptrdiff_t>(
                                             random() % (verified.size() + 1)),
                      more);
    }
    INFO(tree.str());
    if (before) REQUIRE(Holds(tree, verified));
  }
}

TEST_CASE("the same signatures give the same answer") {
  std::mt19937 random(37);
  for (int round = 0; round < 300; ++round) {
    const Requirement tree = RandomTree(random, 3);
    Signed verified = RandomSignatures(random);
    const auto once = tree.Satisfy(verified);
    std::shuffle(verified.begin(), verified.end(), random);
    const auto again = tree.Satisfy(verified);
    REQUIRE(once.has_value() == again.has_value());
    if (!once) continue;
    REQUIRE(once->size() == again->size());
    for (std::size_t i = 0; i < once->size(); ++i) {
      CHECK(once->at(i).signer() == again->at(i).signer());
      CHECK(once->at(i).identity() == again->at(i).identity());
    }
  }
}
