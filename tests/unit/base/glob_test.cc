#include "base/glob.h"

#include <random>

#include "tests/support/catch.h"

using namespace assay;

TEST_CASE("a star stands for any run of characters") {
  CHECK(GlobMatches("", ""));
  CHECK(GlobMatches("*", ""));
  CHECK(GlobMatches("*", "anything"));
  CHECK(GlobMatches("payments-*", "payments-eu"));
  CHECK(GlobMatches("payments-*", "payments-"));
  CHECK_FALSE(GlobMatches("payments-*", "payments"));
  CHECK(GlobMatches("*-prod", "a-prod-prod"));
  CHECK(GlobMatches("a*b*c", "axxbyyc"));
  CHECK_FALSE(GlobMatches("a*b*c", "axxbyy"));
  CHECK_FALSE(GlobMatches("", "a"));
  CHECK_FALSE(GlobMatches("a", ""));
  CHECK_FALSE(GlobMatches("prod", "prod-x"));
  CHECK_FALSE(GlobMatches("prod", "x-prod"));
  CHECK_FALSE(GlobMatches("p.od", "prod"));
  CHECK_FALSE(GlobMatches("p?od", "prod"));
}

TEST_CASE("a hostile glob takes no exponential time") {
  std::string glob;
  for (int i = 0; i < 400; ++i) glob += "a*";
  const std::string text(1000, 'a');
  CHECK(GlobMatches(glob, text));
  CHECK_FALSE(GlobMatches(glob + "b", text));
  CHECK(GlobsOverlap(glob, glob + "b*"));
  CHECK_FALSE(GlobsOverlap(glob + "b", glob + "c"));
}

TEST_CASE("globs overlap when some text matches both") {
  CHECK(GlobsOverlap("a*", "*b"));
  CHECK(GlobsOverlap("*", "x"));
  CHECK(GlobsOverlap("payments", "pay*"));
  CHECK(GlobsOverlap("a*c", "ab*"));
  CHECK(GlobsOverlap("", "*"));
  CHECK_FALSE(GlobsOverlap("a*", "b*"));
  CHECK_FALSE(GlobsOverlap("*a", "*b"));
  CHECK_FALSE(GlobsOverlap("abc", "ab"));
  CHECK_FALSE(GlobsOverlap("a*b", "a"));
}

TEST_CASE("overlap agrees with matching on all short texts") {
  std::mt19937 random(7);
  std::vector<std::string> texts = {""};
  for (std::size_t i = 0; texts[i].size() < 5; ++i) {
    texts.push_back(texts[i] + "a");
    texts.push_back(texts[i] + "b");
  }
  for (int round = 0; round < 3000; ++round) {
    const auto glob = [&random] {
      std::string made;
      for (auto length = random() % 4; length > 0; --length) {
        made += "ab*"[random() % 3];
      }
      return made;
    };
    const std::string a = glob();
    const std::string b = glob();
    // Two globs of three characters that overlap share a text of five.
    bool shared = false;
    for (const std::string& text : texts) {
      shared = shared || (GlobMatches(a, text) && GlobMatches(b, text));
    }
    INFO(a << " and " << b);
    CHECK(GlobsOverlap(a, b) == shared);
    CHECK(GlobsOverlap(b, a) == shared);
  }
}
