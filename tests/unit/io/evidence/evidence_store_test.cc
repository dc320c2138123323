#include "io/evidence/evidence_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/limits.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/io/evidence/sample_artifact.h"

using namespace assay;
using namespace assay::testing;

namespace {

const Digest kImage = Digest::Of("an image");
const Digest kOther = Digest::Of("another image");
constexpr std::int64_t kDay = 86'400;

EvidenceStore StoreIn(const std::string& folder) {
  EvidenceStoreOptions options;
  options.folder = folder;
  return EvidenceStore(options);
}

Reason Put(EvidenceStore& store, const FoundArtifact& artifact) {
  const Status put = store.Put(artifact.target, {&artifact, 1});
  return put ? Reason::kUnspecified : put.error().reason;
}

std::string BlobPath(const TempFolder& folder, const Digest& digest) {
  return folder / ("blobs/sha256/" + digest.hex());
}

std::string RecordPath(const TempFolder& folder, const Digest& target) {
  return folder / (".assay/targets/sha256/" + target.hex() + ".json");
}

}  // namespace

TEST_CASE("what is put into the store is read from it") {
  const TempFolder folder;
  auto store = StoreIn(folder.path());
  CHECK(store.Read(kImage).artifacts.empty());
  CHECK(store.Read(kImage).failures.empty());

  const auto bundle = Sample(kImage, {"bundle"});
  const auto legacy =
      Sample(kImage, {"one", "two", "one"}, ArtifactOrigin::kCosignTag);
  REQUIRE(Put(store, bundle) == Reason::kUnspecified);
  REQUIRE(Put(store, legacy) == Reason::kUnspecified);
  REQUIRE(Put(store, bundle) == Reason::kUnspecified);

  // By another object, as another process would.
  const EvidenceSet set = StoreIn(folder.path()).Read(kImage);
  CHECK(set.failures.empty());
  REQUIRE(set.artifacts.size() == 2);
  CHECK(set.artifacts[0].origin == ArtifactOrigin::kCosignTag);
  REQUIRE(set.artifacts[0].blobs.size() == 3);
  CHECK(set.artifacts[0].blobs[1].bytes == "two");
  CHECK(set.artifacts[0].blobs[2].bytes == "one");
  CHECK(set.artifacts[1].target == kImage);
  CHECK(set.artifacts[1].where == bundle.where);
  CHECK(set.artifacts[1].manifest->subject->digest == kImage);
  CHECK(set.artifacts[1].blobs[0].bytes == "bundle");
  CHECK(store.Read(kOther).artifacts.empty());
}

TEST_CASE("what does not fit together is not stored") {
  const TempFolder folder;
  auto store = StoreIn(folder.path());
  auto bad = Sample(kImage, {"bytes"});
  SECTION("manifest") { bad.manifest += " "; }
  SECTION("blob") { bad.blobs[0].bytes = "bytez"; }
  SECTION("size") { bad.blobs[0].bytes = "bytes and more"; }
  SECTION("a blob is absent") { bad.blobs.clear(); }
  SECTION("no referrer of this image") {
    bad = Sample(kOther, {"bytes"});
    bad.target = kImage;
  }
  SECTION("no origin") { bad.origin = ArtifactOrigin::kUnknown; }
  SECTION("a detached file") { bad.origin = ArtifactOrigin::kDetachedFile; }
  CHECK(Put(store, bad) == Reason::kEvidenceTampered);
  // The good one beside it is stored.
  const std::vector<FoundArtifact> both = {bad, Sample(kImage, {"good"})};
  CHECK_FALSE(store.Put(kImage, both));
  CHECK(store.Read(kImage).artifacts.size() == 1);
}

