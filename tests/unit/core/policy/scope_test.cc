#include "core/policy/scope.h"

#include <random>

#include "tests/support/catch.h"

using namespace assay;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

Scope Make(std::string_view text) {
  auto scope = Scope::Parse(text);
  if (!scope) FAIL(scope.error().detail);
  return *std::move(scope);
}

bool Match(std::string_view scope, std::string_view name) {
  return Make(scope).Matches(Reference::Parse(name).value());
}

std::string Why(std::string_view text) {
  INFO(text);
  const auto scope = Scope::Parse(text);
  REQUIRE_FALSE(scope);
  CHECK(scope.error().reason == Reason::kPolicyMalformed);
  return scope.error().detail;
}

bool Beats(std::string_view a, std::string_view b) {
  const bool greater = Make(a).CompareSpecificity(Make(b)) > 0;
  CHECK(greater == (Make(b).CompareSpecificity(Make(a)) < 0));
  return greater;
}

}  // namespace

TEST_CASE("a literal scope is one repository") {
  CHECK(Match("registry.example.com/app", "registry.example.com/app"));
  CHECK(Match("registry.example.com/app", "registry.example.com/app:1"));
  CHECK(
      Match("registry.example.com/app", "registry.example.com/app@" + kDigest));
  CHECK_FALSE(Match("registry.example.com/app", "registry.example.com/app/x"));
  CHECK_FALSE(Match("registry.example.com/app", "registry.example.com/apps"));
  CHECK_FALSE(Match("registry.example.com/app", "registry.example.com/x/app"));
  CHECK_FALSE(Match("registry.example.com/app", "other.example.com/app"));
  CHECK_FALSE(
      Match("registry.example.com/app", "registry.example.com:5000/app"));
}

TEST_CASE("a star is one component or part of one") {
  CHECK(Match("registry.example.com/*", "registry.example.com/app"));
  CHECK_FALSE(Match("registry.example.com/*", "registry.example.com/a/b"));
  CHECK(Match("registry.example.com/*/api", "registry.example.com/x/api"));
  CHECK_FALSE(Match("registry.example.com/*/api", "registry.example.com/api"));
  CHECK(Match("registry.example.com/pay-*", "registry.example.com/pay-eu"));
  CHECK_FALSE(
      Match("registry.example.com/pay-*", "registry.example.com/pay/eu"));
}

TEST_CASE("two stars are any number of components") {
  CHECK(Match("registry.example.com/pay/**", "registry.example.com/pay/a/b/c"));
  CHECK(Match("registry.example.com/pay/**", "registry.example.com/pay"));
  CHECK_FALSE(
      Match("registry.example.com/pay/**", "registry.example.com/payx/a"));
  CHECK(Match("registry.example.com/**/api", "registry.example.com/api"));
  CHECK(Match("registry.example.com/**/api", "registry.example.com/a/b/api"));
  CHECK_FALSE(
      Match("registry.example.com/**/api", "registry.example.com/a/apis"));
  CHECK(Match("registry.example.com/**/a/**/b",
              "registry.example.com/x/a/a/y/b"));
  CHECK(Match("**", "busybox"));
  CHECK(Match("**", "localhost:5000/x@" + kDigest));
  CHECK(Match("**/api", "registry.example.com/team/api"));
  CHECK(Match("**:latest", "registry.example.com/team/api"));
  CHECK_FALSE(Match("**:latest", "registry.example.com/team/api:1"));
}

TEST_CASE("a host alone is all of it") {
  CHECK(Match("registry.example.com", "registry.example.com/a/b"));
  CHECK(Match("localhost:5000", "localhost:5000/a"));
  CHECK_FALSE(Match("localhost:5000", "localhost:5001/a"));
  CHECK_FALSE(Match("registry.example.com", "registry.example.com:5000/a"));
  CHECK(Make("registry.example.com").Normalized() ==
        Make("Registry.Example.com/**").Normalized());
  CHECK(Match("[::1]:5000", "[::1]:5000/a"));
}

TEST_CASE("a star in a host stands for labels, never for a foreign domain") {
  CHECK(Match("*.example.com/**", "registry.example.com/a"));
  CHECK(Match("*.example.com/**", "a.b.example.com/a"));
  CHECK_FALSE(Match("*.example.com/**", "example.com/a"));
  CHECK_FALSE(Match("*.example.com/**", "evilexample.com/a"));
  CHECK_FALSE(Match("*.example.com/**", "registry.example.com.evil.org/a"));
  CHECK_FALSE(Match("*.example.com/**", "registry.example.com:5000/a"));
  CHECK(Match("registry.example.com:*/**", "registry.example.com:5000/a"));
  CHECK_FALSE(Match("registry.example.com:*/**", "registry.example.com/a"));
  CHECK(Match("*/library/app", "registry.example.com/library/app"));
  CHECK(Match("*:5000/**", "localhost:5000/x"));
  for (const char* unsafe :
       {"registry.example.com*/**", "*example.com/**", "registry.*/**",
        "registry.example.*/**", "a.*:5000/**", "*.b*:5000"}) {
    CHECK(Why(unsafe).find("*.example.com") != std::string::npos);
  }
}

