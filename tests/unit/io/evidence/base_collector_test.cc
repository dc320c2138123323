#include "io/evidence/base_collector.h"

#include <sys/stat.h>

#include <fstream>

#include "io/evidence/base_fetch.h"
#include "io/evidence/evidence_archive.h"
#include "io/evidence/stored_base.h"
#include "tests/support/built_image.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/io/evidence/artifact_server.h"
#include "tests/unit/io/evidence/sample_artifact.h"

using namespace assay;
using namespace assay::test;
using namespace assay::testing;

namespace {

const Platform kPlatform{"linux", "amd64", ""};

Time Now() { return Time(std::chrono::seconds(kSampleTime)); }

Deadline Soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(10);
}

const BuiltImage& Base() {
  static const BuiltImage kImage = Build({"1", "2"});
  return kImage;
}

void Serve(ArtifactServer& server, const BuiltImage& image) {
  server.Serve("manifests/" + image.digest().str(), std::string(kOciManifest),
               image.manifest);
  server.Serve("blobs/" + Digest::Of(image.config).str(),
               "application/octet-stream", image.config);
}

BaseSet Fetch(const BaseHint& hint, const Reference& image) {
  RegistryClient client{RegistryOptions{}};
  return FetchBases(client, hint, image, kPlatform, Soon());
}

// An app whose manifest names a base, asked about on a node without runtime.
struct Asked {
  explicit Asked(const Reference& image_name)
      : name(image_name),
        app(Build({"1", "2", "3"},
                  {{kBaseNameAnnotation, image_name.Repository() + ":base"}})),
        config(ImageConfig::Parse(app.config).value()),
        image{app.digest(), ImageManifest::Parse(app.manifest).value(), {}},
        hint(ReadBaseHint(image.content, config)),
        subject{{image_name}, Digest::Of(app.config), {image}, {}, {}, {}} {
    question.about = ReferenceClaim{image_name, kPlatform, ""};
    question.deadline = Soon();
  }

  BaseRequest Request(Reach reach) const {
    return {question, subject, name, image, config, hint, reach};
  }

  Reference name;
  BuiltImage app;
  ImageConfig config;
  SignableImage image;
  std::optional<BaseHint> hint;
  Subject subject;
  Question question;
};

// Two stores, and a collector over the first that reaches no registry.
struct Shelf {
  TempFolder folder;
  EvidenceStore store{EvidenceStoreOptions{folder / "here"}};
  EvidenceStore other{EvidenceStoreOptions{folder / "there"}};
  RegistryClient registry{RegistryOptions{}};
  BaseCollector bases{store, registry, nullptr, Now};
};

}  // namespace

TEST_CASE("a base is fetched by digest, with the index its tag leads to") {
  ArtifactServer server;
  Serve(server, Base());
  server.Serve("manifests/base", std::string(kOciIndex), Base().Index());
  const auto name = *Reference::Parse(server.host() + "/app:base");
  const BaseSet set = Fetch({name, Base().digest()}, server.Name());
  CHECK(set.failures.empty());
  REQUIRE(set.candidates.size() == 1);
  const UntrustedBase& base = set.candidates[0];
  CHECK(base.names == std::vector{name});
  CHECK(base.manifest.digest == Base().digest());
  CHECK(base.manifest.bytes == Base().manifest);
  CHECK(base.config == Base().config);
  REQUIRE(base.indexes.size() == 1);
  CHECK(base.indexes[0].digest == Digest::Of(Base().Index()));
  CHECK_FALSE(base.stored);
}

TEST_CASE("a tag that moved on adds nothing to a digest") {
  ArtifactServer server;
  Serve(server, Base());
  const BuiltImage newer = Build({"8"});
  Serve(server, newer);
  const bool index = GENERATE(true, false);
  server.Serve("manifests/base", std::string(index ? kOciIndex : kOciManifest),
               index ? newer.Index() : newer.manifest);
  const auto name = *Reference::Parse(server.host() + "/app:base");
  const BaseSet set = Fetch({name, Base().digest()}, server.Name());
  REQUIRE(set.candidates.size() == 1);
  CHECK(set.candidates[0].manifest.digest == Base().digest());
  CHECK(set.candidates[0].indexes.empty());
}

TEST_CASE("of an index the members are candidates") {
  ArtifactServer server;
  Serve(server, Base());
  const std::string index = Base().Index();
  server.Serve("manifests/" + Digest::Of(index).str(), std::string(kOciIndex),
               index);
  const BaseSet set = Fetch({std::nullopt, Digest::Of(index)}, server.Name());
  REQUIRE(set.candidates.size() == 1);
  CHECK(set.candidates[0].names[0].Repository() == server.Name().Repository());
  CHECK(set.candidates[0].indexes.size() == 1);
}

TEST_CASE("a base that is not there is no failure, one out of reach is") {
  ArtifactServer server;
  const BaseHint hint{*Reference::Parse(server.host() + "/app:base"),
                      Base().digest()};
  CHECK(Fetch(hint, server.Name()).candidates.empty());
  CHECK(Fetch(hint, server.Name()).failures.empty());
  server.Serve("manifests/base", "text/plain", "no", 403);
  const BaseSet set = Fetch(hint, server.Name());
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kRegistryUnauthorized);
}

TEST_CASE("a name that only an image gives leads to no internal address") {
  ArtifactServer server;
  Serve(server, Base());
  const BaseHint hint{*Reference::Parse(server.host() + "/app:base"),
                      Base().digest()};
  const BaseSet set =
      Fetch(hint, *Reference::Parse("registry.example.com/app:1"));
  CHECK(set.candidates.empty());
  REQUIRE(set.failures.size() == 2);
  CHECK(set.failures[0].reason == Reason::kRegistryRealmRefused);
  CHECK(server.Asked().empty());
  // The image's own registry is asked wherever it is.
  CHECK(Fetch(hint, server.Name()).candidates.size() == 1);
}

