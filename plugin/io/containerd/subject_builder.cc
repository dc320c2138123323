#include "io/containerd/subject_builder.h"

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "io/containerd/naming.h"

namespace assay {
namespace {

class Builder {
 public:
  Builder(ContentStore& store, Subject& subject)
      : store_(store), subject_(subject) {}

  void Add(const HeldImage& held) {
    SignableImage* image = FindOrAdd(held);
    if (image == nullptr || !held.index) return;
    auto& indexes = image->indexes;
    if (std::find(indexes.begin(), indexes.end(), *held.index) !=
        indexes.end()) {
      return;
    }
    const std::string* bytes = Document(*held.index);
    if (bytes == nullptr) return;
    auto index = ImageIndex::Parse(*bytes);
    if (index && index->Lists(held.manifest)) indexes.push_back(*held.index);
  }

  const std::optional<Error>& failure() const { return failure_; }

 private:
  SignableImage* FindOrAdd(const HeldImage& held) {
    for (SignableImage& image : subject_.images) {
      if (image.manifest == held.manifest) return &image;
    }
    const std::string* bytes = Document(held.manifest);
    if (bytes == nullptr) return nullptr;
    auto manifest = ImageManifest::Parse(*bytes);
    if (!manifest) {
      failure_ = WithContext(manifest.error(), held.manifest.str());
      return nullptr;
    }
    if (manifest->config.digest != subject_.config) return nullptr;
    subject_.images.push_back({held.manifest, *std::move(manifest), {}});
    return &subject_.images.back();
  }

  const std::string* Document(const Digest& digest) {
    if (const auto known = subject_.documents.find(digest);
        known != subject_.documents.end()) {
      return &known->second;
    }
    if (subject_.documents.size() >= limits::kSubjectDigests) return nullptr;
    auto bytes = store_.Document(digest);
    if (!bytes) {
      failure_ = bytes.error();
      return nullptr;
    }
    return &subject_.documents.emplace(digest, *std::move(bytes)).first->second;
  }

  ContentStore& store_;
  Subject& subject_;
  std::optional<Error> failure_;
};

}  // namespace

Result<Subject> BuildSubject(ContentStore& store, const Digest& config,
                             const std::vector<HeldImage>& held,
                             const std::string& requested) {
  Subject subject{.names = {},
                  .config = config,
                  .images = {},
                  .documents = {},
                  .workload = {},
                  .blob_dir = store.blobs()};
  Builder builder(store, subject);
  for (const HeldImage& image : held) builder.Add(image);
  if (subject.images.empty()) {
    if (builder.failure()) return *builder.failure();
    return Fail(Reason::kSubjectUnbound,
                "no image on the node has configuration " + config.str());
  }
  auto names = NamesOf(requested, held);
  if (!names) return names.error();
  subject.names = *std::move(names);
  return subject;
}

Result<Subject> BuildHeld(ContentStore& store, const HeldImages& held,
                          const Digest& config, const std::string& requested) {
  auto subject =
      BuildSubject(store, config, ThatHold(held.images, config), requested);
  if (subject || subject.error().reason != Reason::kSubjectUnbound ||
      !held.broken) {
    return subject;
  }
  return *held.broken;
}

}  // namespace assay
