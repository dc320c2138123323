// Documents of containerd's content store: manifests, indexes and
// configurations by digest, every byte re-hashed when it is read.
#ifndef ASSAY_IO_CONTAINERD_CONTENT_STORE_H_
#define ASSAY_IO_CONTAINERD_CONTENT_STORE_H_

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "core/subject/manifest.h"
#include "io/containerd/client.h"

namespace assay {

// The little of a document that tells where it leads. A property of its bytes
// and so of its digest: it may be remembered for ever.
struct DocumentLinks {
  DocumentKind kind = DocumentKind::kUnknown;
  std::optional<Digest> config;   // of a manifest
  std::vector<Digest> manifests;  // of an index
  std::vector<Digest> diff_ids;   // of a configuration
};

// Links of documents seen, shared by all decisions. Thread-safe, bounded.
class DocumentLinksCache {
 public:
  std::shared_ptr<const DocumentLinks> Find(const Digest& digest) const;
  void Add(const Digest& digest, std::shared_ptr<const DocumentLinks> links);

 private:
  mutable std::mutex mutex_;
  std::map<Digest, std::shared_ptr<const DocumentLinks>> links_;
};

// The content store as one decision sees it. One thread. Borrows the client
// and the cache.
class ContentStore {
 public:
  ContentStore(ContainerdClient& client, CallScope scope, std::string root,
               DocumentLinksCache& cache);

  const CallScope& scope() const { return scope_; }
  // <root>/blobs
  const std::string& blobs() const { return blobs_; }

  // Errors: kManifestMissing or kManifestDigestMismatch, kTooLarge, and those
  // of ContainerdClient.
  Result<std::string> Document(const Digest& digest);
  // Errors: kConfigMissing, kConfigDigestMismatch, as above.
  Result<std::string> Config(const Digest& digest);

  // Errors: those of Document. A document that is neither manifest nor index
  // yields kUnknown and no links.
  Result<std::shared_ptr<const DocumentLinks>> Links(const Digest& digest);
  // The same for a configuration; one that is none yields no diff IDs. Errors:
  // those of Config.
  Result<std::shared_ptr<const DocumentLinks>> ConfigLinks(
      const Digest& digest);

 private:
  Result<std::string> Read(const Digest& digest, std::size_t most);

  ContainerdClient& client_;
  CallScope scope_;
  std::string blobs_;
  bool direct_;  // the blobs' folder is visible to us
  DocumentLinksCache& cache_;
};

}  // namespace assay

#endif  // ASSAY_IO_CONTAINERD_CONTENT_STORE_H_
