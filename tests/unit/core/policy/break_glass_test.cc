#include "core/policy/break_glass.h"

#include "core/policy/policy.h"
#include "tests/support/catch.h"

using namespace assay;

namespace {

const std::string kWhole =
    "scope = \"registry.example.com/app:1\"\n"
    "reason = \"the signing service is down\"\nwho = \"jo@example.com\"\n"
    "not_before = 2026-09-20T10:00:00Z\nexpires = 2026-09-22T10:00:00Z\n";

std::vector<PolicyException> Read(const std::string& text,
                                  Diagnostics& problems) {
  return ReadBreakGlass({{{"break-glass.d/a.toml", text}}}, problems);
}

// What is wrong with an exception in which `from` is replaced.
std::string Wrong(const std::string& from, const std::string& to) {
  std::string text = "version = 1\n[[exception]]\n" + kWhole;
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  Diagnostics problems;
  CHECK(Read(text, problems).empty());
  REQUIRE_FALSE(problems.empty());
  CHECK(problems.front().reason == Reason::kPolicyMalformed);
  std::string all;
  for (const Diagnostic& one : problems) all += one.str() + "\n";
  return all;
}

Time At(const std::string& text) { return ParseRfc3339(text).value(); }

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an exception says for what, until when, by whom and why") {
  Diagnostics problems;
  const auto all = Read("version = 1\n[[exception]]\n" + kWhole, problems);
  CHECK(problems.empty());
  REQUIRE(all.size() == 1);
  CHECK(all[0].position.line == 2);
  CHECK(all[0].Sentence() ==
        "break-glass: " + all[0].position.str() +
            " (registry.example.com/app:1): "
            "runs unverified from 2026-09-20T10:00:00Z until "
            "2026-09-22T10:00:00Z, says jo@example.com: the signing service is "
            "down");
  CHECK_FALSE(all[0].IsActive(At("2026-09-20T09:59:59Z")));
  CHECK(all[0].IsActive(At("2026-09-20T10:00:00Z")));
  CHECK(all[0].IsActive(At("2026-09-22T09:59:59Z")));
  CHECK_FALSE(all[0].IsActive(At("2026-09-22T10:00:00Z")));
  CHECK_FALSE(all[0].IsActive(Time{}));
}

TEST_CASE("an exception that lacks something, or is too wide, is none") {
  CHECK(Has(Wrong("reason = \"the signing service is down\"\n", ""), "reason"));
  CHECK(Has(Wrong("the signing service is down", " \\t"), "is empty"));
  CHECK(Has(Wrong("who = \"jo@example.com\"\n", ""), "who"));
  CHECK(Has(Wrong("jo@example.com", ""), "'who' is empty"));
  CHECK(Has(Wrong("jo@example.com", std::string(501, 'x')), "over 500"));
  CHECK(Has(Wrong("not_before = 2026-09-20T10:00:00Z\n", ""), "not_before"));
  CHECK(Has(Wrong("expires = 2026-09-22T10:00:00Z\n", ""), "expires"));
  CHECK(Has(Wrong("2026-09-22T10:00:00Z", "2026-09-27T10:00:01Z"), "7 days"));
  CHECK(
      Has(Wrong("2026-09-22T10:00:00Z", "2026-09-20T10:00:00Z"), "not after"));
  CHECK(Has(Wrong("2026-09-22T10:00:00Z", "\"soon\""), "expires"));
  CHECK(Has(Wrong("registry.example.com/app:1", "**"), "too wide"));
  CHECK(Has(Wrong("registry.example.com/app:1", "*.example.com/app"),
            "too wide"));
  CHECK(Has(Wrong("registry.example.com/app:1", "a b"), "a.toml:3:"));
  CHECK(Has(Wrong("scope = \"registry.example.com/app:1\"\n", ""), "scope"));
  CHECK(Has(Wrong("who", "whom"), "whom"));
  CHECK(Has(Wrong("who =", "who = \"a\"\nwho ="), "already exists"));
  CHECK(Has(Wrong("who =", "digest = \"sha256:0\"\nwho ="), "no digest"));
  CHECK(Has(Wrong("who =", "namespaces = []\nwho ="), "no namespace"));
  CHECK(Has(Wrong("version = 1\n", ""), "version"));
  CHECK(Has(Wrong("[[exception]]", "[[rule]]"), "rule"));
  Diagnostics problems;
  CHECK(Read("version = 2\n[[exception]]\n" + kWhole, problems).empty());
  REQUIRE_FALSE(problems.empty());
  CHECK(problems.front().reason == Reason::kPolicyUnsupported);
}

TEST_CASE("a week is not too long, and a wrong file spoils no other") {
  std::string week = "version = 1\n[[exception]]\n" + kWhole;
  week.replace(week.find("2026-09-22"), 10, "2026-09-27");
  Diagnostics problems;
  CHECK(Read(week, problems).size() == 1);
  const auto all = ReadBreakGlass(
      {{{"a.toml", "version = 1\n[[exception]]\n" + kWhole + "[[exception]]\n"},
        {"b.toml", week}}},
      problems);
  REQUIRE(all.size() == 1);
  CHECK(all[0].position.file == "b.toml");
  CHECK_FALSE(problems.empty());
}

TEST_CASE(
    "an exception covers its names, its namespaces and its digest alone") {
  Diagnostics problems;
  const Digest digest = Digest::Of("M");
  const auto all =
      Read("version = 1\n[[exception]]\n" + kWhole +
               "namespaces = [\"shop-*\"]\ndigest = \"" + digest.str() + "\"\n",
           problems);
  REQUIRE(all.size() == 1);
  const auto name = Reference::Parse("registry.example.com/app:1");
  const auto other = Reference::Parse("registry.example.com/app:2");
  REQUIRE((name && other));
  const std::vector<Digest> content{digest};
  CHECK(all[0].Covers(*name, "shop-1", content));
  CHECK(all[0].Covers(*name, std::nullopt, content));
  CHECK_FALSE(all[0].Covers(*name, "other", content));
  CHECK_FALSE(all[0].Covers(*name, "", content));
  CHECK_FALSE(all[0].Covers(*other, "shop-1", content));
  CHECK_FALSE(all[0].Covers(*name, "shop-1", {}));
  CHECK_FALSE(all[0].Covers(*name, "shop-1", {{Digest::Of("N")}}));
}
