#include "io/layout/layout_evidence.h"
#include "io/layout/layout_resolver.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

namespace assay {
namespace {

using testing::TempFolder;

constexpr const char* kIndexType = "application/vnd.oci.image.index.v1+json";

std::string Described(const std::string& bytes, const std::string& type,
                      const std::string& more = {}) {
  return R"({"mediaType":")" + type + R"(","digest":")" +
         Digest::Of(bytes).str() + R"(","size":)" +
         std::to_string(bytes.size()) + more + "}";
}

// A layout that is written as a test wants it.
class Layout {
 public:
  Layout() { folder_.Write("oci-layout", R"({"imageLayoutVersion":"1.0.0"})"); }

  const TempFolder& folder() const { return folder_; }

  std::string Blob(const std::string& bytes) const {
    folder_.Write("blobs/sha256/" + Digest::Of(bytes).hex(), bytes);
    return bytes;
  }
  // The bytes of an image's manifest, with its configuration and a layer.
  std::string Image(const std::string& layer,
                    const std::string& more = {}) const {
    Blob(layer);
    const std::string config =
        Blob(R"({"architecture":"amd64","os":"linux","rootfs":{"type":)"
             R"("layers","diff_ids":[")" +
             Digest::Of(layer).str() + R"("]}})");
    return Blob(R"({"schemaVersion":2,"mediaType":)"
                R"("application/vnd.oci.image.manifest.v1+json","config":)" +
                Described(config, "application/vnd.oci.image.config.v1+json") +
                R"(,"layers":[)" +
                Described(layer, "application/vnd.oci.image.layer.v1.tar") +
                "]" + more + "}");
  }
  static std::string IndexOf(const std::string& members) {
    return R"({"schemaVersion":2,"mediaType":")" + std::string(kIndexType) +
           R"(","manifests":[)" + members + "]}";
  }
  void Index(const std::string& members) const {
    folder_.Write("index.json", IndexOf(members));
  }

  Result<Subject> Resolve(const std::string& rest = {}) const {
    const auto reference =
        LocalReference::Parse("oci:" + folder_.path() + rest);
    if (!reference) return reference.error();
    const auto image = LocalImage::Open(*reference);
    if (!image) return image.error();
    Question question;
    question.about =
        ReferenceClaim{*Reference::Parse("registry.example.com/a:1"),
                       {"linux", "amd64", ""},
                       ""};
    return LayoutResolver(*image).Resolve(question);
  }
  Reason Why(const std::string& rest = {}) const {
    const auto subject = Resolve(rest);
    return subject ? Reason::kSigned : subject.error().reason;
  }

 private:
  TempFolder folder_;
};

constexpr const char* kManifestType =
    "application/vnd.oci.image.manifest.v1+json";

std::string Entry(const std::string& bytes, const std::string& name) {
  return Described(bytes, kManifestType,
                   R"(,"annotations":{"org.opencontainers.image.ref.name":")" +
                       name + R"("})");
}

TEST_CASE("a local reference is read as it is written") {
  const auto read = [](const std::string& text) {
    const auto reference = LocalReference::Parse(text);
    return reference ? reference->path + " " + reference->name + " " +
                           (reference->digest ? "digest" : "")
                     : std::string("-");
  };
  const std::string digest = "sha256:" + std::string(64, 'a');
  CHECK(read("oci:dir") == "dir  ");
  CHECK(read("oci:/a/b:1") == "/a/b 1 ");
  CHECK(read("oci:b:registry.example.com/x:1") ==
        "b registry.example.com/x:1 ");
  CHECK(read("oci:b@" + digest) == "b  digest");
  CHECK(read("oci-archive:a.tar:x") == "a.tar x ");
  CHECK(read("dir:/a:b") == "/a:b  ");
  CHECK(read("oci:") == "-");
  CHECK(read("oci::x") == "-");
  CHECK(read("oci:b:") == "-");
  CHECK(read("oci:b:1@" + digest) == "-");
  CHECK_FALSE(LocalReference::IsOne("registry.example.com/oci:1"));
  CHECK(LocalReference::Parse("oci-archive:a.tar:x")->str() ==
        "oci-archive:a.tar:x");
}

TEST_CASE("the image that is meant is found, whatever lies beside it") {
  const Layout layout;
  const std::string one = layout.Image("one");
  const std::string two = layout.Image("two");
  const std::string tag = "sha256-" + Digest::Of(one).hex() + ".sig";
  layout.Index(Entry(one, "1") + "," + Entry(two, tag));
  CHECK(layout.Resolve()->images.front().manifest == Digest::Of(one));
  CHECK(layout.Resolve(":1")->config == layout.Resolve()->config);
  CHECK(layout.Why("@" + Digest::Of(two).str()) == Reason::kSigned);
  CHECK(layout.Why(":2") == Reason::kManifestMissing);
  layout.Index(Entry(one, "1") + "," + Entry(two, "2"));
  CHECK(layout.Why() == Reason::kReferenceMalformed);
  layout.Index(Entry(one, "1") + "," + Entry(two, "1"));
  CHECK(layout.Why(":1") == Reason::kReferenceMalformed);
  layout.Index(Entry(one, "1") + "," + Entry(one, "1"));
  CHECK(layout.Why(":1") == Reason::kSigned);
  layout.Index("");
  CHECK(layout.Why() == Reason::kManifestMissing);
}

