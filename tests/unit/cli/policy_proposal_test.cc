#include "cli/policy_proposal.h"

#include <algorithm>

#include "tests/support/catch.h"

using namespace assay;

namespace {

const CandidateSigners kCandidates = {
    {"release", "type = \"sigstore-key\"\nkeys = [\"release.pub\"]\n"},
    {"release-openssl", "type = \"openssl\"\nkeys = [\"release.pub\"]\n"},
    {"next", "type = \"sigstore-key\"\nkeys = [\"next.pub\"]\n"},
    {"root-keyless",
     "type = \"sigstore-keyless\"\ntrusted_root = [\"root.json\"]\n"},
    {"ca-notation", "type = \"notation\"\ntrust_store = [\"ca.pem\"]\n"},
};

const HeldSignature kRelease = {"release", "sigstore-key", "key:sha256:aa"};
const HeldSignature kNext = {"next", "sigstore-key", "key:sha256:bb"};

HeldSignature Keyless(const std::string& subject) {
  return {"root-keyless", "sigstore-keyless",
          "identity:https://issuer.example.com " + subject};
}

PolicyProposal Propose(const std::vector<SignedImage>& images) {
  return ProposePolicy(images, kCandidates);
}

bool Has(const PolicyProposal& proposal, const std::string& text) {
  return proposal.text.find(text) != std::string::npos;
}

std::size_t Count(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("nothing is asked for and nothing is let in where nobody signed") {
  const auto proposal = Propose({{"registry.example.com/app:1", true, {}, {}}});
  CHECK(proposal.rules == 0);
  CHECK(proposal.unsigned_images.size() == 1);
  CHECK(Has(proposal, "default = \"reject\""));
  CHECK(Has(proposal, "#   registry.example.com/app:1 (running)"));
  CHECK_FALSE(Has(proposal, "\n[[rule]]"));
  CHECK_FALSE(Has(proposal, "\n[signers."));
}

TEST_CASE("a rule names only who signed every image of a repository") {
  const auto proposal = Propose({
      {"registry.example.com/team/app:1", false, {kRelease, kNext}, {}},
      {"registry.example.com/team/app:2", false, {kNext}, {}},
  });
  CHECK(Has(proposal,
            "scope = \"registry.example.com/team/app\"\nrequire = \"next\""));
  CHECK(Has(proposal, "[signers.next]"));
  CHECK_FALSE(Has(proposal, "[signers.release]"));
}

TEST_CASE("a repository that nobody signed as a whole gets no rule") {
  const auto proposal = Propose({
      {"registry.example.com/team/app:1", false, {kRelease}, {}},
      {"registry.example.com/team/app:2", false, {kNext}, {}},
  });
  CHECK(proposal.rules == 0);
  CHECK(Has(proposal, "nobody signed all of them"));
  CHECK_FALSE(Has(proposal, "\n[[rule]]"));
}

TEST_CASE("repositories share a rule only where all below are the same") {
  const std::vector<SignedImage> same = {
      {"registry.example.com/team/a:1", false, {kRelease}, {}},
      {"registry.example.com/team/b:1", false, {kRelease}, {}},
  };
  CHECK(Has(Propose(same), "scope = \"registry.example.com/team/**\""));

  auto other = same;
  other.push_back({"registry.example.com/team/c:1", false, {kNext}, {}});
  CHECK_FALSE(Has(Propose(other), "team/**"));

  auto unsigned_too = same;
  unsigned_too.push_back({"registry.example.com/team/d:1", false, {}, {}});
  CHECK_FALSE(Has(Propose(unsigned_too), "team/**"));

  const auto host = Propose({
      {"registry.example.com/a:1", false, {kRelease}, {}},
      {"registry.example.com/b:1", false, {kRelease}, {}},
  });
  CHECK_FALSE(Has(host, "**"));
}

TEST_CASE("who adds a signature does not become somebody who signs alone") {
  const auto proposal = Propose({{"registry.example.com/app:1",
                                  false,
                                  {kRelease, Keyless("stranger@example.net")},
                                  {}}});
  CHECK(Has(proposal, "require = { all_of = [\"release\", "));
  CHECK_FALSE(Has(proposal, "any_of = ["));
}

TEST_CASE("one key is one signer, whatever reads it") {
  HeldSignature plain = kRelease;
  plain.signer = "release-openssl";
  plain.scheme = "openssl";
  const auto proposal =
      Propose({{"registry.example.com/app:1", false, {kRelease, plain}, {}}});
  CHECK(Has(proposal, "require = \"release\""));
  CHECK_FALSE(Has(proposal, "[signers.release-openssl]"));
}

TEST_CASE("an identity is named in full and becomes a signer of its own") {
  const auto proposal = Propose({
      {"registry.example.com/a:1", false, {Keyless("ops@example.com")}, {}},
      {"registry.example.com/b:1", false, {Keyless("dev@example.org")}, {}},
      {"registry.example.com/c:1",
       false,
       {{"ca-notation", "notation", "x509.subject:C=US,O=Acme,ST=WA"}},
       {}},
  });
  CHECK(proposal.rules == 3);
  CHECK(Count(proposal.text, "type = \"sigstore-keyless\"") == 2);
  CHECK(Has(proposal,
            "identities = [{ issuer = \"https://issuer.example.com\", subject "
            "= \"ops@example.com\" }]"));
  CHECK(Has(proposal, "identities = \"C=US,O=Acme,ST=WA\""));
  CHECK_FALSE(Has(proposal, "*"));
}

TEST_CASE("what a certificate says cannot write policy") {
  const auto proposal = Propose({{"registry.example.com/a:1",
                                  false,
                                  {Keyless("x\" }]\ndefault = \"allow\"\n#")},
                                  {"problem\ndefault = \"allow\""}}});
  CHECK_FALSE(Has(proposal, "\ndefault = \"allow\""));
  CHECK(Has(proposal, "subject = \"x\\\" }]\\u000Adefault = \\\"allow\\\""));
}

TEST_CASE("an identity that no policy can name is nobody's") {
  const auto proposal =
      Propose({{"registry.example.com/a:1",
                false,
                {{"ca-notation", "notation", "aws-signer:arn"}},
                {}}});
  CHECK(proposal.rules == 0);
  CHECK(proposal.unsigned_images.size() == 1);
}
