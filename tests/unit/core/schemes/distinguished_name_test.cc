#include "core/schemes/notation/distinguished_name.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

std::string Read(std::string_view text) {
  const auto name = DistinguishedName::Parse(text);
  return name ? name->str() : "refused: " + name.error().detail;
}

TEST_CASE("a distinguished name is read in any order and spacing") {
  CHECK(Read("C=US, ST=WA, O=Acme") == "C=US,O=Acme,ST=WA");
  CHECK(Read("  O = Acme ,S= WA,C =US") == "C=US,O=Acme,ST=WA");
  CHECK(Read("C=US,ST=WA,O=Acme\\, Inc.") == "C=US,O=Acme, Inc.,ST=WA");
  CHECK(Read("C=US,ST=WA,O=Ac\\6de") == "C=US,O=Acme,ST=WA");
  CHECK(Read("C=US,ST=WA,O=Ac\\6De") == "C=US,O=Acme,ST=WA");
  CHECK(Read("C=US,ST=WA,O=end\\ ") == "C=US,O=end ,ST=WA");
  CHECK(Read("C=US,ST=WA,O=a=b") == "C=US,O=a=b,ST=WA");
}

TEST_CASE("what names nobody clearly is refused") {
  const auto* text = GENERATE(
      "", "C=US", "C=US,ST=WA", "c=US,ST=WA,O=Acme", "C=US,ST=WA,O=Acme,",
      "C=US,,ST=WA,O=Acme", "C=US,ST=WA,O=", "C=US,ST=WA,O=#0401",
      "C=US,ST=WA,O=Acme,O=Other", "C=US,S=WA,ST=OR,O=Acme",
      "C=US,ST=WA,O=Acme+OU=x", "C=US;ST=WA;O=Acme", "C=US,ST=WA,O=Acme,DC=x",
      "C=US,ST=WA,O=Ac\\me", "C=US,ST=WA,O=Acme\\", "C=US,ST=WA,O=\"Acme\"",
      "Acme");
  INFO(text);
  const auto name = DistinguishedName::Parse(text);
  REQUIRE_FALSE(name);
  CHECK(name.error().reason == Reason::kPolicyMalformed);
}

TEST_CASE("a name is within another that has all of it") {
  const auto part = DistinguishedName::Parse("C=US,ST=WA,O=Acme");
  const auto whole = DistinguishedName::Parse("O=Acme,CN=ci,C=US,ST=WA");
  const auto other = DistinguishedName::Parse("O=acme,CN=ci,C=US,ST=WA");
  CHECK(part->IsWithin(*part));
  CHECK(part->IsWithin(*whole));
  CHECK_FALSE(whole->IsWithin(*part));
  CHECK_FALSE(part->IsWithin(*other));
}

}  // namespace
}  // namespace assay
