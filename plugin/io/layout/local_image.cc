#include "io/layout/local_image.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"
#include "core/subject/manifest.h"
#include "io/layout/layout_annotations.h"

namespace assay {
namespace {

constexpr std::string_view kCosignPrefix = "dev.cosignproject.cosign/";
constexpr std::size_t kMarkerBytes = 4096;
constexpr const char* kDirManifest = "manifest.json";

// "sha256-<hex>", with or without a suffix: what is attached to an image.
bool IsAttachmentName(std::string_view name) {
  constexpr std::string_view kAlgorithm = "sha256-";
  constexpr std::size_t kHex = 64;
  return name.starts_with(kAlgorithm) &&
         (name.size() == kAlgorithm.size() + kHex ||
          (name.size() > kAlgorithm.size() + kHex &&
           name[kAlgorithm.size() + kHex] == '.'));
}

// Whether an entry of index.json may be the image that somebody means.
bool MayBeImage(const Descriptor& root) {
  const std::string_view kind = Annotation(root, kKindAnnotation);
  if (kind.starts_with(kCosignPrefix)) {
    return kind.substr(kCosignPrefix.size()).starts_with("image");
  }
  return root.artifact_type.empty() &&
         !IsAttachmentName(Annotation(root, kRefNameAnnotation));
}

Result<LocalImage> Named(Result<LocalImage> opened, const std::string& path) {
  if (!opened) return WithContext(opened.error(), Printable(path));
  return opened;
}

}  // namespace

Result<LocalImage> LocalImage::Open(const LocalReference& reference) {
  auto files = reference.kind == LocalKind::kOciArchive
                   ? LayoutFiles::OpenArchive(reference.path)
                   : LayoutFiles::OpenFolder(reference.path);
  if (!files) return files.error();
  LocalImage image(reference, *std::move(files));
  const Status read = reference.kind == LocalKind::kDir ? image.ReadDirRoot()
                                                        : image.ReadRoots();
  if (!read) return Named(read.error(), reference.path);
  return image;
}

// OCI image specification, image-layout.md.
Status LocalImage::ReadRoots() {
  const auto marker = files_->Open("oci-layout");
  if (!marker) {
    if (marker.error().reason != Reason::kNotFound) return marker.error();
    return Fail(Reason::kManifestMissing, "it is no OCI image layout");
  }
  const auto version = marker->ReadAll(kMarkerBytes);
  const auto json = version ? Json::Parse(*version) : version.error();
  const auto* text = json ? json->FindString("imageLayoutVersion") : nullptr;
  if (text == nullptr || *text != "1.0.0") {
    return Fail(Reason::kManifestUnsupported, "oci-layout is not of version 1");
  }
  const auto file = files_->Open("index.json");
  if (!file) return file.error();
  const auto bytes = file->ReadAll(limits::kIndexBytes);
  if (!bytes) return WithContext(bytes.error(), "index.json");
  auto index = ImageIndex::Parse(*bytes);
  if (!index) return WithContext(index.error(), "index.json");
  roots_ = std::move(index->manifests);
  return Ok();
}

Status LocalImage::ReadDirRoot() {
  const auto file = files_->Open(kDirManifest);
  if (!file) {
    if (file.error().reason != Reason::kNotFound) return file.error();
    return Fail(Reason::kManifestMissing, "it has no manifest.json");
  }
  const auto bytes = file->ReadAll(limits::kManifestBytes);
  if (!bytes) return WithContext(bytes.error(), kDirManifest);
  roots_ = {{"",
             Digest::Of(*bytes),
             static_cast<std::int64_t>(bytes->size()),
             "",
             {},
             std::nullopt}};
  return Ok();
}

// Whether a manifest is only attached to an image. What cannot be read may be
// the image itself.
bool LocalImage::RefersToAnother(const Digest& digest) const {
  const auto bytes = Read(digest, limits::kLayoutManifestBytes);
  if (!bytes) return false;
  const auto manifest = ImageManifest::Parse(*bytes);
  return manifest && manifest->subject;
}

Result<Digest> LocalImage::Chosen() const {
  if (reference_.digest) return *reference_.digest;
  const std::string& name = reference_.name;
  std::vector<Digest> found;
  std::string names;
  for (const Descriptor& root : roots_) {
    const std::string_view is = Annotation(root, kRefNameAnnotation);
    if (!MayBeImage(root)) continue;
    if (!name.empty() && is != name) continue;
    if (name.empty() && is.empty() && RefersToAnother(root.digest)) continue;
    if (std::find(found.begin(), found.end(), root.digest) != found.end()) {
      continue;
    }
    found.push_back(root.digest);
    names += " ";
    names += is.empty() ? "@" + root.digest.str() : Printable(is);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return Fail(Reason::kManifestMissing,
                reference_.str() + ": index.json has no such image");
  }
  return Fail(Reason::kReferenceMalformed,
              reference_.str() + ": it may be one of" + names +
                  "; name one as oci:DIR:NAME or oci:DIR@DIGEST");
}

Result<LayoutFile> LocalImage::OpenBlob(const Digest& digest) const {
  if (reference_.kind != LocalKind::kDir) {
    return files_->Open("blobs/" + std::string(HashName(digest.algorithm())) +
                        "/" + digest.hex());
  }
  if (!roots_.empty() && digest == roots_.front().digest) {
    return files_->Open(kDirManifest);
  }
  auto blob = files_->Open(digest.hex());
  if (blob || blob.error().reason != Reason::kNotFound) return blob;
  return files_->Open(digest.hex() + ".manifest.json");
}

Result<std::string> LocalImage::Read(const Digest& digest,
                                     std::size_t most) const {
  const auto file = OpenBlob(digest);
  if (!file) return WithContext(file.error(), digest.str());
  auto bytes = file->ReadAll(most);
  if (!bytes) return WithContext(bytes.error(), digest.str());
  if (!digest.Matches(*bytes)) {
    return Fail(Reason::kEvidenceTampered, digest.str());
  }
  return bytes;
}

Status LocalImage::CheckLayer(
    const Descriptor& layer, Deadline deadline,
    const std::function<void(std::uint64_t)>& progress) const {
  const std::string name = "layer " + layer.digest.str();
  const auto file = OpenBlob(layer.digest);
  if (!file) {
    return Fail(file.error().reason == Reason::kNotFound
                    ? Reason::kLayerMissing
                    : Reason::kLayerUnreadable,
                name + ": " + file.error().detail);
  }
  if (static_cast<std::int64_t>(file->size()) != layer.size) {
    return Fail(Reason::kLayerDigestMismatch, name + ": another size");
  }
  const auto digest = file->Hash(layer.digest.algorithm(), deadline, progress);
  if (!digest) {
    return Fail(digest.error().reason == Reason::kDeadline
                    ? Reason::kLayerPending
                    : Reason::kLayerUnreadable,
                name);
  }
  if (*digest == layer.digest) return Ok();
  return Fail(Reason::kLayerDigestMismatch,
              name + " hashes to " + digest->str());
}

Result<std::vector<Digest>> LocalImage::SmallBlobs() const {
  std::vector<Digest> small;
  if (reference_.kind == LocalKind::kDir) return small;
  auto names = files_->List("blobs/sha256");
  if (!names) return names.error();
  for (const std::string& name : *names) {
    auto digest = Digest::Parse("sha256:" + name);
    if (!digest) continue;
    const auto file = OpenBlob(*digest);
    if (!file || file->size() > limits::kLayoutManifestBytes) continue;
    small.push_back(*std::move(digest));
  }
  return small;
}

std::vector<Result<std::string>> LocalImage::SignatureFiles(
    const std::string& prefix) const {
  std::vector<Result<std::string>> found;
  if (reference_.kind != LocalKind::kDir) return found;
  for (std::size_t n = 1; n <= limits::kArtifactsPerImage; ++n) {
    const auto file = files_->Open(prefix + "signature-" + std::to_string(n));
    if (!file) {
      if (file.error().reason != Reason::kNotFound) {
        found.emplace_back(file.error());
      }
      break;
    }
    found.push_back(file->ReadAll(limits::kArtifactBlobBytes));
  }
  return found;
}

}  // namespace assay
