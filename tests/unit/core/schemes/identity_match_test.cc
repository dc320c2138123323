#include "core/schemes/simple_signing/identity_match.h"

#include <array>
#include <vector>

#include "tests/support/catch.h"

namespace assay {
namespace {

const std::string kDigest = "@sha256:" + std::string(64, 'a');
const std::string kOther = "@sha256:" + std::string(64, 'b');

Reason Judged(const IdentityMatch& match, const std::string& asked,
              const std::string& named) {
  const auto judged = match.Judge(*Reference::Parse(asked), named);
  return judged ? Reason::kSigned : judged.error().reason;
}

bool Holds(const IdentityMatch& match, const std::string& asked,
           const std::string& named) {
  const Reason reason = Judged(match, asked, named);
  CHECK((reason == Reason::kSigned ||
         reason == Reason::kSignatureOtherRepository));
  return reason == Reason::kSigned;
}

// What is asked for, what was signed, and whether each of matchExact,
// matchRepoDigestOrExact and matchRepository takes the one for the other.
struct Row {
  std::string asked;
  std::string named;
  std::array<bool, 3> holds;
};

std::vector<Row> Rows() {
  const std::string app = "r.example.com/app";
  return {
      {app + ":1", app + ":1", {true, true, true}},
      {app + ":1", app + ":2", {false, false, true}},
      {app + ":1", app, {false, false, true}},
      {app + ":1", app + kDigest, {false, false, true}},
      {app + ":1", app + ":1" + kDigest, {false, false, true}},
      {app + kDigest, app + ":1", {false, true, true}},
      {app + kDigest, app + kOther, {false, true, true}},
      {app + kDigest, app + kDigest, {true, true, true}},
      {app + kDigest, app, {false, false, true}},
      // The tag beside a digest chose nothing.
      {app + ":1" + kDigest, app + ":2", {false, true, true}},
      {app + ":1" + kDigest, app + ":1" + kDigest, {false, true, true}},
      {app + ":1", "r.example.com/apps:1", {false, false, false}},
      {app + ":1", "r.example.com/app/x:1", {false, false, false}},
      {app + kDigest, "r.example.com/ap:1", {false, false, false}},
      {app + ":1", "s.example.com/app:1", {false, false, false}},
      {app + ":1", "r.example.com:443/app:1", {false, false, false}},
      {"r.example.com:5000/app:1",
       "r.example.com:5000/app",
       {false, false, true}},
      {"busybox", "docker.io/library/busybox:latest", {true, true, true}},
      {"busybox:1", "busybox:1", {true, true, true}},
      {"busybox:latest", "busybox", {false, false, true}},
  };
}

TEST_CASE("a signature's name is compared as its matcher has it") {
  const std::array matchers = {IdentityMatch::MatchExact(), IdentityMatch(),
                               IdentityMatch::MatchRepository()};
  for (const Row& row : Rows()) {
    for (std::size_t i = 0; i < matchers.size(); ++i) {
      INFO(matchers[i].str() << ": " << row.asked << " by " << row.named);
      CHECK(Holds(matchers[i], row.asked, row.named) == row.holds[i]);
    }
  }
}

TEST_CASE("a name that was signed must be a name as images have them") {
  const auto text = GENERATE(
      as<std::string>(), "", "App:1", "r.example.com/App:1", "r.example.com/",
      "R.example.com/app:1", "r.example.com/app:1 ", "r.example.com/app@sha256",
      "https://r.example.com/app:1", std::string(64, 'a'),
      "r.example.com/app@sha256:" + std::string(64, 'A'));
  CAPTURE(text);
  CHECK(Judged(IdentityMatch::MatchRepository(), "r.example.com/app:1", text) ==
        Reason::kPayloadMalformed);
}

TEST_CASE("a fixed name stands whatever was asked for") {
  const auto exact = IdentityMatch::ExactReference("r.example.com/app:1");
  REQUIRE(exact);
  CHECK(Holds(*exact, "mirror.example.com/x:2", "r.example.com/app:1"));
  CHECK_FALSE(Holds(*exact, "r.example.com/app:1", "r.example.com/app"));
  CHECK_FALSE(Holds(*exact, "r.example.com/app:2", "r.example.com/app:2"));

  const auto repository = IdentityMatch::ExactRepository("busybox");
  REQUIRE(repository);
  CHECK(Holds(*repository, "mirror.example.com/x:2",
              "docker.io/library/busybox:9"));
  CHECK(Holds(*repository, "mirror.example.com/x:2", "busybox"));
  CHECK_FALSE(Holds(*repository, "busybox:1", "docker.io/other/busybox:1"));
}

TEST_CASE("a fixed reference has a tag or a digest") {
  CHECK(IdentityMatch::ExactReference("busybox" + kDigest));
  const auto bare = GENERATE("r.example.com/app", "r.example.com:5000/app",
                             "busybox", "", "r.example.com/app:");
  const auto match = IdentityMatch::ExactReference(bare);
  REQUIRE_FALSE(match);
  CHECK(match.error().reason == Reason::kReferenceMalformed);
}

TEST_CASE("images below a prefix are signed below another") {
  const auto host =
      IdentityMatch::RemapIdentity("mirror.example.com", "r.example.com");
  REQUIRE(host);
  CHECK(Holds(*host, "mirror.example.com/a/b:1", "r.example.com/a/b:1"));
  CHECK(
      Holds(*host, "mirror.example.com/a/b" + kDigest, "r.example.com/a/b:7"));
  CHECK_FALSE(Holds(*host, "mirror.example.com/a:1", "r.example.com/a:2"));
  CHECK_FALSE(Holds(*host, "mirror.example.com/a:1", "mirror.example.com/a:1"));
  CHECK_FALSE(Holds(*host, "mirror.example.com:443/a:1", "r.example.com/a:1"));
  // What is not below the prefix is left as it is.
  CHECK(Holds(*host, "other.example.com/a:1", "other.example.com/a:1"));

  const auto path = IdentityMatch::RemapIdentity(
      "mirror.example.com:5000/vendor", "r.example.com/x/y");
  REQUIRE(path);
  CHECK(
      Holds(*path, "mirror.example.com:5000/vendor:1", "r.example.com/x/y:1"));
  CHECK(Holds(*path, "mirror.example.com:5000/vendor/a:1",
              "r.example.com/x/y/a:1"));
  CHECK_FALSE(Holds(*path, "mirror.example.com:5000/vendors/a:1",
                    "r.example.com/x/ys/a:1"));
  // A prefix that comes again inside the name is replaced once.
  const auto twice = IdentityMatch::RemapIdentity("a.example.com", "b.c");
  REQUIRE(twice);
  CHECK(Holds(*twice, "a.example.com/a.example.com/x:1",
              "b.c/a.example.com/x:1"));
}

TEST_CASE("a remapped name that no image has matches nothing") {
  const auto match =
      IdentityMatch::RemapIdentity("mirror.example.com", "docker.io");
  REQUIRE(match);
  CHECK(Holds(*match, "mirror.example.com/library/busybox:1", "busybox:1"));
  CHECK_FALSE(Holds(*match, "mirror.example.com/busybox:1", "busybox:1"));
}

TEST_CASE("prefixes are fully written") {
  const std::string good = "r.example.com/app";
  CHECK(IdentityMatch::RemapIdentity("docker.io", good));
  CHECK(IdentityMatch::RemapIdentity("docker.io/vendor", "localhost:5000"));
  const auto bad = GENERATE(
      as<std::string>(), "", "busybox", "vendor/app", "r.example.com/",
      "r.example.com/app:1", "R.example.com", "index.docker.io/vendor",
      "r.example.com/app@sha256:" + std::string(64, 'a'), "r.example.com:port");
  CAPTURE(bad);
  const auto first = IdentityMatch::RemapIdentity(bad, good);
  REQUIRE_FALSE(first);
  CHECK(first.error().reason == Reason::kReferenceMalformed);
  CHECK_FALSE(IdentityMatch::RemapIdentity(good, bad));
}

}  // namespace
}  // namespace assay