TEST_CASE("what is kept is found again without network") {
  Shelf shelf;
  const Asked asked(*Reference::Parse("registry.example.com/app:1"));
  CHECK(shelf.bases.Find(asked.Request(Reach::kDisk)).candidates.empty());
  UntrustedBase base = Base().AsBase({"registry.example.com/base:1"});
  base.indexes = {{Digest::Of(Base().Index()), Base().Index()}};
  REQUIRE(shelf.bases.Keep(asked.image.manifest, base.names[0], base));
  REQUIRE(shelf.bases.Keep(asked.image.manifest, base.names[0], base));
  CHECK(shelf.store.Read(asked.image.manifest).artifacts.size() == 1);

  const BaseSet set = shelf.bases.Find(asked.Request(Reach::kDisk));
  CHECK(set.failures.empty());
  REQUIRE(set.candidates.size() == 1);
  const UntrustedBase& found = set.candidates[0];
  CHECK(found.stored);
  CHECK(found.names == base.names);
  CHECK(found.manifest.bytes == Base().manifest);
  CHECK(found.config == Base().config);
  REQUIRE(found.indexes.size() == 1);
  CHECK(found.indexes[0].bytes == Base().Index());
}

TEST_CASE("a base whose stored bytes were changed is not found") {
  Shelf shelf;
  const Asked asked(*Reference::Parse("registry.example.com/app:1"));
  const UntrustedBase base = Base().AsBase({"registry.example.com/base:1"});
  REQUIRE(shelf.bases.Keep(asked.image.manifest, base.names[0], base));
  const std::string path =
      shelf.folder / ("here/blobs/sha256/" + Digest::Of(Base().config).hex());
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  std::fstream(path) << "X";
  CHECK(shelf.bases.Find(asked.Request(Reach::kDisk)).candidates.empty());
}

TEST_CASE("what an artifact of another kind holds is no base") {
  UntrustedArtifact artifact =
      Open(StoreAsArtifact(Digest::Of("app"), *Reference::Parse("base"),
                           Base().AsBase({}), Now()))
          ->content;
  CHECK(ReadStoredBase(artifact));
  artifact.origin = ArtifactOrigin::kReferrer;
  CHECK_FALSE(ReadStoredBase(artifact));
  artifact.origin = ArtifactOrigin::kBaseImage;
  artifact.blobs.erase(artifact.blobs.begin() + 1, artifact.blobs.end());
  CHECK_FALSE(ReadStoredBase(artifact));
  CHECK_FALSE(ReadStoredBase(
      Open(Sample(Digest::Of("app"), {"a", "b"}, ArtifactOrigin::kCosignTag))
          ->content));
}

TEST_CASE("the registry is asked in its reach alone") {
  ArtifactServer server;
  Serve(server, Base());
  server.Serve("manifests/base", std::string(kOciManifest), Base().manifest);
  Shelf shelf;
  const Asked asked(server.Name());
  server.Serve("blobs/" + asked.subject.config.str(), "application/json",
               asked.app.config);
  const auto config = [&](Reach reach) {
    return shelf.bases.Config(asked.question, asked.subject, asked.name, reach);
  };
  CHECK(config(Reach::kDisk).error().reason == Reason::kConfigMissing);
  CHECK(shelf.bases.Find(asked.Request(Reach::kDisk)).candidates.empty());
  CHECK(server.Asked().empty());
  CHECK(config(Reach::kNetwork).value() == asked.app.config);
  CHECK(shelf.bases.Find(asked.Request(Reach::kNetwork)).candidates.size() ==
        1);
}

TEST_CASE("a base and its signatures travel and stay with the image above") {
  Shelf shelf;
  const Asked asked(*Reference::Parse("registry.example.com/app:1"));
  const UntrustedBase base = Base().AsBase({"registry.example.com/base:1"});
  const auto own = Sample(asked.image.manifest, {"own"});
  const auto below = Sample(Base().digest(), {"below"});
  const auto foreign = Sample(Digest::Of("foreign"), {"foreign"});
  REQUIRE(shelf.store.Put(own.target, {&own, 1}));
  REQUIRE(shelf.store.Put(below.target, {&below, 1}));
  REQUIRE(shelf.store.Put(foreign.target, {&foreign, 1}));
  REQUIRE(shelf.bases.Keep(asked.image.manifest, base.names[0], base));

  const std::string path = shelf.folder / "out.tar";
  const auto exported =
      ExportEvidence(shelf.store, {asked.image.manifest}, path);
  REQUIRE(exported);
  CHECK(exported->images == 2);
  CHECK(exported->artifacts == 3);
  const auto imported = ImportEvidence(shelf.other, path);
  REQUIRE(imported);
  CHECK(imported->refused.empty());
  BaseCollector there(shelf.other, shelf.registry, nullptr, Now);
  CHECK(there.Find(asked.Request(Reach::kDisk)).candidates.size() == 1);
  CHECK(shelf.other.Read(Base().digest()).artifacts.size() == 1);

  GarbageRequest request;
  request.now = Now() + std::chrono::hours(365 * 24);
  request.on_node = {asked.image.manifest};
  auto report = shelf.store.CollectGarbage(request);
  REQUIRE(report);
  CHECK(report->images == std::vector{foreign.target});
  request.on_node.clear();
  report = shelf.store.CollectGarbage(request);
  REQUIRE(report);
  CHECK(report->images.size() == 2);
}