TEST_CASE("of an index the member for the platform is taken") {
  const Layout layout;
  const std::string one = layout.Image("one");
  const std::string two = layout.Image("two");
  const std::string arm =
      R"(,"platform":{"os":"linux","architecture":"arm64"})";
  const std::string amd =
      R"(,"platform":{"os":"linux","architecture":"amd64"})";
  const std::string index =
      layout.Blob(Layout::IndexOf(Described(one, kManifestType, arm) + "," +
                                  Described(two, kManifestType, amd)));
  layout.Index(Described(index, kIndexType));
  const auto subject = layout.Resolve();
  REQUIRE(subject);
  CHECK(subject->images.front().manifest == Digest::Of(two));
  CHECK(subject->images.front().indexes ==
        std::vector<Digest>{Digest::Of(index)});

  const std::string other =
      layout.Blob(Layout::IndexOf(Described(one, kManifestType, arm)));
  layout.Index(Described(other, kIndexType));
  CHECK(layout.Why() == Reason::kPlatformMissing);
  const std::string nested =
      layout.Blob(Layout::IndexOf(Described(index, kIndexType, amd)));
  layout.Index(Described(nested, kIndexType));
  CHECK(layout.Why() == Reason::kManifestUnsupported);
}

TEST_CASE("a blob that is not what its name says is refused") {
  const Layout layout;
  const std::string one = layout.Image("one");
  layout.Index(Entry(one, "1"));
  const auto subject = layout.Resolve();
  REQUIRE(subject);
  const auto path = [&](const Digest& digest) {
    return "blobs/sha256/" + digest.hex();
  };
  layout.folder().Write(path(subject->config), "{}");
  CHECK(layout.Why() == Reason::kConfigDigestMismatch);
  std::filesystem::remove(layout.folder() / path(subject->config));
  CHECK(layout.Why() == Reason::kConfigMissing);
  layout.folder().Write(path(Digest::Of(one)), one + " ");
  CHECK(layout.Why() == Reason::kManifestDigestMismatch);
}

TEST_CASE("nothing is read through a link, and no folder is a file") {
  const Layout layout;
  const std::string one = layout.Image("one");
  layout.Index(Entry(one, "1"));
  const std::string blob =
      layout.folder() / ("blobs/sha256/" + Digest::Of(one).hex());
  std::filesystem::rename(blob, blob + ".moved");
  std::filesystem::create_symlink(blob + ".moved", blob);
  CHECK(layout.Why() == Reason::kArchiveUnsafe);
  std::filesystem::remove(blob);
  std::filesystem::create_directory(blob);
  CHECK(layout.Why() == Reason::kArchiveUnsafe);
  std::filesystem::remove(layout.folder() / "oci-layout");
  CHECK(layout.Why() == Reason::kManifestMissing);
}

class NoEvidence : public EvidenceSource {
 public:
  EvidenceSet Collect(const EvidenceRequest& /*request*/) override {
    return {};
  }
};

TEST_CASE("referrers are found by their subject, listed or not") {
  const Layout layout;
  const std::string one = layout.Image("one");
  const std::string other = layout.Image("other");
  const std::string type = "application/vnd.dev.sigstore.bundle.v0.3+json";
  const auto referrer = [&](const std::string& subject, const char* layer) {
    return layout.Image(layer, R"(,"artifactType":")" + type +
                                   R"(","subject":)" +
                                   Described(subject, kManifestType));
  };
  const std::string listed = referrer(one, "listed");
  referrer(one, "not listed");
  referrer(other, "another's");
  layout.Index(Entry(one, "1") + "," + Described(listed, kManifestType));

  const auto reference =
      LocalReference::Parse("oci:" + layout.folder().path() + ":1");
  const auto image = LocalImage::Open(*reference);
  REQUIRE(image);
  NoEvidence none;
  LayoutEvidence evidence(*image, none);
  EvidenceRequest request{*Reference::Parse("registry.example.com/a:1"),
                          {Digest::Of(one)},
                          {},
                          Reach::kDisk,
                          {}};
  CHECK(evidence.Collect(request).artifacts.empty());
  CHECK(layout.Why() == Reason::kSigned);  // the referrer is not meant
  request.places.referrers = true;
  const EvidenceSet found = evidence.Collect(request);
  CHECK(found.artifacts.size() == 2);
  CHECK(found.failures.empty());

  std::filesystem::remove(layout.folder() /
                          ("blobs/sha256/" + Digest::Of(listed).hex()));
  const EvidenceSet less = evidence.Collect(request);
  CHECK(less.artifacts.size() == 1);
  REQUIRE(less.failures.size() == 1);
  CHECK(less.failures.front().reason == Reason::kEvidenceUnavailable);
}

TEST_CASE("attestations are found by their tag and by cosign's word") {
  const Layout layout;
  const std::string one = layout.Image("one");
  const std::string tagged = layout.Image("tagged");
  const std::string saved = layout.Image("saved");
  layout.Index(
      Entry(one, "1") + "," +
      Entry(tagged, "sha256-" + Digest::Of(one).hex() + ".att") + "," +
      Described(saved, kManifestType,
                R"(,"annotations":{"kind":"dev.cosignproject.cosign/atts"})"));
  const auto image = LocalImage::Open(
      *LocalReference::Parse("oci:" + layout.folder().path() + ":1"));
  REQUIRE(image);
  NoEvidence none;
  LayoutEvidence evidence(*image, none);
  EvidenceRequest request{*Reference::Parse("registry.example.com/a:1"),
                          {Digest::Of(one)},
                          {},
                          Reach::kDisk,
                          {}};
  request.places.cosign_tag = true;
  CHECK(evidence.Collect(request).artifacts.empty());
  request.places.attestation_tag = true;
  const EvidenceSet found = evidence.Collect(request);
  REQUIRE(found.artifacts.size() == 2);
  for (const UntrustedArtifact& artifact : found.artifacts) {
    CHECK(artifact.origin == ArtifactOrigin::kAttestationTag);
  }
}

}  // namespace
}  // namespace assay