TEST_CASE("a damaged artifact is dropped and reported, the others are read") {
  const TempFolder folder;
  auto store = StoreIn(folder.path());
  const auto victim = Sample(kImage, {"victim"});
  const auto good = Sample(kImage, {"good"});
  REQUIRE(Put(store, victim) == Reason::kUnspecified);
  REQUIRE(Put(store, good) == Reason::kUnspecified);
  const std::string blob = BlobPath(folder, victim.blobs[0].descriptor.digest);
  const std::string manifest = BlobPath(folder, victim.digest);
  const auto overwrite = [](const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  };
  SECTION("blob tampered") { overwrite(blob, "Victim"); }
  SECTION("blob truncated") { overwrite(blob, "vict"); }
  SECTION("blob grown") { overwrite(blob, "victim and more"); }
  SECTION("blob emptied") { overwrite(blob, ""); }
  SECTION("blob gone") { REQUIRE(::unlink(blob.c_str()) == 0); }
  SECTION("blob is a folder") {
    REQUIRE(::unlink(blob.c_str()) == 0);
    REQUIRE(::mkdir(blob.c_str(), 0700) == 0);
  }
  SECTION("blob is a pipe") {
    REQUIRE(::unlink(blob.c_str()) == 0);
    REQUIRE(::mkfifo(blob.c_str(), 0600) == 0);
  }
  SECTION("blob swapped") {
    std::filesystem::copy_file(
        BlobPath(folder, good.blobs[0].descriptor.digest), blob,
        std::filesystem::copy_options::overwrite_existing);
  }
  SECTION("manifest tampered") {
    std::string bytes = ReadAll(manifest);
    bytes[bytes.size() / 2] ^= 1;
    overwrite(manifest, bytes);
  }
  SECTION("manifest swapped") {
    std::filesystem::copy_file(
        BlobPath(folder, good.digest), manifest,
        std::filesystem::copy_options::overwrite_existing);
  }
  SECTION("manifest gone") { REQUIRE(::unlink(manifest.c_str()) == 0); }
  const EvidenceSet set = store.Read(kImage);
  REQUIRE(set.artifacts.size() == 1);
  CHECK(set.artifacts[0].blobs[0].bytes == "good");
  REQUIRE(set.failures.size() == 1);
  const Reason reason = set.failures[0].reason;
  const bool expected = reason == Reason::kEvidenceTampered ||
                        reason == Reason::kEvidenceStoreFailed;
  CHECK(expected);
  // Finding it again heals it, unless something in its place is in the way.
  if (std::filesystem::is_directory(blob)) {
    CHECK(Put(store, victim) == Reason::kEvidenceStoreFailed);
    return;
  }
  CHECK(Put(store, victim) == Reason::kUnspecified);
  CHECK(store.Read(kImage).artifacts.size() == 2);
  CHECK(store.Read(kImage).failures.empty());
}

TEST_CASE("an artifact of another image is foreign") {
  const TempFolder folder;
  auto store = StoreIn(folder.path());
  REQUIRE(Put(store, Sample(kImage, {"mine"})) == Reason::kUnspecified);
  REQUIRE(Put(store, Sample(kOther, {"theirs"})) == Reason::kUnspecified);
  SECTION("the whole record") {
    std::filesystem::copy_file(
        RecordPath(folder, kOther), RecordPath(folder, kImage),
        std::filesystem::copy_options::overwrite_existing);
  }
  SECTION("relabelled") {
    std::string text = ReadAll(RecordPath(folder, kOther));
    const std::string from = kOther.str();
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from)) {
      text.replace(at, from.size(), kImage.str());
    }
    std::ofstream(RecordPath(folder, kImage)) << text;
  }
  const EvidenceSet set = store.Read(kImage);
  CHECK(set.artifacts.empty());
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kEvidenceTampered);
}

