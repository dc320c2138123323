// Full disks, and several writers at once.
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include "io/evidence/evidence_store.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/io/evidence/sample_artifact.h"

using namespace assay;
using namespace assay::testing;

namespace {

const Digest kImage = Digest::Of("an image");
const Digest kOther = Digest::Of("another image");

EvidenceStore StoreIn(const std::string& folder) {
  EvidenceStoreOptions options;
  options.folder = folder;
  return EvidenceStore(options);
}

Reason Put(EvidenceStore& store, const FoundArtifact& artifact) {
  const Status put = store.Put(artifact.target, {&artifact, 1});
  return put ? Reason::kUnspecified : put.error().reason;
}

}  // namespace

TEST_CASE("a full disk is told and harms nothing that was there") {
  const TempFolder folder;
  auto store = StoreIn(folder.path());
  const auto before = Sample(kImage, {"before"});
  REQUIRE(Put(store, before) == Reason::kUnspecified);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // A file size limit acts as a disk that is full in the middle of a file.
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, 1000};
    if (::setrlimit(RLIMIT_FSIZE, &small) != 0) ::_exit(2);
    const auto big = Sample(kImage, {std::string(5000, 'x')});
    ::_exit(Put(store, big) == Reason::kEvidenceStoreFailed ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  const EvidenceSet set = store.Read(kImage);
  CHECK(set.failures.empty());
  REQUIRE(set.artifacts.size() == 1);
  CHECK(set.artifacts[0].blobs[0].bytes == "before");
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder.path())) {
    CHECK(entry.path().string().find(".tmp.") == std::string::npos);
  }
}

TEST_CASE("a full filesystem is kDiskFull") {
  const TempFolder folder;
  if (::geteuid() != 0 ||
      ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0) {
    WARN("needs to mount a tmpfs; the file size limit test stands in");
    return;
  }
  {
    auto store = StoreIn(folder.path());
    CHECK(Put(store, Sample(kImage, {"before"})) == Reason::kUnspecified);
    CHECK(Put(store, Sample(kImage, {std::string(600'000, 'x')})) ==
          Reason::kDiskFull);
    CHECK(store.Read(kImage).artifacts.size() == 1);
    CHECK(store.Read(kImage).failures.empty());
    CHECK(Put(store, Sample(kOther, {"after"})) == Reason::kUnspecified);
  }
  CHECK(::umount(folder.path().c_str()) == 0);
}

TEST_CASE("writers of several processes lose nothing of each other") {
  const TempFolder folder;
  constexpr std::size_t kProcesses = 4;
  constexpr std::size_t kEach = 8;
  std::vector<pid_t> children;
  for (std::size_t process = 0; process < kProcesses; ++process) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto store = StoreIn(folder.path());
      bool good = true;
      for (std::size_t i = 0; i < kEach; ++i) {
        const std::string own =
            std::to_string(process) + "/" + std::to_string(i);
        good &=
            Put(store, Sample(kImage, {own, "shared"})) == Reason::kUnspecified;
        good &= store.Read(kImage).failures.empty();
        if (i % 4 == 3) good &= store.RefreshIndex().has_value();
      }
      ::_exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
  auto store = StoreIn(folder.path());
  const EvidenceSet set = store.Read(kImage);
  CHECK(set.failures.empty());
  CHECK(set.artifacts.size() == kProcesses * kEach);
  REQUIRE(store.RefreshIndex());
  const auto index = ImageIndex::Parse(ReadAll(folder / "index.json"));
  REQUIRE(index);
  CHECK(index->manifests.size() == kProcesses * kEach);
}

TEST_CASE("threads read while others write and collect") {
  const TempFolder folder;
  auto store = StoreIn(folder.path());
  REQUIRE(Put(store, Sample(kImage, {"first"})) == Reason::kUnspecified);
  std::atomic<bool> stop{false};
  std::atomic<int> failures{0};
  std::thread reader([&] {
    while (!stop) {
      const EvidenceSet set = store.Read(kImage);
      if (!set.failures.empty() || set.artifacts.empty()) ++failures;
    }
  });
  std::thread collector([&] {
    GarbageRequest request;
    request.on_node = {kImage};
    request.now = Time(std::chrono::seconds(kSampleTime + 60));
    while (!stop) {
      if (!store.CollectGarbage(request)) ++failures;
    }
  });
  for (int i = 0; i < 20; ++i) {
    if (Put(store, Sample(kImage, {std::to_string(i)})) !=
        Reason::kUnspecified) {
      ++failures;
    }
  }
  stop = true;
  reader.join();
  collector.join();
  CHECK(failures == 0);
  CHECK(store.Read(kImage).artifacts.size() == 21);
}
