#include "io/layers/layer_hasher.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/unique_fd.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using namespace assay;
using namespace assay::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kNow = 1'790'000'000;
constexpr std::int64_t kDay = 86'400;

Descriptor LayerOf(std::string_view bytes) {
  return {.media_type = "application/vnd.oci.image.layer.v1.tar+gzip",
          .digest = Digest::Of(bytes),
          .size = static_cast<std::int64_t>(bytes.size()),
          .artifact_type = {},
          .annotations = {},
          .platform = {}};
}

// A content store with layers, a hasher over it and a clock to turn.
class Store {
 public:
  ImageManifest Manifest(const std::vector<std::string>& layers) {
    ImageManifest manifest{{}, {}, LayerOf("config"), {}, std::nullopt, {}};
    for (const std::string& bytes : layers) {
      folder_.Write("blobs/sha256/" + Digest::Of(bytes).hex(), bytes);
      manifest.layers.push_back(LayerOf(bytes));
    }
    return manifest;
  }
  std::string Path(const Digest& digest) const {
    return folder_ / ("blobs/sha256/" + digest.hex());
  }
  std::string blobs() const { return folder_ / "blobs"; }
  const TempFolder& folder() const { return folder_; }
  std::string MemoryFile() const { return folder_ / "layers"; }

  LayerHasherOptions Options() {
    LayerHasherOptions options;
    options.memory_file = MemoryFile();
    options.threads = 2;
    options.now = [this] { return Time(std::chrono::seconds(now)); };
    options.progress = [this](const LayerProgress& step) {
      if (step.done >= step.size) ++hashed;
    };
    return options;
  }

  std::atomic<std::int64_t> now{kNow};
  std::atomic<int> hashed{0};  // files read to their end

 private:
  TempFolder folder_;
};

Deadline Soon() { return std::chrono::steady_clock::now() + 30s; }

Error Refused(const Status& status) {
  REQUIRE_FALSE(status);
  return status.error();
}

}  // namespace

