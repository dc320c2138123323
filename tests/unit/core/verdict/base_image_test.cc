#include "core/verdict/base_image.h"

#include "tests/support/built_image.h"
#include "tests/support/catch.h"

using namespace assay;
using namespace assay::test;

namespace {

std::vector<Digest> Ids(const std::vector<std::string>& layers) {
  std::vector<Digest> ids;
  for (const std::string& layer : layers) ids.push_back(Digest::Of(layer));
  return ids;
}

Reason WhyNot(const UntrustedBase& base) {
  const auto opened = BaseImage::Open(base);
  return opened ? Reason::kUnspecified : opened.error().reason;
}

}  // namespace

TEST_CASE("a base lies below when all of it is the image's beginning") {
  const auto image = Ids({"1", "2", "3"});
  CHECK(LiesBelow(Ids({"1"}), image));
  CHECK(LiesBelow(Ids({"1", "2"}), image));
  CHECK(LiesBelow(image, image));
  CHECK_FALSE(LiesBelow({}, image));
  CHECK_FALSE(LiesBelow({}, {}));
  CHECK_FALSE(LiesBelow(Ids({"1"}), {}));
  CHECK_FALSE(LiesBelow(Ids({"1", "2", "3", "4"}), image));
  CHECK_FALSE(LiesBelow(Ids({"2"}), image));
  CHECK_FALSE(LiesBelow(Ids({"2", "1"}), image));
  CHECK_FALSE(LiesBelow(Ids({"1", "3"}), image));
  // The same hash by another algorithm's name is another layer.
  CHECK_FALSE(LiesBelow({Digest::Of("1", HashAlgorithm::kSha512)}, image));
}

TEST_CASE("a base's documents must hash to what names them") {
  const BuiltImage good = Build({"1", "2"});
  const auto opened = BaseImage::Open(good.AsBase({}));
  REQUIRE(opened);
  CHECK(opened->image.manifest == good.digest());
  CHECK(opened->diff_ids == Ids({"1", "2"}));
  CHECK(opened->documents.at(good.digest()) == good.manifest);

  UntrustedBase base = good.AsBase({});
  base.manifest.bytes += " ";
  CHECK(WhyNot(base) == Reason::kManifestDigestMismatch);
  base = good.AsBase({});
  base.config = Build({"1"}).config;
  CHECK(WhyNot(base) == Reason::kConfigDigestMismatch);
  base = good.AsBase({});
  base.manifest = {Digest::Of("{}"), "{}"};
  CHECK(Describe(*FindReason("manifest-malformed")).reason == WhyNot(base));
}

TEST_CASE("an index counts when it hashes to its digest and lists the base") {
  const BuiltImage good = Build({"1"});
  const std::string index = good.Index();
  const std::string foreign = Build({"2"}).Index();
  UntrustedBase base = good.AsBase({});
  base.indexes = {{Digest::Of(index), index},
                  {Digest::Of(foreign), foreign},
                  {Digest::Of("another"), index},
                  {Digest::Of("no index"), "no index"}};
  const auto opened = BaseImage::Open(base);
  REQUIRE(opened);
  CHECK(opened->image.indexes == std::vector{Digest::Of(index)});
  CHECK(opened->SignableDigests() ==
        std::vector{good.digest(), Digest::Of(index)});
}