TEST_CASE("short forms are expanded as references are") {
  CHECK(Match("busybox", "docker.io/library/busybox:1"));
  CHECK(Match("busybox:1.36", "busybox:1.36"));
  CHECK_FALSE(Match("busybox:1.36", "busybox:1.37"));
  CHECK(Match("team/app", "docker.io/team/app"));
  CHECK(Match("docker.io/*", "busybox"));
  CHECK(Match("index.docker.io/busybox", "busybox"));
  CHECK(Match("docker.io/**", "team/app"));
  CHECK_FALSE(Match("team/app", "team.example.com/app"));
  CHECK(Make("busybox").Normalized() == "docker.io/library/busybox");
  CHECK(Make("busybox").str() == "busybox");
}

TEST_CASE("what could be a host or a path is refused") {
  CHECK(Why("team-*/app").find("host or path") != std::string::npos);
  CHECK(Why("busy*").find("host or path") != std::string::npos);
  CHECK(Why("*a*/x").find("host or path") != std::string::npos);
}

TEST_CASE("a full reference is a scope") {
  const std::string digest = "registry.example.com/app@" + kDigest;
  CHECK(Match(digest, digest));
  CHECK(Match(digest, "registry.example.com/app:1@" + kDigest));
  CHECK_FALSE(Match(digest, "registry.example.com/app:1"));
  CHECK_FALSE(
      Match(digest, "registry.example.com/app@sha256:" + std::string(64, 'b')));
  CHECK(Match("registry.example.com/app:1", "registry.example.com/app:1"));
  CHECK_FALSE(
      Match("registry.example.com/app:1", "registry.example.com/app:2"));
}

// Registries ignore the tag of a reference with a digest: whoever asks for
// app:trusted@sha256:... gets any image he likes.
TEST_CASE("a tag beside a digest selects nothing") {
  CHECK_FALSE(Match("registry.example.com/app:1",
                    "registry.example.com/app:1@" + kDigest));
}

TEST_CASE("what is no scope is refused") {
  for (const char* text : {"",
                           "/",
                           "a/",
                           "/a",
                           "a//b",
                           "registry.example.com/",
                           "registry.example.com//a",
                           "registry.example.com/a**",
                           "registry.example.com/***",
                           "registry.example.com/A",
                           "registry.example.com/a b",
                           "registry.example.com/a:",
                           "a:b:c",
                           "registry.example.com/a:1*",
                           "registry.example.com/a:**",
                           "registry.example.com/a@sha256:12",
                           "registry.example.com/a@",
                           "x@y@z",
                           "registry.example.com:v1",
                           "registry.example.com:1:2",
                           "*:latest",
                           "registry.example.com/\xFF",
                           "registry.example.com/a\n",
                           "a/../b",
                           "registry.example.com/-a",
                           "https://registry.example.com/a"}) {
    CHECK_FALSE(Why(text).empty());
  }
  Why("registry.example.com/a:1@" + kDigest);
  Why(std::string(5000, 'a'));
  CHECK(Why("registry.example.com/\x1B[31m").find('\x1B') == std::string::npos);
}

TEST_CASE("the more specific scope wins") {
  const std::string app = "registry.example.com/team/app";
  CHECK(Beats(app + "@" + kDigest, app + ":1"));
  CHECK(Beats(app + ":1", app));
  CHECK(Beats(app, "registry.example.com/team/*"));
  CHECK(Beats(app, "registry.example.com/team/ap*"));
  CHECK(Beats("registry.example.com/team/ap*", "registry.example.com/team/a*"));
  CHECK(Beats("registry.example.com/team/a*", "registry.example.com/team/*"));
  CHECK(Beats("registry.example.com/team/*", "registry.example.com/team/**"));
  CHECK(Beats("registry.example.com/team/**", "registry.example.com/**"));
  CHECK(Beats("registry.example.com/**", "*.example.com/**"));
  CHECK(Beats("*.example.com/**", "**"));
  CHECK(Beats("registry.example.com/*/**", "registry.example.com/**"));
  CHECK(Beats("registry.example.com/a*b", "registry.example.com/*a*b"));
  CHECK(Beats(app, app + "/**"));
}

