#include "io/containerd/held_bases.h"

#include "base/limits.h"
#include "tests/support/built_image.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;
using namespace assay::test;
using namespace assay::testing;

namespace {

// A content store on disk, and what a runtime's records lead to in it. No
// containerd is asked: the blobs' folder can be read.
class Node {
 public:
  Node() : app_(Build({"1", "2", "3"})) { Hold("app:1", app_); }

  void Hold(const std::string& name, const BuiltImage& image,
            bool with_config = true) {
    Write(image.manifest);
    if (with_config) Write(image.config);
    held_.images.push_back({"registry.example.com/" + name,
                            {},
                            image.digest(),
                            Digest::Of(image.config),
                            std::nullopt});
  }
  void HoldIndex(const std::string& name, const BuiltImage& image) {
    Hold(name, image);
    Write(image.Index());
    held_.images.back().index = Digest::Of(image.Index());
  }
  void Write(const std::string& bytes) {
    folder_.Write("blobs/sha256/" + Digest::Of(bytes).hex(), bytes);
  }
  void Spoil(const std::string& bytes) {
    folder_.Write("blobs/sha256/" + Digest::Of(bytes).hex(), "{}");
  }

  BaseSet Find(const std::optional<BaseHint>& hint = std::nullopt) {
    const Reference name = *Reference::Parse("registry.example.com/app:1");
    const SignableImage image{
        app_.digest(), ImageManifest::Parse(app_.manifest).value(), {}};
    const ImageConfig config = ImageConfig::Parse(app_.config).value();
    const Question question;
    const Subject subject{{name}, Digest::Of(app_.config), {image}, {}, {}, {}};
    ContentStore store(client_, {"default", Deadline::max()}, folder_.path(),
                       links_);
    return BasesAmong(
        store, held_,
        {question, subject, name, image, config, hint, Reach::kDisk});
  }

 private:
  TempFolder folder_;
  BuiltImage app_;
  HeldImages held_;
  ContainerdClient client_{"/nowhere"};
  DocumentLinksCache links_;
};

std::vector<Digest> ManifestsOf(const BaseSet& set) {
  std::vector<Digest> manifests;
  for (const UntrustedBase& base : set.candidates) {
    manifests.push_back(base.manifest.digest);
  }
  return manifests;
}

}  // namespace

TEST_CASE("of the images held those below are candidates, the largest first") {
  Node node;
  const BuiltImage one = Build({"1"});
  const BuiltImage two = Build({"1", "2"});
  node.Hold("one:1", one);
  node.Hold("two:1", two);
  node.Hold("two:latest", two);
  node.Hold("reordered:1", Build({"2", "1"}));
  node.Hold("longer:1", Build({"1", "2", "3", "4"}));
  node.Hold("empty:1", Build({}));
  const BaseSet set = node.Find();
  CHECK(set.failures.empty());
  CHECK(ManifestsOf(set) == std::vector{two.digest(), one.digest()});
  CHECK(set.candidates[0].names.size() == 2);
  CHECK(set.candidates[0].config == two.config);
  CHECK_FALSE(set.candidates[0].stored);
  // The second look knows the layers already and says the same.
  CHECK(ManifestsOf(node.Find()) == ManifestsOf(set));
}

TEST_CASE("the image that is named is looked at, whatever it is") {
  Node node;
  const BuiltImage other = Build({"9"});
  node.Hold("one:1", Build({"1"}));
  node.HoldIndex("other:1", other);
  CHECK(node.Find().candidates.size() == 1);
  for (const Digest& digest : {other.digest(), Digest::Of(other.Index())}) {
    const BaseSet set = node.Find(BaseHint{std::nullopt, digest});
    REQUIRE(set.candidates.size() == 2);
    CHECK(set.candidates[0].manifest.digest == other.digest());
    REQUIRE(set.candidates[0].indexes.size() == 1);
    CHECK(set.candidates[0].indexes[0].bytes == other.Index());
  }
}

TEST_CASE("the image itself is not its own candidate, its twin is") {
  Node node;
  CHECK(node.Find().candidates.empty());
  const BuiltImage twin = Build({"1", "2", "3"}, {{"packed", "anew"}});
  node.Hold("twin:1", twin);
  CHECK(ManifestsOf(node.Find()) == std::vector{twin.digest()});
}

TEST_CASE("what is not whole is no candidate, and hinders no other") {
  Node node;
  const BuiltImage good = Build({"1"});
  node.Hold("good:1", good);
  const BuiltImage bare = Build({"1", "2"}, {}, {}, "without config");
  node.Hold("bare:1", bare, /*with_config=*/false);
  CHECK(ManifestsOf(node.Find()) == std::vector{good.digest()});
  const BaseSet named = node.Find(BaseHint{std::nullopt, bare.digest()});
  REQUIRE(named.failures.size() == 1);
  CHECK(named.failures[0].reason == Reason::kConfigMissing);
}

TEST_CASE("bytes that changed after their layers were known do not pass") {
  Node node;
  const BuiltImage base = Build({"1"});
  node.Hold("base:1", base);
  REQUIRE(node.Find().candidates.size() == 1);
  node.Spoil(base.config);
  const BaseSet set = node.Find();
  CHECK(set.candidates.empty());
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kConfigDigestMismatch);
}

TEST_CASE("very many images below are not all looked at") {
  Node node;
  for (int i = 0; i < 20; ++i) {
    node.Hold("base:" + std::to_string(i),
              Build({"1"}, {}, {}, std::to_string(i)));
  }
  CHECK(node.Find().candidates.size() == limits::kBaseCandidates);
}
