#include "core/subject/manifest.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

const std::string kDigest = Digest::Of("x").str();
const std::string kConfig =
    R"({"mediaType":"application/vnd.oci.image.config.v1+json","digest":")" +
    kDigest + R"(","size":1})";
const std::string kLayer =
    R"({"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":")" +
    kDigest + R"(","size":1,"annotations":{"a":"b"}})";

std::string Manifest(const std::string& more) {
  return R"({"schemaVersion":2,"config":)" + kConfig + R"(,"layers":[)" +
         kLayer + "]" + more + "}";
}

Reason WhyNoManifest(const std::string& text) {
  const auto manifest = ImageManifest::Parse(text);
  REQUIRE_FALSE(manifest);
  return manifest.error().reason;
}

Reason WhyNoIndex(const std::string& text) {
  const auto index = ImageIndex::Parse(text);
  REQUIRE_FALSE(index);
  return index.error().reason;
}

}  // namespace

TEST_CASE("a manifest has a configuration and layers") {
  const auto manifest =
      ImageManifest::Parse(Manifest(R"(,"artifactType":"t","subject":)" +
                                    kLayer + R"(,"annotations":{"k":"v"})"));
  REQUIRE(manifest);
  CHECK(manifest->config.digest.str() == kDigest);
  CHECK(manifest->layers.at(0).annotations.at("a") == "b");
  CHECK(manifest->artifact_type == "t");
  CHECK(manifest->subject->digest.str() == kDigest);
  CHECK(manifest->annotations.at("k") == "v");
}

TEST_CASE("an index lists manifests") {
  const auto index =
      ImageIndex::Parse(R"({"schemaVersion":2,"manifests":[)" + kLayer + "]}");
  REQUIRE(index);
  CHECK(index->Lists(*Digest::Parse(kDigest)));
  CHECK_FALSE(index->Lists(Digest::Of("y")));
}

TEST_CASE("a document of two kinds is of none") {
  CHECK(WhyNoManifest(Manifest(R"(,"manifests":[])")) ==
        Reason::kManifestMalformed);
  CHECK(WhyNoIndex(Manifest(R"(,"manifests":[])")) ==
        Reason::kManifestMalformed);
  CHECK(WhyNoIndex(R"({"schemaVersion":2,"manifests":[],"mediaType":")" +
                   std::string(kOciManifest) + R"("})") ==
        Reason::kManifestUnsupported);
  CHECK(WhyNoManifest(Manifest(R"(,"fsLayers":[])")) ==
        Reason::kManifestMalformed);
}

TEST_CASE("what is no manifest is refused") {
  CHECK(WhyNoManifest("{}") == Reason::kManifestMalformed);
  CHECK(WhyNoManifest(R"({"schemaVersion":1})") ==
        Reason::kManifestUnsupported);
  CHECK(WhyNoManifest(Manifest(R"(,"mediaType":"x")")) ==
        Reason::kManifestUnsupported);
  CHECK(WhyNoManifest(Manifest(R"(,"config":{})")) == Reason::kJsonDuplicate);
  CHECK(WhyNoManifest(R"({"schemaVersion":2,"layers":[]})") ==
        Reason::kManifestMalformed);
  CHECK(WhyNoManifest(R"({"schemaVersion":2,"config":)" + kConfig + "}") ==
        Reason::kManifestMalformed);
  std::string bad_digest = Manifest("");
  bad_digest.replace(bad_digest.find(kDigest), 10, "sha256:../");
  CHECK(WhyNoManifest(bad_digest) == Reason::kDigestMalformed);
  std::string negative = Manifest("");
  negative.replace(negative.find(R"("size":1)"), 8, R"("size":-1)");
  CHECK(WhyNoManifest(negative) == Reason::kManifestMalformed);
}

TEST_CASE("a manifest with too many layers is refused") {
  std::string layers = kLayer;
  for (int i = 0; i < 600; ++i) layers += "," + kLayer;
  CHECK(WhyNoManifest(R"({"schemaVersion":2,"config":)" + kConfig +
                      R"(,"layers":[)" + layers + "]}") == Reason::kTooLarge);
}
