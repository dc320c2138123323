#include "core/policy/attestation.h"
#include "tests/support/catch.h"
#include "tests/unit/core/policy/policy_fixture.h"

using namespace assay;
using namespace assay::test;

namespace {

const std::string kBuilt =
    "[attestations.built]\n"
    "predicate_type = \"https://slsa.dev/provenance/v1\"\n"
    "signed_by = \"b\"\n";

// The rule is at line 11, its requirement at 13, kBuilt begins at 14.
ReadPolicy Requires(const std::string& require,
                    const std::string& attestations = kBuilt) {
  return Read({WithRule("require = " + require) + attestations});
}

bool Says(const ReadPolicy& read, const std::string& text) {
  INFO(read.Text());
  CHECK(read.policy == nullptr);
  return read.Text().find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("an attestation is read and shown") {
  const auto read =
      Requires(R"({ all_of = ["a", { attestation = "built" }] })",
               kBuilt +
                   "where = [{ path = \"builder.id\", operator = \"equals\", "
                   "value = \"us\" },\n"
                   "  { path = \"score\", operator = \"at_most\", value = 7.5, "
                   "optional = true }]\n");
  INFO(read.Text());
  REQUIRE(read.policy != nullptr);
  const auto& rule = read.policy->rules().at(0);
  CHECK(rule.require->str() == "all of (a, attestation built)");
  REQUIRE(rule.require->Signers().size() == 1);
  REQUIRE(rule.require->Attestations().size() == 1);
  CHECK(read.policy->attestations().at("built")->Summary() ==
        "https://slsa.dev/provenance/v1, signed by b, builder.id equals 'us', "
        "score at_most 7.5, if there");
}

TEST_CASE("an attestation and its signer may stand in other files") {
  const auto read = Read(
      {kBuilt + "version = 1\n",
       WithRule(R"(require = { all_of = ["a", { attestation = "built" }]})")});
  // The key comes after the table's header: it is the table's.
  CHECK(Says(read, "unknown key 'version'"));
  const auto good = Read(
      {"version = 1\n" + kBuilt,
       WithRule(R"(require = { all_of = ["a", { attestation = "built" }]})")});
  INFO(good.Text());
  CHECK(good.policy != nullptr);
}

TEST_CASE("an attestation never stands in for a signature") {
  CHECK(Says(Requires(R"({ any_of = ["a", { attestation = "built" }] })"),
             "policy-malformed 1.toml:13:28: an attestation never stands in "
             "for a signature"));
  CHECK(Says(
      Requires(
          R"({ at_least = 2, of = ["a", "b", { attestation = "built" }] })"),
      "write all_of = [SIGNERS, attestation built]"));
  CHECK(Says(
      Requires(
          R"({ any_of = ["a", { all_of = [{ attestation = "built" }] }] })"),
      "an attestation never stands in for a signature"));
  // Where every way asks for a signature, an attestation may be one part.
  CHECK(
      Requires(
          R"({ any_of = ["a", { all_of = ["b", { attestation = "built" }] }] })")
          .policy != nullptr);
  CHECK(Requires(R"({ at_least = 1, of = [{ all_of = ["a", )"
                 R"({ any_of = [{ attestation = "built" }] }] }, "c"] })")
            .policy != nullptr);
}

TEST_CASE("an attestation alone is refused unless it stands alone") {
  for (
      const auto* require :
      {R"({ attestation = "built" })",
       R"({ all_of = [{ attestation = "built" }] })",
       R"({ any_of = [{ attestation = "built" }, { attestation = "more" }] })"}) {
    INFO(require);
    const std::string more =
        "[attestations.more]\npredicate_type = \"https://spdx.dev/Document\"\n"
        "signed_by = \"c\"\nstands_alone = true\n";
    const auto read = Requires(require, kBuilt + more);
    CHECK(Says(read, "1.toml:13:11: an attestation alone would do"));
    CHECK(Says(read, "stands_alone = true"));
    const auto alone =
        Requires(require, kBuilt + "stands_alone = true\n" + more);
    INFO(alone.Text());
    CHECK(alone.policy != nullptr);
  }
  CHECK(Requires(R"({ all_of = [{ attestation = "built" }, )"
                 R"({ attestation = "more" }] })",
                 kBuilt + "stands_alone = true\n"
                          "[attestations.more]\nsigned_by = \"c\"\n"
                          "predicate_type = \"https://spdx.dev/Document\"\n")
            .policy != nullptr);
  CHECK(Says(Requires("\"a\"\nbase = { attestation = \"built\" }"),
             "1.toml:14:8: an attestation alone would do"));
}

TEST_CASE("names lead to a hint") {
  CHECK(Says(Requires(R"({ all_of = ["a", { attestation = "buit" }] })"),
             "there is no [attestations.buit]; did you mean 'built'?"));
  CHECK(Says(Requires("\"built\""),
             "there is no [signers.built]; write { attestation = \"built\" }"));
  CHECK(Says(Requires(R"({ all_of = ["a", { attestatoin = "built" }] })"),
             "unknown key 'attestatoin'"));
  CHECK(Says(Requires(R"({ attestation = "built", any_of = ["a"] })"),
             "unknown key 'any_of'"));
  CHECK(Says(Requires(R"({ all_of = ["a", { attestation = "built" }, )"
                      R"({ attestation = "built" }] })"),
             "'built' is named twice"));
  CHECK(Says(
      Read({WithRule("require = \"a\"") + kBuilt, "version = 1\n" + kBuilt}),
      "attestation 'built' is already at 1.toml:14:"));
}

TEST_CASE("what an attestation says is held against the grammar") {
  const auto entry = [](const std::string& lines) {
    return Read({WithRule("require = \"a\"") + "[attestations.x]\n" + lines});
  };
  const std::string type = "predicate_type = \"https://spdx.dev/Document\"\n";
  CHECK(Says(entry("signed_by = \"a\"\n"), "'predicate_type' is missing"));
  CHECK(Says(entry(type), "'signed_by' is missing"));
  CHECK(Says(entry("signed_by = \"a\"\npredicate_type = \"spdx\"\n"),
             "1.toml:16:18: 'spdx' is a short name of cosign's; write "
             "'https://spdx.dev/Document'"));
  CHECK(Says(entry("signed_by = \"a\"\npredicate_type = \"document\"\n"),
             "is no predicate type"));
  CHECK(Says(entry("signed_by = \"a\"\npredicate_type = "
                   "\"https://sigstore.dev/cosign/sign/v1\"\n"),
             "a statement of this type is a signature"));
  CHECK(Says(entry(type + "signed_by = \"aa\"\n"),
             "there is no [signers.aa]; did you mean 'a'?"));
  CHECK(Says(entry(type + "signed_by = { attestation = \"x\" }\n"),
             "unknown key 'attestation'"));
  CHECK(Says(entry(type + "signed_by = \"a\"\nwere = []\n"),
             "unknown key 'were'; did you mean 'where'?"));
  CHECK(Says(entry(type + "signed_by = \"a\"\nwhere = \"x\"\n"),
             "'where' must be an array of tables"));
  CHECK(Says(entry(type + "signed_by = \"a\"\nwhere = [{ path = \"a\", "
                          "operator = \"matches\", value = 1 }]\n"),
             "1.toml:17:35: 'operator' must be one of 'absent', 'at_least'"));
  CHECK(Says(entry(type + "signed_by = \"a\"\nwhere = [{ path = \"a\", "
                          "operator = \"glob\", vale = \"x\" }]\n"),
             "unknown key 'vale'; did you mean 'value'?"));
  CHECK(Says(Read({WithRule("require = \"a\"") + "[attestations.\"x y\"]\n" +
                   type + "signed_by = \"a\"\n"}),
             "1.toml:14:1: the name of this attestation may have"));
  std::string many = type + "signed_by = \"a\"\nwhere = [\n";
  for (int i = 0; i < 65; ++i) {
    many += "{ path = \"a\", operator = \"exists\" },\n";
  }
  CHECK(Says(entry(many + "]\n"), "has more than 64 constraints"));
}

TEST_CASE("signers that sign no statements cannot vouch") {
  const auto read = Read(
      {WithRule("require = \"a\"") +
       "[signers.plain]\ntype = \"openssl\"\nkeys = [\"a.pub\"]\n" +
       "[attestations.x]\npredicate_type = \"https://spdx.dev/Document\"\n" +
       "signed_by = { any_of = [\"a\", \"plain\"] }\n"});
  CHECK(Says(read, "signer 'plain' of type openssl signs no statements"));
}
