#include "io/layers/blob_hash.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "io/layers/mapped_window.h"
#include "io/layers/page_residency.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;
using namespace assay::testing;

namespace {

Result<BlobHash> Hash(const std::string& path) {
  return HashBlob(path, HashAlgorithm::kSha256, {});
}

Reason WhyNot(const std::string& path) {
  const auto hash = Hash(path);
  REQUIRE_FALSE(hash);
  return hash.error().reason;
}

int ResidentPages(const std::string& path, std::size_t size) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY));
  void* map = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
  REQUIRE(map != MAP_FAILED);
  std::vector<unsigned char> states((size + 4095) / 4096);
  REQUIRE(::mincore(map, size, states.data()) == 0);
  ::munmap(map, size);
  int count = 0;
  for (const unsigned char state : states) count += state & 1;
  return count;
}

}  // namespace

TEST_CASE("a blob hashes to what its bytes hash to, at every size") {
  const TempFolder folder;
  for (const std::size_t size :
       {0UL, 1UL, 4096UL, (128UL << 10) - 1, 128UL << 10, (128UL << 10) + 1,
        (8UL << 20) + 17, 17UL << 20}) {
    INFO(size);
    std::string bytes(size, 'a');
    for (std::size_t i = 0; i < size; i += 97) {
      bytes[i] = static_cast<char>('a' + i % 23);
    }
    const std::string path = folder.Write("blob", bytes);
    const auto hash = Hash(path);
    REQUIRE(hash);
    CHECK(hash->digest == Digest::Of(bytes));
    CHECK(hash->identity.size == static_cast<std::int64_t>(size));
    const auto longer = HashBlob(path, HashAlgorithm::kSha512, {});
    REQUIRE(longer);
    CHECK(longer->digest == Digest::Of(bytes, HashAlgorithm::kSha512));
  }
}

TEST_CASE("only a regular file is a blob") {
  const TempFolder folder;
  const std::string real = folder.Write("real", "bytes");
  REQUIRE(::symlink(real.c_str(), (folder / "link").c_str()) == 0);
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  REQUIRE(::mkdir((folder / "folder").c_str(), 0700) == 0);
  CHECK(WhyNot(folder / "link") == Reason::kLayerUnreadable);
  CHECK(WhyNot(folder / "pipe") == Reason::kLayerUnreadable);
  CHECK(WhyNot(folder / "folder") == Reason::kLayerUnreadable);
  CHECK(WhyNot(folder / "absent") == Reason::kLayerMissing);
  CHECK(WhyNot(folder / "real/below") == Reason::kLayerMissing);
}

TEST_CASE(
    "a file that changes while it is read is hashed again, not for ever") {
  const TempFolder folder;
  const std::string path = folder.Write("blob", std::string(9U << 20, 'a'));
  int starts = 0;
  BlobHashControl control;
  int changes = 0;
  control.progress = [&](std::int64_t done, std::int64_t size) {
    if (done == size) ++starts;
    if (done == size || changes == 0) return;
    --changes;
    const UniqueFd fd(::open(path.c_str(), O_WRONLY));
    REQUIRE(::pwrite(fd.get(), "b", 1, 0) == 1);
  };
  changes = 1;
  const auto hash = HashBlob(path, HashAlgorithm::kSha256, control);
  REQUIRE(hash);
  CHECK(starts == 2);
  CHECK(hash->digest == Digest::Of(ReadAll(path)));

  changes = 1000;
  starts = 0;
  const auto never = HashBlob(path, HashAlgorithm::kSha256, control);
  REQUIRE_FALSE(never);
  CHECK(never.error().reason == Reason::kLayerUnreadable);
  CHECK(starts == 3);
}

TEST_CASE("a blob that grows while it is read ends at its size") {
  const TempFolder folder;
  const std::string path = folder.Write("blob", std::string(9U << 20, 'a'));
  std::int64_t most = 0;
  BlobHashControl control;
  control.progress = [&](std::int64_t done, std::int64_t size) {
    most = std::max(most, done - size);
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_APPEND));
    const std::string more(4U << 20, 'b');
    REQUIRE(::write(fd.get(), more.data(), more.size()) > 0);
  };
  const auto hash = HashBlob(path, HashAlgorithm::kSha256, control);
  REQUIRE_FALSE(hash);
  CHECK(hash.error().reason == Reason::kLayerUnreadable);
  CHECK(most <= 128 << 10);
}

TEST_CASE("hashing stops when told") {
  const TempFolder folder;
  const std::string path = folder.Write("blob", std::string(9U << 20, 'a'));
  std::atomic<bool> stop{false};
  BlobHashControl control;
  control.stop = &stop;
  control.progress = [&](std::int64_t, std::int64_t) { stop = true; };
  const auto hash = HashBlob(path, HashAlgorithm::kSha256, control);
  REQUIRE_FALSE(hash);
  CHECK(hash.error().reason == Reason::kLayerPending);
}

TEST_CASE("a part is hashed in place only while nobody can take it away") {
  const TempFolder folder;
  const std::string bytes = std::string(1U << 20, 'a') + "b";
  const std::string path = folder.Write("blob", bytes);
  const auto size = static_cast<std::int64_t>(bytes.size());
  const UniqueFd fd(::open(path.c_str(), O_RDONLY));
  // Some file systems give no leases.
  if (::fcntl(fd.get(), F_SETLEASE, F_RDLCK) != 0) return;
  REQUIRE(::fcntl(fd.get(), F_SETLEASE, F_UNLCK) == 0);
  const auto hashed = [&](std::int64_t length) {
    Hasher hasher(HashAlgorithm::kSha256);
    const bool mapped = HashMapped(fd.get(), 0, length, hasher);
    return std::pair(mapped, hasher.Finish());
  };
  CHECK(hashed(size) == std::pair(true, Digest::Of(bytes)));
  CHECK(hashed(size + 1) == std::pair(false, Digest::Of("")));
  {
    const UniqueFd writer(::open(path.c_str(), O_WRONLY));
    CHECK(hashed(size) == std::pair(false, Digest::Of("")));
    const auto hash = Hash(path);
    REQUIRE(hash);
    CHECK(hash->digest == Digest::Of(bytes));
  }
  CHECK(hashed(size).first);
  // The lease is over: this would wait for it.
  const UniqueFd later(::open(path.c_str(), O_WRONLY | O_NONBLOCK));
  CHECK(later.valid());
}

TEST_CASE("the page cache is left as it was found") {
  const TempFolder folder;
  constexpr std::size_t kSize = 20U << 20;
  const std::string path = folder.Write("blob", std::string(kSize, 'a'));
  const UniqueFd fd(::open(path.c_str(), O_RDWR));
  REQUIRE(::fsync(fd.get()) == 0);
  REQUIRE(Hash(path));
  CHECK(ResidentPages(path, kSize) == static_cast<int>(kSize / 4096));

  REQUIRE(::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED) == 0);
  // A filesystem that lives in memory cannot drop anything.
  if (ResidentPages(path, kSize) != 0) return;
  std::string middle(1U << 20, 0);
  REQUIRE(::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_RANDOM) == 0);
  REQUIRE(::pread(fd.get(), middle.data(), middle.size(), 9 << 20) > 0);
  const int before = ResidentPages(path, kSize);
  REQUIRE(before > 0);
  REQUIRE(before < static_cast<int>(kSize / 8192));
  REQUIRE(Hash(path));
  CHECK(ResidentPages(path, kSize) == before);
}
