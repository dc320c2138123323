#include "base/digest.h"

#include "tests/support/catch.h"

using namespace assay;

TEST_CASE("a digest is an algorithm and its exact hex") {
  const Digest empty = Digest::Of("");
  CHECK(empty.str() ==
        "sha256:"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(*Digest::Parse(empty.str()) == empty);
  CHECK(Digest::Of("", HashAlgorithm::kSha512).str().size() == 7 + 128);
  CHECK(empty.Matches(""));
  CHECK_FALSE(empty.Matches("x"));
}

TEST_CASE("anything but the registered form is no digest") {
  const std::string hex(64, 'a');
  for (const std::string& bad :
       {std::string(), std::string("sha256:"), "sha256:" + hex + "a",
        "sha256:" + hex.substr(1), "sha256:" + std::string(64, 'A'),
        "SHA256:" + hex, "sha512:" + hex, "md5:" + hex,
        std::string(
            "sha256:../../../../../../../../../../../../../../../../etc/"
            "passwd12345678"),
        " sha256:" + hex, "sha256:" + hex + "\n"}) {
    INFO(bad);
    const auto digest = Digest::Parse(bad);
    REQUIRE_FALSE(digest);
    CHECK(digest.error().reason == Reason::kDigestMalformed);
  }
}

TEST_CASE("hashing in pieces equals hashing at once") {
  Hasher hasher(HashAlgorithm::kSha384);
  hasher.Update("ab");
  hasher.Update("");
  hasher.Update("c");
  CHECK(hasher.Finish() == Digest::Of("abc", HashAlgorithm::kSha384));
}
