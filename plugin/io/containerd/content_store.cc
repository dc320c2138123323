#include "io/containerd/content_store.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "core/subject/image_config.h"
#include "io/files/files.h"

namespace assay {
namespace {

Result<std::string> Judge(Result<std::string> bytes, const Digest& digest,
                          Reason missing, Reason mismatch) {
  if (!bytes) {
    Error error = std::move(bytes).error();
    if (error.reason == Reason::kNotFound) error.reason = missing;
    if (error.reason == Reason::kFileTooLarge) error.reason = Reason::kTooLarge;
    return error;
  }
  if (!digest.Matches(*bytes)) return Fail(mismatch, digest.str());
  return bytes;
}

std::shared_ptr<const DocumentLinks> ReadLinks(const std::string& bytes) {
  auto links = std::make_shared<DocumentLinks>();
  if (auto manifest = ImageManifest::Parse(bytes)) {
    links->kind = DocumentKind::kManifest;
    links->config = manifest->config.digest;
  } else if (auto index = ImageIndex::Parse(bytes)) {
    links->kind = DocumentKind::kIndex;
    for (const Descriptor& entry : index->manifests) {
      links->manifests.push_back(entry.digest);
    }
  }
  return links;
}

}  // namespace

std::shared_ptr<const DocumentLinks> DocumentLinksCache::Find(
    const Digest& digest) const {
  const std::lock_guard lock(mutex_);
  const auto found = links_.find(digest);
  return found == links_.end() ? nullptr : found->second;
}

void DocumentLinksCache::Add(const Digest& digest,
                             std::shared_ptr<const DocumentLinks> links) {
  const std::lock_guard lock(mutex_);
  if (links_.size() >= limits::kRuntimeDocuments) links_.clear();
  links_.insert_or_assign(digest, std::move(links));
}

ContentStore::ContentStore(ContainerdClient& client, CallScope scope,
                           std::string root, DocumentLinksCache& cache)
    : client_(client),
      scope_(std::move(scope)),
      blobs_(std::move(root) + "/blobs"),
      direct_(::access(blobs_.c_str(), R_OK | X_OK) == 0),
      cache_(cache) {}

Result<std::string> ContentStore::Read(const Digest& digest, std::size_t most) {
  if (!direct_) return client_.Blob(scope_, digest, most);
  return ReadFile(blobs_ + "/" + std::string(HashName(digest.algorithm())) +
                      "/" + digest.hex(),
                  most);
}

Result<std::string> ContentStore::Document(const Digest& digest) {
  constexpr std::size_t kMost =
      std::max(limits::kManifestBytes, limits::kIndexBytes);
  return Judge(Read(digest, kMost), digest, Reason::kManifestMissing,
               Reason::kManifestDigestMismatch);
}

Result<std::string> ContentStore::Config(const Digest& digest) {
  return Judge(Read(digest, limits::kConfigBytes), digest,
               Reason::kConfigMissing, Reason::kConfigDigestMismatch);
}

Result<std::shared_ptr<const DocumentLinks>> ContentStore::Links(
    const Digest& digest) {
  if (auto known = cache_.Find(digest)) return known;
  auto bytes = Document(digest);
  if (!bytes) return bytes.error();
  auto links = ReadLinks(*bytes);
  cache_.Add(digest, links);
  return links;
}

Result<std::shared_ptr<const DocumentLinks>> ContentStore::ConfigLinks(
    const Digest& digest) {
  // What one digest leads to as a document and as a configuration is kept in
  // one entry: a manifest has no diff IDs, a configuration leads nowhere.
  auto known = cache_.Find(digest);
  if (known && !known->diff_ids.empty()) return known;
  auto bytes = Config(digest);
  if (!bytes) return bytes.error();
  auto links = std::make_shared<DocumentLinks>();
  if (known) *links = *known;
  if (auto config = ImageConfig::Parse(*bytes)) {
    links->diff_ids = std::move(config->diff_ids);
  }
  cache_.Add(digest, links);
  return std::shared_ptr<const DocumentLinks>(std::move(links));
}

}  // namespace assay
