// Digest: algorithm and bytes, as the OCI image specification writes them
// ("sha256:<hex>", descriptor.md section "Digests"). Only registered, strong
// algorithms exist here; a text that is not exactly of the registered form is
// no Digest, so a Digest may be used in a path.
#ifndef ASSAY_BASE_DIGEST_H_
#define ASSAY_BASE_DIGEST_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

enum class HashAlgorithm : std::uint8_t { kSha256 = 1, kSha384, kSha512 };

std::string_view HashName(HashAlgorithm algorithm);  // "sha256"
std::size_t HashSize(HashAlgorithm algorithm);       // bytes

class Digest {
 public:
  // "<algorithm>:<lower-case hex of the algorithm's length>", else
  // kDigestMalformed.
  static Result<Digest> Parse(std::string_view text);
  // Hashes `bytes` now.
  static Digest Of(std::string_view bytes,
                   HashAlgorithm algorithm = HashAlgorithm::kSha256);

  HashAlgorithm algorithm() const { return algorithm_; }
  const std::string& bytes() const { return bytes_; }  // raw
  std::string hex() const;
  std::string str() const;  // "sha256:ab..."

  // True when `bytes` hash to this digest.
  bool Matches(std::string_view bytes) const;

  friend bool operator==(const Digest&, const Digest&) = default;
  friend auto operator<=>(const Digest&, const Digest&) = default;

 private:
  friend class Hasher;
  Digest(HashAlgorithm algorithm, std::string bytes)
      : algorithm_(algorithm), bytes_(std::move(bytes)) {}

  HashAlgorithm algorithm_;
  std::string bytes_;
};

// Streaming hash; one owner thread. Fetches the algorithm once per process.
class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  void Update(std::string_view bytes);
  // Ends the stream; the hasher may only be destroyed or assigned after.
  Digest Finish();

 private:
  struct Context;
  HashAlgorithm algorithm_;
  std::unique_ptr<Context> context_;
};

}  // namespace assay

template <>
struct std::hash<assay::Digest> {
  std::size_t operator()(const assay::Digest& digest) const noexcept {
    return std::hash<std::string>{}(digest.bytes());
  }
};

#endif  // ASSAY_BASE_DIGEST_H_
