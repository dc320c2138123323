#include "core/subject/base_hint.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

const std::string kDigest = Digest::Of("base").str();

std::optional<BaseHint> Read(
    const std::map<std::string, std::string>& annotations,
    const std::map<std::string, std::string>& labels = {}) {
  const Descriptor any{"", Digest::Of(""), 0, "", {}, std::nullopt};
  const ImageManifest manifest{"", "", any, {}, std::nullopt, annotations};
  ImageConfig config;
  config.labels = labels;
  return ReadBaseHint(manifest, config);
}

}  // namespace

TEST_CASE("annotations name a base") {
  const auto both = Read({{kBaseNameAnnotation, "registry.example.com/base:1"},
                          {kBaseDigestAnnotation, kDigest}});
  REQUIRE(both);
  CHECK(both->name->str() == "registry.example.com/base:1");
  CHECK(both->digest->str() == kDigest);
  CHECK(both->str() == "registry.example.com/base:1 " + kDigest);
  const auto name = Read({{kBaseNameAnnotation, "base@" + kDigest}});
  REQUIRE(name);
  CHECK(name->digest->str() == kDigest);
  CHECK(name->str() == "docker.io/library/base@" + kDigest);
  const auto digest = Read({{kBaseDigestAnnotation, kDigest}});
  REQUIRE(digest);
  CHECK_FALSE(digest->name);
  CHECK(digest->str() == kDigest);
}

TEST_CASE("labels count where annotations say nothing") {
  const auto label = Read({}, {{kBaseNameAnnotation, "labelled"}});
  REQUIRE(label);
  CHECK(label->name->path() == "library/labelled");
  const auto annotation = Read(
      {{kBaseNameAnnotation, "annotated"}},
      {{kBaseNameAnnotation, "labelled"}, {kBaseDigestAnnotation, kDigest}});
  REQUIRE(annotation);
  CHECK(annotation->name->path() == "library/annotated");
  CHECK_FALSE(annotation->digest);
}

TEST_CASE("what cannot be read names nothing") {
  CHECK_FALSE(Read({}));
  CHECK_FALSE(Read({{kBaseNameAnnotation, ""}}));
  CHECK_FALSE(Read({{kBaseNameAnnotation, "../../etc"}}));
  CHECK_FALSE(Read({{kBaseNameAnnotation, "http://169.254.169.254/latest"}}));
  CHECK_FALSE(Read({{kBaseDigestAnnotation, "sha256:short"}}));
}
