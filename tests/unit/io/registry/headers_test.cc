#include "io/registry/link_header.h"
#include "io/registry/retry.h"
#include "io/registry/www_authenticate.h"
#include "tests/support/catch.h"

namespace assay::registry {
namespace {

TEST_CASE("challenges are read as registries write them") {
  const auto bearer = ParseWwwAuthenticate(
      R"(Bearer realm="https://auth.example.com/token",service="registry",)"
      R"(scope="repository:a/b:pull,push")");
  REQUIRE(bearer);
  REQUIRE(bearer->size() == 1);
  CHECK(bearer->front().scheme == "bearer");
  CHECK(bearer->front().Param("realm") == "https://auth.example.com/token");
  CHECK(bearer->front().Param("scope") == "repository:a/b:pull,push");
  CHECK(bearer->front().Param("error").empty());
}

TEST_CASE("several challenges in one line keep their parameters apart") {
  const auto all = ParseWwwAuthenticate(
      R"(Negotiate, NTLM dGVzdA==, Basic realm = "a \"b\", c" ,)"
      R"( , BEARER Realm=x, Service=y)");
  REQUIRE(all);
  REQUIRE(all->size() == 4);
  CHECK((*all)[0].params.empty());
  CHECK((*all)[1].scheme == "ntlm");
  CHECK((*all)[1].params.empty());
  CHECK((*all)[2].Param("realm") == "a \"b\", c");
  CHECK((*all)[3].Param("realm") == "x");
  CHECK((*all)[3].Param("service") == "y");
}

TEST_CASE("hostile challenges are refused whole") {
  const auto line = GENERATE(
      as<std::string>(), R"(Bearer realm="unterminated)",
      R"(realm="no scheme")", R"(Bearer realm="a",realm="b")",
      R"(Bearer realm="a" service="b")", R"(Bearer =x)",
      "Bearer realm=\"a\nb\"", R"(Bearer realm="a\)", "\"", "Bearer\x01",
      std::string(9000, 'a'), "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q");
  const auto read = ParseWwwAuthenticate(line);
  INFO(line.substr(0, 60));
  REQUIRE_FALSE(read);
  CHECK(read.error().reason == Reason::kRegistryProtocol);
}

TEST_CASE("an empty line has no challenge") {
  CHECK(ParseWwwAuthenticate("")->empty());
  CHECK(ParseWwwAuthenticate(" , ,")->empty());
}

std::string Next(std::string_view line) {
  const auto next = NextLink(line);
  if (!next) return std::string(Describe(next.error().reason).id);
  return next->value_or("none");
}

TEST_CASE("the next page is found among links") {
  CHECK(Next(R"(</v2/a?last=x>; rel="next")") == "/v2/a?last=x");
  CHECK(Next(R"(<a>; rel=prev, <b;c,d>; title="x, <y>"; rel="up NEXT")") ==
        "b;c,d");
  CHECK(Next("<a>;rel=next;") == "a");
  CHECK(Next("<a>; rel=prev; rel=next") == "none");
  CHECK(Next("<a>; rel=nextish") == "none");
  CHECK(Next("<a>") == "none");
  CHECK(Next("") == "none");
}

TEST_CASE("hostile links are refused") {
  const auto line =
      GENERATE(as<std::string>(), "<a", "a>; rel=next", "<a>; rel=\"next",
               "<a> rel=next", "<a>; rel=next, <b>; rel=next", "<a>; =next",
               std::string(9000, ','));
  CHECK(Next(line) == "registry-protocol");
}

TEST_CASE("Retry-After is seconds or a date") {
  using std::chrono::seconds;
  const auto now = std::chrono::system_clock::from_time_t(1'700'000'000);
  CHECK(ReadRetryAfter("7", now) == seconds(7));
  CHECK(ReadRetryAfter("0", now) == seconds(0));
  CHECK(ReadRetryAfter("Tue, 14 Nov 2023 22:13:25 GMT", now) == seconds(5));
  CHECK(ReadRetryAfter("Tue, 14 Nov 2023 22:13:00 GMT", now) == seconds(0));
  CHECK(ReadRetryAfter("999999999999", now) == seconds(86'400));
  CHECK_FALSE(ReadRetryAfter("", now));
  CHECK_FALSE(ReadRetryAfter("-1", now));
  CHECK_FALSE(ReadRetryAfter("soon", now));
}

TEST_CASE("waits grow and are spread") {
  using std::chrono::milliseconds;
  CHECK(RetryDelay("", 1, 0.0) == milliseconds(30));
  CHECK(RetryDelay("", 1, 1.0) == milliseconds(90));
  CHECK(RetryDelay("", 2, 0.5) == milliseconds(200));
  CHECK(RetryDelay("2", 1, 0.5) == milliseconds(2000));
}

}  // namespace
}  // namespace assay::registry
