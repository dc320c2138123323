#include "core/schemes/sigstore/transparency_policy.h"

#include <fstream>
#include <sstream>

#include "tests/support/catch.h"

namespace assay {
namespace {

constexpr Time kNow{std::chrono::seconds{1'790'000'000}};
constexpr std::chrono::seconds kSecond{1};

std::string RootText() {
  std::ifstream in(std::string(ASSAY_VECTORS_DIR) +
                   "/keyless-cosign31-v1-allow/trusted_root.json");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::shared_ptr<const TrustedRoot> Root() {
  return std::make_shared<const TrustedRoot>(
      TrustedRoot::Parse(RootText()).value());
}

class Files : public TrustFiles {
 public:
  Result<std::vector<TrustFile>> Read(std::string_view name) override {
    return std::vector{TrustFile{std::string(name), RootText()}};
  }
};

TransparencyPolicy ReadWith(Files& files, const std::string& text) {
  Diagnostics diagnostics;
  const auto table = Toml::Parse(text, "p.toml", diagnostics);
  REQUIRE(table);
  TomlReader reader(*table, diagnostics);
  const auto policy =
      TransparencyPolicy::Read(reader, files, diagnostics, {1, 0, 0});
  REQUIRE(policy);
  return *policy;
}

RootSource Until(std::optional<Time> end) { return {Root(), end, "a", {}}; }

RootSource Missing() {
  return {nullptr, std::nullopt, "b", Fail(Reason::kTrustMissing)};
}

Result<Witnesses> Yes(const TrustedRoot& /*root*/) { return Witnesses{}; }

Result<Witnesses> No(const TrustedRoot& /*root*/) {
  return Fail(Reason::kCertificateUntrusted);
}

Reason WhyNot(const Result<Witnesses>& result) {
  return result ? Reason::kSigned : result.error().reason;
}

TEST_CASE("a root is asked until the second it is relied on") {
  const TransparencyPolicy policy{{Until(kNow)}, {}};
  CHECK(policy.AnyRoot(kNow - kSecond, Yes)->fresh_until == kNow);
  CHECK(WhyNot(policy.AnyRoot(kNow, Yes)) == Reason::kTrustStale);
  const TransparencyPolicy file{{Until(std::nullopt)}, {}};
  CHECK(file.AnyRoot(kNow, Yes)->fresh_until == std::nullopt);
}

TEST_CASE("a root that is not at hand hides no other, and is no refusal") {
  const TransparencyPolicy both{{Missing(), Until(std::nullopt)}, {}};
  CHECK(both.AnyRoot(kNow, Yes));
  CHECK(WhyNot(both.AnyRoot(kNow, No)) == Reason::kTrustMissing);
  const TransparencyPolicy stale{{Until(std::nullopt), Until(kNow)}, {}};
  CHECK(WhyNot(stale.AnyRoot(kNow, No)) == Reason::kTrustStale);
  CHECK(WhyNot(stale.AnyRoot(kNow - kSecond, No)) ==
        Reason::kCertificateUntrusted);
}

TEST_CASE("signers that name one root share what was parsed of it") {
  Files files;
  const auto one = ReadWith(files, "trusted_root = 'a.json'\n");
  const auto other = ReadWith(files, "trusted_root = ['b.json', 'a.json']\n");
  REQUIRE(one.roots.size() == 1);
  REQUIRE(other.roots.size() == 2);
  CHECK(one.roots[0].root == other.roots[0].root);
  CHECK(one.roots[0].root == other.roots[1].root);
  Files next;
  CHECK(one.roots[0].root !=
        ReadWith(next, "trusted_root = 'a.json'\n").roots[0].root);
}

TEST_CASE("without a root nothing is attested") {
  CHECK(WhyNot(TransparencyPolicy{}.AnyRoot(kNow, Yes)) ==
        Reason::kLogThreshold);
}

}  // namespace
}  // namespace assay
