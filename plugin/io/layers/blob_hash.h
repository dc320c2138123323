// HashBlob: the digest of a layer blob together with the identity of the file
// it was computed from.
#ifndef ASSAY_IO_LAYERS_BLOB_HASH_H_
#define ASSAY_IO_LAYERS_BLOB_HASH_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "base/digest.h"
#include "base/result.h"
#include "io/layers/file_identity.h"

namespace assay {

struct BlobHash {
  Digest digest;
  FileIdentity identity;  // the same before and after the bytes were read
};

struct BlobHashControl {
  // Checked at least every 8 MiB; then the hash ends with kLayerPending.
  const std::atomic<bool>* stop = nullptr;
  // Bytes so far and all bytes, every 8 MiB and at the end.
  std::function<void(std::int64_t, std::int64_t)> progress;
};

// Streams the file once; again, at most twice, when it changed meanwhile.
// Errors: kLayerMissing, kLayerUnreadable (also for a file that keeps
// changing), kLayerPending when stopped.
Result<BlobHash> HashBlob(const std::string& path, HashAlgorithm algorithm,
                          const BlobHashControl& control);

}  // namespace assay

#endif  // ASSAY_IO_LAYERS_BLOB_HASH_H_