TEST_CASE("layers are hashed once and known afterwards, over restarts too") {
  Store store;
  const auto image = store.Manifest({"one", "two", "three", "one"});
  {
    LayerHasher hasher(store.Options());
    CHECK(hasher.Check(image, store.blobs(), Soon()));
    CHECK(store.hashed == 3);
    CHECK(hasher.Check(image, store.blobs(), Soon()));
    CHECK(store.hashed == 3);
    hasher.Forget(Digest::Of("two"));
    CHECK(hasher.Check(image, store.blobs(), Soon()));
    CHECK(store.hashed == 4);
  }
  struct stat info {};
  REQUIRE(::stat(store.MemoryFile().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  LayerHasher next(store.Options());
  CHECK_FALSE(next.MemoryProblem());
  CHECK(next.Check(image, store.blobs(), Soon()));
  CHECK(store.hashed == 4);
  next.ForgetAll();
  CHECK(next.Check(image, store.blobs(), Soon()));
  CHECK(store.hashed == 7);
}

TEST_CASE("a layer with other bytes is refused and named") {
  Store store;
  const auto image = store.Manifest({"good", "evil"});
  const Digest evil = Digest::Of("evil");
  LayerHasher hasher(store.Options());
  store.folder().Write("blobs/sha256/" + evil.hex(), "EVIL");
  for (int again = 0; again < 2; ++again) {
    const Error error = Refused(hasher.Check(image, store.blobs(), Soon()));
    CHECK(error.reason == Reason::kLayerDigestMismatch);
    CHECK(error.detail.find(evil.str()) != std::string::npos);
    CHECK(error.detail.find(store.Path(evil)) != std::string::npos);
  }
  // Refusing again cost no reading: the bad file is remembered as well.
  CHECK(store.hashed <= 2);
  store.folder().Write("blobs/sha256/" + evil.hex(), "evil");
  CHECK(hasher.Check(image, store.blobs(), Soon()));
}

TEST_CASE("a known layer that was changed in place is found") {
  Store store;
  const std::string bytes(1U << 20, 'a');
  const auto image = store.Manifest({bytes});
  LayerHasher hasher(store.Options());
  const std::string path = store.Path(image.layers[0].digest);
  // Immediately after the file was written, so that coarse time stamps would
  // hide the change if hashing had started in the same tick.
  REQUIRE(hasher.Check(image, store.blobs(), Soon()));
  struct stat before {};
  REQUIRE(::stat(path.c_str(), &before) == 0);

  const UniqueFd fd(::open(path.c_str(), O_WRONLY));
  REQUIRE(::pwrite(fd.get(), "b", 1, 12345) == 1);
  const timespec times[2] = {before.st_atim, before.st_mtim};
  REQUIRE(::futimens(fd.get(), times) == 0);
  struct stat after {};
  REQUIRE(::stat(path.c_str(), &after) == 0);
  REQUIRE(after.st_size == before.st_size);
  REQUIRE(after.st_mtim.tv_sec == before.st_mtim.tv_sec);
  REQUIRE(after.st_mtim.tv_nsec == before.st_mtim.tv_nsec);

  CHECK(Refused(hasher.Check(image, store.blobs(), Soon())).reason ==
        Reason::kLayerDigestMismatch);
}

TEST_CASE("a known layer that was replaced by another file is found") {
  Store store;
  const auto image = store.Manifest({"original"});
  const auto other = store.Manifest({"replaced"});
  LayerHasher hasher(store.Options());
  REQUIRE(hasher.Check(image, store.blobs(), Soon()));
  REQUIRE(hasher.Check(other, store.blobs(), Soon()));
  REQUIRE(::rename(store.Path(other.layers[0].digest).c_str(),
                   store.Path(image.layers[0].digest).c_str()) == 0);
  CHECK(Refused(hasher.Check(image, store.blobs(), Soon())).reason ==
        Reason::kLayerDigestMismatch);
}

TEST_CASE("a wrong size is refused without reading") {
  Store store;
  const auto image = store.Manifest({"layer"});
  store.folder().Write("blobs/sha256/" + image.layers[0].digest.hex(), "laye");
  LayerHasher hasher(store.Options());
  CHECK(Refused(hasher.Check(image, store.blobs(), Soon())).reason ==
        Reason::kLayerDigestMismatch);
  CHECK(store.hashed == 0);
}

TEST_CASE("missing layers, links and pipes are no layers") {
  Store store;
  const auto image = store.Manifest({"layer", "second"});
  const std::string path = store.Path(image.layers[0].digest);
  LayerHasher hasher(store.Options());
  REQUIRE(::rename(path.c_str(), (store.folder() / "aside").c_str()) == 0);
  const Error missing = Refused(hasher.Check(image, store.blobs(), Soon()));
  CHECK(missing.reason == Reason::kLayerMissing);
  CHECK(missing.detail.find(image.layers[0].digest.str()) != std::string::npos);
  CHECK(Refused(hasher.Check(image, "", Soon())).reason ==
        Reason::kLayerMissing);

  REQUIRE(::symlink((store.folder() / "aside").c_str(), path.c_str()) == 0);
  CHECK(Refused(hasher.Check(image, store.blobs(), Soon())).reason ==
        Reason::kLayerUnreadable);
  REQUIRE(::unlink(path.c_str()) == 0);
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK(Refused(hasher.Check(image, store.blobs(), Soon())).reason ==
        Reason::kLayerUnreadable);

  // A mismatch is certain, so it is told before what could not be read.
  store.folder().Write("blobs/sha256/" + image.layers[1].digest.hex(), "x");
  CHECK(Refused(hasher.Check(image, store.blobs(), Soon())).reason ==
        Reason::kLayerDigestMismatch);
}

TEST_CASE("an image without layers has nothing to be wrong") {
  Store store;
  LayerHasher hasher(store.Options());
  CHECK(hasher.Check(store.Manifest({}), "", Soon()));
}

TEST_CASE("at the deadline hashing goes on and the next call profits") {
  Store store;
  const auto image = store.Manifest({std::string(9U << 20, 'a')});
  std::mutex mutex;
  std::condition_variable turned;
  bool go_on = false;
  auto options = store.Options();
  options.progress = [&](const LayerProgress& step) {
    std::unique_lock lock(mutex);
    turned.wait(lock, [&] { return go_on; });
    if (step.done >= step.size) ++store.hashed;
  };
  LayerHasher hasher(options);
  const auto began = std::chrono::steady_clock::now();
  const Error pending =
      Refused(hasher.Check(image, store.blobs(), began + 50ms));
  CHECK(pending.reason == Reason::kLayerPending);
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  {
    const std::lock_guard lock(mutex);
    go_on = true;
  }
  turned.notify_all();
  CHECK(hasher.Check(image, store.blobs(), Soon()));
  CHECK(store.hashed == 1);
}

TEST_CASE("many callers make one reading") {
  Store store;
  const auto image =
      store.Manifest({std::string(4U << 20, 'a'), std::string(4U << 20, 'b')});
  LayerHasher hasher(store.Options());
  std::atomic<int> accepted{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 50; ++i) {
    callers.emplace_back([&] {
      if (hasher.Check(image, store.blobs(), Soon())) ++accepted;
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(accepted == 50);
  CHECK(store.hashed == 2);
}

TEST_CASE("warming up hashes in the background") {
  Store store;
  const auto image = store.Manifest({"one", "two"});
  LayerHasher hasher(store.Options());
  hasher.Warm(image, store.blobs());
  for (int i = 0; i < 3000 && store.hashed < 2; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  CHECK(store.hashed == 2);
  CHECK(hasher.Check(image, store.blobs(), Soon()));
  CHECK(store.hashed == 2);
}

TEST_CASE("a memory file that others could have written is not believed") {
  Store store;
  const auto image = store.Manifest({"one"});
  { CHECK(LayerHasher(store.Options()).Check(image, store.blobs(), Soon())); }
  REQUIRE(store.hashed == 1);

  SECTION("writable by others") {
    REQUIRE(::chmod(store.MemoryFile().c_str(), 0666) == 0);
    LayerHasher hasher(store.Options());
    REQUIRE(hasher.MemoryProblem());
    CHECK(hasher.MemoryProblem()->reason == Reason::kFileUnsafe);
    CHECK(hasher.Check(image, store.blobs(), Soon()));
    CHECK(store.hashed == 2);
  }
  SECTION("owned by somebody else") {
    if (::geteuid() != 0) return;
    REQUIRE(::chown(store.MemoryFile().c_str(), 65534, 65534) == 0);
    LayerHasher hasher(store.Options());
    REQUIRE(hasher.MemoryProblem());
    CHECK(hasher.MemoryProblem()->reason == Reason::kFileUnsafe);
    CHECK(hasher.Check(image, store.blobs(), Soon()));
    CHECK(store.hashed == 2);
  }
  SECTION("truncated") {
    const std::string text = ReadAll(store.MemoryFile());
    store.folder().Write("layers", text.substr(0, text.size() - 3));
    LayerHasher hasher(store.Options());
    REQUIRE(hasher.MemoryProblem());
    CHECK(hasher.MemoryProblem()->reason == Reason::kFileUnreadable);
    CHECK(hasher.Check(image, store.blobs(), Soon()));
    CHECK(store.hashed == 2);
    // And it is good again afterwards.
    REQUIRE(hasher.Save());
    CHECK_FALSE(hasher.MemoryProblem());
  }
}

TEST_CASE("a memory that cannot be written costs nothing but hashing") {
  Store store;
  auto options = store.Options();
  options.memory_file = store.folder() / "absent/layers";
  const auto image = store.Manifest({"one"});
  LayerHasher hasher(options);
  CHECK(hasher.Check(image, store.blobs(), Soon()));
  CHECK(Refused(hasher.Save()).reason == Reason::kWriteFailed);
  REQUIRE(hasher.MemoryProblem());
  CHECK(hasher.MemoryProblem()->reason == Reason::kWriteFailed);
  CHECK(hasher.Check(image, store.blobs(), Soon()));
  CHECK(store.hashed == 1);
}

TEST_CASE("records age: hashed again behind the answer, then before it") {
  Store store;
  const auto image = store.Manifest({"one"});
  LayerHasher hasher(store.Options());
  REQUIRE(hasher.Check(image, store.blobs(), Soon()));
  store.now = kNow + 6 * kDay;
  REQUIRE(hasher.Check(image, store.blobs(), Soon()));
  CHECK(store.hashed == 1);

  store.now = kNow + 12 * kDay;
  CHECK(hasher.Check(image, store.blobs(), Soon()));
  for (int i = 0; i < 3000 && store.hashed < 2; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  CHECK(store.hashed == 2);

  store.now = kNow + 50 * kDay;
  CHECK(hasher.Check(image, store.blobs(), Soon()));
  CHECK(store.hashed == 3);
}

TEST_CASE("with the clock at 1970 a layer is hashed again, and once") {
  Store store;
  const auto image = store.Manifest({"one"});
  LayerHasher hasher(store.Options());
  REQUIRE(hasher.Check(image, store.blobs(), Soon()));
  store.now = 12;
  CHECK(hasher.Check(image, store.blobs(), Soon()));
  CHECK(store.hashed == 2);
  CHECK(hasher.Check(image, store.blobs(), Soon()));
  CHECK(store.hashed == 2);
}