namespace {

// A random scope of which many are comparable.
std::string RandomScope(std::mt19937& random) {
  const auto component = [&random] {
    const char* const kinds[] = {"a", "b", "ab", "*", "a*", "*b", "**"};
    return std::string(kinds[random() % 7]);
  };
  const char* const hosts[] = {"h.example.com", "*.example.com", "*", "**"};
  std::string text = hosts[random() % 4];
  for (auto more = random() % 4 + 1; more > 0; --more)
    text += "/" + component();
  if (random() % 5 == 0) text += ":1";
  if (random() % 9 == 0 && text.find(":1") == std::string::npos) {
    text += "@" + kDigest;
  }
  return text;
}

std::string RandomName(std::mt19937& random) {
  std::string text = random() % 2 == 0 ? "h.example.com" : "g.example.com";
  const char* const parts[] = {"a", "b", "ab", "aab"};
  for (auto more = random() % 3 + 1; more > 0; --more) {
    text += "/" + std::string(parts[random() % 4]);
  }
  if (random() % 3 == 0) text += ":1";
  if (random() % 4 == 0) text += "@" + kDigest;
  return text;
}

}  // namespace

TEST_CASE("specificity is a strict weak order") {
  std::mt19937 random(11);
  std::vector<Scope> all;
  for (int i = 0; i < 40; ++i) all.push_back(Make(RandomScope(random)));
  for (const Scope& a : all) {
    CHECK((a.CompareSpecificity(a) == 0));
    for (const Scope& b : all) {
      const auto ab = a.CompareSpecificity(b);
      CHECK((ab < 0) == (b.CompareSpecificity(a) > 0));
      for (const Scope& c : all) {
        const auto bc = b.CompareSpecificity(c);
        const auto ac = a.CompareSpecificity(c);
        if (ab < 0 && bc < 0 && !(ac < 0)) FAIL(a.str() << b.str() << c.str());
        if (ab == 0 && bc == 0 && ac != 0) FAIL(a.str() << b.str() << c.str());
      }
    }
  }
}

TEST_CASE("a wildcard never beats the literal it stands for") {
  std::mt19937 random(13);
  int compared = 0;
  for (int round = 0; round < 300; ++round) {
    const std::string text = RandomScope(random);
    const std::size_t slash = text.find('/');
    for (const char* wild : {"**", "*", "a*"}) {
      const std::string with = text.substr(0, slash) + "/" + wild + "/end";
      const std::string literal = text.substr(0, slash) + "/aaa/end";
      CHECK(Beats(literal, with));
      ++compared;
    }
  }
  CHECK(compared == 900);
}

TEST_CASE("two scopes that match one name overlap") {
  std::mt19937 random(17);
  int both = 0;
  for (int round = 0; round < 6'000; ++round) {
    const Scope a = Make(RandomScope(random));
    const Scope b = Make(RandomScope(random));
    const Reference name = Reference::Parse(RandomName(random)).value();
    if (!a.Matches(name) || !b.Matches(name)) continue;
    ++both;
    if (!a.Overlaps(b) || !b.Overlaps(a)) FAIL(a.str() << " " << b.str());
    const bool equal = a.CompareSpecificity(b) == 0;
    if (equal && a.IsPlain() && b.IsPlain()) {
      CHECK(a.Normalized() == b.Normalized());
    }
  }
  CHECK(both > 100);
}

TEST_CASE("scopes that share no name do not overlap") {
  const auto overlap = [](std::string_view a, std::string_view b) {
    return Make(a).Overlaps(Make(b));
  };
  const std::string app = "registry.example.com/app";
  CHECK_FALSE(overlap(app + ":1", app + ":2"));
  CHECK_FALSE(overlap(app + ":1", app + "@" + kDigest));
  CHECK_FALSE(overlap("registry.example.com/a*", "registry.example.com/b*"));
  CHECK_FALSE(overlap("registry.example.com/*", "registry.example.com/a/*"));
  CHECK_FALSE(
      overlap("registry.example.com/**/a", "registry.example.com/**/b"));
  CHECK_FALSE(overlap("*.example.com", "*.example.org"));
  CHECK(overlap("registry.example.com/**/a", "registry.example.com/b/**"));
  CHECK(overlap(app + ":1", "**"));
}

TEST_CASE("a hostile scope takes no exponential time") {
  std::string text = "registry.example.com";
  for (int i = 0; i < 150; ++i) text += "/**/a";
  std::string name = "registry.example.com";
  for (int i = 0; i < 480; ++i) name += "/a";
  CHECK(Match(text, name));
  CHECK_FALSE(Match(text + "/b", name));
  CHECK(Make(text).Overlaps(Make(text + "/b/**")));
}