TEST_CASE("a record that is none is reported, and replaced by the next find") {
  const TempFolder folder;
  auto store = StoreIn(folder.path());
  const auto artifact = Sample(kImage, {"mine"});
  REQUIRE(Put(store, artifact) == Reason::kUnspecified);
  std::string text;
  SECTION("empty") {}
  SECTION("garbage") {
    text =
        "\x7f"
        "ELF";
  }
  SECTION("truncated") {
    text = ReadAll(RecordPath(folder, kImage));
    text.pop_back();
  }
  SECTION("deep") { text = std::string(100'000, '['); }
  SECTION("huge") { text = std::string(limits::kIndexBytes + 1, ' '); }
  SECTION("a manifest") { text = artifact.manifest; }
  std::ofstream(RecordPath(folder, kImage), std::ios::trunc) << text;
  const EvidenceSet set = store.Read(kImage);
  CHECK(set.artifacts.empty());
  REQUIRE(set.failures.size() == 1);
  CHECK(set.failures[0].reason == Reason::kEvidenceTampered);
  REQUIRE(Put(store, artifact) == Reason::kUnspecified);
  CHECK(store.Read(kImage).artifacts.size() == 1);
  CHECK(store.Read(kImage).failures.empty());
}

TEST_CASE("one bad entry does not take the others with it") {
  const TempFolder folder;
  auto store = StoreIn(folder.path());
  REQUIRE(Put(store, Sample(kImage, {"one"})) == Reason::kUnspecified);
  REQUIRE(Put(store, Sample(kImage, {"two"})) == Reason::kUnspecified);
  std::string text = ReadAll(RecordPath(folder, kImage));
  const auto replace_first = [&](std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  SECTION("origin") { replace_first("\"referrer\"", "\"nowhere\""); }
  SECTION("target") {
    replace_first("evidence.target\":\"sha256", "evidence.target\":\"md5");
  }
  SECTION("time") { replace_first("\"1790000000\"", "\"1e9\""); }
  SECTION("huge size") { replace_first("\"size\":", "\"size\":99999999"); }
  std::ofstream(RecordPath(folder, kImage), std::ios::trunc) << text;
  const EvidenceSet set = store.Read(kImage);
  CHECK(set.artifacts.size() == 1);
  REQUIRE(set.failures.size() == 1);
}

TEST_CASE("index.json follows the records") {
  const TempFolder folder;
  auto store = StoreIn(folder.path());
  const auto artifact = Sample(kImage, {"mine"});
  REQUIRE(Put(store, artifact) == Reason::kUnspecified);
  CHECK(ReadAll(folder / "index.json").find(artifact.digest.str()) ==
        std::string::npos);
  REQUIRE(store.RefreshIndex());
  const auto index = ImageIndex::Parse(ReadAll(folder / "index.json"));
  REQUIRE(index);
  REQUIRE(index->manifests.size() == 1);
  CHECK(index->manifests[0].digest == artifact.digest);
  CHECK(
      index->manifests[0].annotations.at("org.opencontainers.image.ref.name") ==
      "sha256-" + kImage.hex() + "." + artifact.digest.hex().substr(0, 16));
  CHECK(ReadAll(folder / "oci-layout") == kOciLayoutFile);
  // Nobody decides by it.
  folder.Write("index.json", "{");
  CHECK(store.Read(kImage).artifacts.size() == 1);
}

TEST_CASE("garbage is what is neither on the node nor young") {
  const TempFolder folder;
  auto store = StoreIn(folder.path());
  const auto on_node = Sample(kImage, {"shared", "a"});
  const auto gone = Sample(kOther, {"shared", "b"});
  REQUIRE(Put(store, on_node) == Reason::kUnspecified);
  REQUIRE(Put(store, gone) == Reason::kUnspecified);
  folder.Write("blobs/sha256/half-written.tmp.1.2", "junk");

  GarbageRequest request;
  request.on_node = {kImage};
  request.now = Time(std::chrono::seconds(12));
  const auto refused = store.CollectGarbage(request);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::kClockImplausible);

  request.now = Time(std::chrono::seconds(kSampleTime + 29 * kDay));
  auto report = store.CollectGarbage(request);
  REQUIRE(report);
  CHECK(report->images.empty());

  request.now = Time(std::chrono::seconds(kSampleTime + 31 * kDay));
  request.dry_run = true;
  report = store.CollectGarbage(request);
  REQUIRE(report);
  CHECK(report->images == std::vector{kOther});
  CHECK(store.Read(kOther).artifacts.size() == 1);

  request.dry_run = false;
  // The files themselves are as young as this test: grace protects them.
  const auto age = [&](const std::string& path) {
    const timespec old[2] = {{kSampleTime, 0}, {kSampleTime, 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), old, 0) == 0);
  };
  for (const auto& entry :
       std::filesystem::directory_iterator(folder / "blobs/sha256")) {
    age(entry.path());
  }
  report = store.CollectGarbage(request);
  REQUIRE(report);
  CHECK(report->images == std::vector{kOther});
  CHECK(report->problems.empty());
  CHECK(report->blobs == 3);  // a manifest, "b", and the half-written file
  CHECK(store.Read(kOther).artifacts.empty());
  CHECK(store.Read(kOther).failures.empty());
  CHECK(store.Read(kImage).artifacts.size() == 1);
  CHECK(store.Read(kImage).failures.empty());
}

TEST_CASE("at its bounds the store refuses, then makes room") {
  const TempFolder folder;
  EvidenceStoreOptions options;
  options.folder = folder.path();
  options.most_images = 10;
  EvidenceStore store(options);
  for (int i = 0; i < 10; ++i) {
    const Digest image = Digest::Of("image " + std::to_string(i));
    REQUIRE(Put(store, Sample(image, {"x"})) == Reason::kUnspecified);
  }
  CHECK(Put(store, Sample(kImage, {"x"})) == Reason::kEvidenceStoreFailed);
  // An image that is known may still get another signature.
  CHECK(Put(store, Sample(Digest::Of("image 3"), {"y"})) ==
        Reason::kUnspecified);
  GarbageRequest request;
  request.on_node = {Digest::Of("image 3")};
  request.now = Time(std::chrono::seconds(kSampleTime + 60));
  const auto report = store.CollectGarbage(request);
  REQUIRE(report);
  CHECK(report->images.size() == 5);
  CHECK(Put(store, Sample(kImage, {"x"})) == Reason::kUnspecified);
  CHECK(store.Read(Digest::Of("image 3")).artifacts.size() == 2);

  options.most_bytes = 1000;
  EvidenceStore small(options);
  CHECK(Put(small, Sample(kOther, {std::string(2000, 'x')})) ==
        Reason::kEvidenceStoreFailed);
}

TEST_CASE("an image keeps the newest of too many artifacts") {
  const TempFolder folder;
  auto store = StoreIn(folder.path());
  std::vector<FoundArtifact> many;
  for (std::size_t i = 0; i < limits::kArtifactsPerImage + 5; ++i) {
    many.push_back(Sample(kImage, {"blob " + std::to_string(i)}));
  }
  REQUIRE(store.Put(kImage, many));
  const EvidenceSet set = store.Read(kImage);
  CHECK(set.failures.empty());
  REQUIRE(set.artifacts.size() == limits::kArtifactsPerImage);
  CHECK(set.artifacts.front().blobs[0].bytes == "blob 5");
}
