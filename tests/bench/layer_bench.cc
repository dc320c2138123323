// Layer hashing against what OpenSSL can do in memory, as ratios of one run:
//   layer_bench [MIB] [FOLDER]
// The in-memory figure is that of `openssl speed -evp sha256 -bytes 131072`.
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "io/layers/blob_hash.h"
#include "io/layers/layer_hasher.h"

namespace assay {
namespace {

constexpr int kRounds = 5;

double Seconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

double MedianOf(clockid_t clock, const std::function<void()>& run) {
  std::array<double, kRounds> times{};
  for (double& time : times) {
    const double began = Seconds(clock);
    run();
    time = Seconds(clock) - began;
  }
  std::sort(times.begin(), times.end());
  return times[kRounds / 2];
}

void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "layer_bench: %s\n", what);
  std::exit(2);
}

std::string MakeBlob(const std::string& folder, std::size_t mib, char seed) {
  std::string block(1U << 20, seed);
  for (std::size_t i = 0; i < block.size(); ++i) {
    block[i] = static_cast<char>(i * 31 + static_cast<std::size_t>(seed));
  }
  Hasher hasher(HashAlgorithm::kSha256);
  for (std::size_t i = 0; i < mib; ++i) hasher.Update(block);
  const std::string path = folder + "/sha256/" + hasher.Finish().hex();
  std::ofstream file(path, std::ios::binary);
  for (std::size_t i = 0; i < mib; ++i) file << block;
  Require(file.flush().good(), "cannot write the blobs");
  return path;
}

// CPU seconds for as many bytes, 128 KiB at a time, without any file.
double InMemory(std::size_t mib) {
  const std::string block(128U << 10, 'x');
  return MedianOf(CLOCK_PROCESS_CPUTIME_ID, [&] {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
    for (std::size_t i = 0; i < mib * 8; ++i) {
      EVP_DigestUpdate(context, block.data(), block.size());
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    EVP_DigestFinal_ex(context, out.data(), nullptr);
    EVP_MD_CTX_free(context);
  });
}

ImageManifest ManifestOf(const std::vector<std::string>& paths,
                         std::size_t mib) {
  const auto layer = [&](const std::string& path) {
    auto digest =
        Digest::Parse("sha256:" + path.substr(path.find_last_of('/') + 1));
    return Descriptor{"application/vnd.oci.image.layer.v1.tar",
                      *digest,
                      static_cast<std::int64_t>(mib << 20),
                      "",
                      {},
                      std::nullopt};
  };
  ImageManifest manifest{"", "", layer(paths.front()), {}, std::nullopt, {}};
  for (const std::string& path : paths) manifest.layers.push_back(layer(path));
  return manifest;
}

void Run(std::size_t mib, const std::string& folder) {
  const std::vector<std::string> paths = {MakeBlob(folder, mib, 'a'),
                                          MakeBlob(folder, mib, 'b')};
  const double memory = InMemory(mib);
  const auto hash_one = [&] {
    Require(HashBlob(paths[0], HashAlgorithm::kSha256, {}).has_value(),
            "a blob cannot be hashed");
  };
  hash_one();  // into the page cache
  const double one_cpu = MedianOf(CLOCK_PROCESS_CPUTIME_ID, hash_one);
  const double one_wall = MedianOf(CLOCK_MONOTONIC, hash_one);

  LayerHasherOptions options;
  options.now = [] {
    return std::chrono::floor<std::chrono::seconds>(
        std::chrono::system_clock::now());
  };
  LayerHasher hasher(options);
  const ImageManifest both = ManifestOf(paths, mib);
  const auto check = [&] {
    Require(hasher.Check(both, folder, Deadline::max()).has_value(),
            "the layers do not check");
  };
  const double two_wall = MedianOf(CLOCK_MONOTONIC, [&] {
    hasher.ForgetAll();
    check();
  });
  constexpr int kChecks = 1000;
  const double known = MedianOf(CLOCK_MONOTONIC,
                                [&] {
                                  for (int i = 0; i < kChecks; ++i) check();
                                }) /
                       kChecks;
  const double bytes = static_cast<double>(mib << 20);
  std::printf("in memory, EVP SHA-256        %6.2f GB/s\n",
              bytes / memory / 1e9);
  std::printf("one file, per CPU second      %6.2f GB/s  %5.1f %% (bar 85)\n",
              bytes / one_cpu / 1e9, 100 * memory / one_cpu);
  std::printf("two files on the pool, wall   %6.2f GB/s  %5.2fx  (bar 1.7)\n",
              2 * bytes / two_wall / 1e9, 2 * one_wall / two_wall);
  std::printf("two known layers              %6.2f us    %5.0fx  (bar 20)\n",
              known * 1e6, two_wall / known);
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  const std::size_t mib = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 512;
  std::string folder =
      std::string(argc > 2 ? argv[2] : "/tmp") + "/assay-layer-bench-XXXXXX";
  assay::Require(mib > 0 && ::mkdtemp(folder.data()) != nullptr,
                 "usage: layer_bench [MIB] [FOLDER]");
  std::filesystem::create_directory(folder + "/sha256");
  assay::Run(mib, folder);
  std::filesystem::remove_all(folder);
}
