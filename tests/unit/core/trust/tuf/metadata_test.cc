#include "core/trust/tuf/metadata.h"

#include "core/trust/tuf/canonical_json.h"
#include "tests/support/catch.h"

namespace assay::tuf {
namespace {

std::string Canonical(std::string_view text) {
  const auto json = Json::Parse(text);
  REQUIRE(json);
  const auto canonical = CanonicalJson(*json);
  return canonical ? *canonical
                   : std::string(Describe(canonical.error().reason).id);
}

TEST_CASE("the canonical form sorts, drops white space and escapes little") {
  CHECK(Canonical(R"({ "b" : [ 1 , true ], "a" : null })") ==
        R"({"a":null,"b":[1,true]})");
  CHECK(Canonical("[{},[],\"\"]") == "[{},[],\"\"]");
  // A line's end stands for itself, quotes and backslashes are escaped.
  CHECK(Canonical(R"("a\n\"\\\u00e9\u0001")") == "\"a\n\\\"\\\\\xC3\xA9\x01\"");
  CHECK(Canonical("-9223372036854775808") == "-9223372036854775808");
  CHECK(Canonical(R"({"B":1,"a":1,"A":1})") == R"({"A":1,"B":1,"a":1})");
}

TEST_CASE("a number without canonical form is refused") {
  for (const auto* number : {"1.5", "1e3", "9223372036854775808", "[[-0.0]]"}) {
    CHECK(Canonical(number) == "tuf-malformed");
  }
}

bool Covers(std::vector<std::string> paths, std::string_view target) {
  Delegation delegation;
  delegation.paths = std::move(paths);
  return delegation.Covers(target);
}

TEST_CASE("wildcards of a delegation do not reach over slashes") {
  CHECK(Covers({"roots/*"}, "roots/a.json"));
  CHECK(Covers({"roots/*.json"}, "roots/a.json"));
  CHECK(Covers({"*/a?json"}, "roots/a.json"));
  CHECK(Covers({"none", "roots/a.json"}, "roots/a.json"));
  CHECK(Covers({"*"}, "a"));
  CHECK_FALSE(Covers({"*"}, "roots/a"));
  CHECK_FALSE(Covers({"roots/*"}, "roots/b/a"));
  CHECK_FALSE(Covers({"roots/*"}, "roots"));
  CHECK_FALSE(Covers({"roots/[ab]"}, "roots/a"));
  CHECK_FALSE(Covers({"a/b"}, "a/b/"));
  CHECK_FALSE(Covers({"roots/*.json"}, "roots/a.jso"));
  CHECK_FALSE(Covers({}, "a"));
}

TEST_CASE("a hash prefix covers the targets whose name hashes so") {
  Delegation delegation;
  const std::string hash = Digest::Of("a/b").hex();
  delegation.hash_prefixes = {hash.substr(0, 2)};
  CHECK(delegation.Covers("a/b"));
  delegation.hash_prefixes = {hash + "0"};
  CHECK_FALSE(delegation.Covers("a/b"));
  delegation.hash_prefixes = {hash.substr(0, 63) +
                              (hash.back() == '0' ? "1" : "0")};
  CHECK_FALSE(delegation.Covers("a/b"));
}

Reason WhyNoTargets(std::string_view text) {
  const auto json = Json::Parse(text);
  REQUIRE(json);
  const auto targets = Targets::Read(*json);
  return targets ? Reason::kSigned : targets.error().reason;
}

std::string TargetsText(const std::string& rest) {
  return R"({"_type":"targets","spec_version":"1.0.31","version":1,)"
         R"("expires":"2030-01-01T00:00:00Z",)" +
         rest + "}";
}

TEST_CASE("targets metadata is read strictly") {
  const std::string hash = Digest::Of("x").hex();
  const auto file = [&](const std::string& info) {
    return WhyNoTargets(TargetsText(R"("targets":{"a":)" + info + "}"));
  };
  CHECK(file(R"({"length":1,"hashes":{"sha256":")" + hash + R"("}})") ==
        Reason::kSigned);
  CHECK(file(R"({"hashes":{"sha256":")" + hash + R"("}})") ==
        Reason::kTufMalformed);
  CHECK(file(R"({"length":1})") == Reason::kTufMalformed);
  CHECK(file(R"({"length":-1,"hashes":{"sha256":")" + hash + R"("}})") ==
        Reason::kTufMalformed);
  CHECK(file(R"({"length":1,"hashes":{}})") == Reason::kTufMalformed);
  CHECK(file(R"({"length":1,"hashes":{"md5":"00"}})") == Reason::kTufMalformed);
  CHECK(file(R"({"length":1,"hashes":{"sha256":"00"}})") ==
        Reason::kTufMalformed);
  CHECK(file("null") == Reason::kTufMalformed);
}

TEST_CASE("a delegation names its role, its signers and one kind of paths") {
  const auto role = [&](const std::string& rest) {
    return WhyNoTargets(TargetsText(
        R"("targets":{},"delegations":{"keys":{},"roles":[{)" + rest + "}]}"));
  };
  const std::string good =
      R"("name":"a","terminating":false,"keyids":["k"],"threshold":1)";
  CHECK(role(good + R"(,"paths":["*"])") == Reason::kSigned);
  CHECK(role(good + R"(,"path_hash_prefixes":["00"])") == Reason::kSigned);
  CHECK(role(good) == Reason::kTufMalformed);
  CHECK(role(good + R"(,"paths":[],"path_hash_prefixes":[])") ==
        Reason::kTufMalformed);
  for (const auto* bad :
       {R"("name":"root","terminating":false,"keyids":["k"],"threshold":1)",
        R"("name":"","terminating":false,"keyids":["k"],"threshold":1)",
        R"("name":"a","keyids":["k"],"threshold":1)",
        R"("name":"a","terminating":0,"keyids":["k"],"threshold":1)",
        R"("name":"a","terminating":false,"keyids":["k"],"threshold":0)",
        R"("name":"a","terminating":false,"keyids":["k","k"],"threshold":1)",
        R"("name":"a","terminating":false,"keyids":"k","threshold":1)"}) {
    CHECK(role(std::string(bad) + R"(,"paths":["*"])") ==
          Reason::kTufMalformed);
  }
}

}  // namespace
}  // namespace assay::tuf
