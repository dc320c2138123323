#include "io/evidence/evidence_archive.h"

#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/evidence/stored_base.h"
#include "io/evidence/tar.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::size_t kIndexEntries = 100'000;
constexpr std::size_t kMarkerBytes = 4096;

// Reads a file of the layout by its name in it.
using LayoutReader =
    std::function<Result<std::string>(const std::string&, std::size_t)>;

std::string BlobName(const Digest& digest) {
  return "blobs/" + std::string(HashName(digest.algorithm())) + "/" +
         digest.hex();
}

// The record of an artifact under export.
ArtifactRecord RecordOf(const FoundArtifact& found,
                        const std::string& media_type) {
  return {found.target,
          found.origin,
          found.where,
          found.fetched_at,
          {media_type,
           found.digest,
           static_cast<std::int64_t>(found.manifest.size()),
           "",
           {},
           std::nullopt}};
}

class TarExport {
 public:
  explicit TarExport(TarWriter writer) : writer_(std::move(writer)) {}

  Status Add(const FoundArtifact& found) {
    const auto manifest = ImageManifest::Parse(found.manifest);
    if (!manifest) return manifest.error();
    const ArtifactRecord record = RecordOf(found, manifest->media_type);
    entries_.push_back(WriteArtifactRecord(record, RefName(record)));
    if (entries_.size() > kIndexEntries) {
      return Fail(Reason::kEvidenceTooMany, std::to_string(kIndexEntries));
    }
    if (auto added = AddBlob(found.digest, found.manifest); !added) {
      return added;
    }
    for (const UntrustedBlob& blob : found.blobs) {
      auto added = AddBlob(blob.descriptor.digest, blob.bytes);
      if (!added) return added;
    }
    return Ok();
  }

  Status Finish() {
    auto added = writer_.Add("oci-layout", kOciLayoutFile);
    if (!added) return added;
    added = writer_.Add("index.json", WriteIndex(std::move(entries_)));
    return added ? writer_.Finish() : added;
  }

 private:
  Status AddBlob(const Digest& digest, std::string_view bytes) {
    if (!written_.insert(digest).second) return Ok();
    return writer_.Add(BlobName(digest), bytes);
  }

  TarWriter writer_;
  Json::Array entries_;
  std::set<Digest> written_;
};

// Hands every image's artifacts, each checked, to `take`; then those of the
// bases that are kept with them.
Result<ExportReport> ForEachImage(
    const EvidenceStore& store, const std::vector<Digest>& images,
    const std::function<Status(const Digest&,
                               const std::vector<FoundArtifact>&)>& take) {
  ExportReport report;
  std::vector<Digest> queue = images;
  std::set<Digest> queued(images.begin(), images.end());
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const Digest image = queue[i];
    auto artifacts = store.ReadRaw(image);
    if (!artifacts) return artifacts.error();
    // A base's signatures may be in a folder, or over its index alone.
    if (artifacts->empty() && i >= images.size()) continue;
    if (artifacts->empty()) return Fail(Reason::kNoSignature, image.str());
    for (const FoundArtifact& found : *artifacts) {
      const auto opened = Open(found);
      if (!opened) return opened.error();
      if (opened->content.origin != ArtifactOrigin::kBaseImage) continue;
      for (const Digest& base : SignableOfBase(*opened->content.manifest)) {
        if (queued.insert(base).second) queue.push_back(base);
      }
    }
    if (auto taken = take(image, *artifacts); !taken) return taken.error();
    ++report.images;
    report.artifacts += artifacts->size();
  }
  return report;
}

Result<ExportReport> ExportToFolder(const EvidenceStore& store,
                                    const std::vector<Digest>& images,
                                    const std::string& path) {
  EvidenceStoreOptions options = store.options();
  options.folder = path.substr(0, path.find_last_not_of('/') + 1);
  EvidenceStore target(options);
  auto report = ForEachImage(
      store, images,
      [&](const Digest& image, const std::vector<FoundArtifact>& artifacts) {
        return target.Put(image, artifacts);
      });
  if (!report) return report;
  if (auto refreshed = target.RefreshIndex(); !refreshed) {
    return refreshed.error();
  }
  return report;
}

Result<ExportReport> ExportToTar(const EvidenceStore& store,
                                 const std::vector<Digest>& images,
                                 const std::string& path) {
  auto writer = TarWriter::Make(path);
  if (!writer) return writer.error();
  TarExport tar(*std::move(writer));
  auto report = ForEachImage(
      store, images,
      [&](const Digest&, const std::vector<FoundArtifact>& artifacts) {
        Status added = Ok();
        for (const FoundArtifact& found : artifacts) {
          if (added) added = tar.Add(found);
        }
        return added;
      });
  if (report) {
    if (auto finished = tar.Finish(); !finished) report = finished.error();
  }
  // Half an archive is none.
  if (!report) ::unlink(path.c_str());
  return report;
}

Result<FoundArtifact> ReadArtifact(const LayoutReader& read,
                                   const ArtifactRecord& record) {
  auto manifest =
      read(BlobName(record.manifest.digest), limits::kManifestBytes);
  if (!manifest) return manifest.error();
  FoundArtifact found{record.origin,
                      record.target,
                      record.where,
                      record.fetched_at,
                      record.manifest.digest,
                      *std::move(manifest),
                      {}};
  const auto parsed = ImageManifest::Parse(found.manifest);
  if (!parsed) return parsed.error();
  std::size_t budget = limits::kArtifactBytesPerImage;
  for (const Descriptor& layer : parsed->layers) {
    auto bytes = read(BlobName(layer.digest), limits::kArtifactBlobBytes);
    if (!bytes) return bytes.error();
    if (bytes->size() > budget) return Fail(Reason::kEvidenceTooLarge);
    budget -= bytes->size();
    found.blobs.push_back({layer, *std::move(bytes)});
  }
  return found;
}

Result<std::vector<Json>> ReadIndexEntries(const LayoutReader& read) {
  auto marker = read("oci-layout", kMarkerBytes);
  auto layout = marker ? Json::Parse(*marker) : marker.error();
  const std::string* version =
      layout ? layout->FindString("imageLayoutVersion") : nullptr;
  if (version == nullptr || *version != "1.0.0") {
    return Fail(Reason::kArchiveMalformed, "oci-layout");
  }
  auto text = read("index.json", limits::kJsonBytes);
  auto index = text ? Json::Parse(*text) : text.error();
  const Json::Array* entries = index ? index->FindArray("manifests") : nullptr;
  if (entries == nullptr || entries->size() > kIndexEntries) {
    return Fail(Reason::kArchiveMalformed, "index.json");
  }
  return *entries;
}

Result<ImportReport> Import(EvidenceStore& store, const LayoutReader& read) {
  auto entries = ReadIndexEntries(read);
  if (!entries) return entries.error();
  ImportReport report;
  std::map<Digest, std::vector<ArtifactRecord>> images;
  for (const Json& entry : *entries) {
    auto descriptor = Descriptor::Read(entry);
    auto record =
        descriptor ? ReadArtifactRecord(*descriptor) : descriptor.error();
    if (record) {
      auto& records = images[record->target];
      records.push_back(*std::move(record));
    } else {
      report.refused.push_back(WithContext(record.error(), "index.json"));
    }
  }
  for (const auto& [image, records] : images) {
    std::size_t good = 0;
    for (const ArtifactRecord& record : records) {
      auto found = ReadArtifact(read, record);
      Status put = found ? store.Put(image, {&*found, 1}) : found.error();
      if (put) {
        ++good;
        continue;
      }
      report.refused.push_back(
          WithContext(put.error(), record.manifest.digest.str()));
      if (put.error().reason == Reason::kDiskFull) return put.error();
    }
    report.artifacts += good;
    report.images += good > 0 ? 1 : 0;
  }
  if (auto refreshed = store.RefreshIndex(); !refreshed) {
    return refreshed.error();
  }
  return report;
}

}  // namespace

Result<ExportReport> ExportEvidence(const EvidenceStore& store,
                                    const std::vector<Digest>& images,
                                    const std::string& path) {
  return path.ends_with('/') ? ExportToFolder(store, images, path)
                             : ExportToTar(store, images, path);
}

Result<ImportReport> ImportEvidence(EvidenceStore& store,
                                    const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return Import(store, [&](const std::string& name, std::size_t most) {
      return ReadFile(path + "/" + name, most);
    });
  }
  constexpr std::uint64_t kMostEntry = limits::kJsonBytes;
  auto tar = TarReader::Open(path, kMostEntry);
  if (!tar) return tar.error();
  return Import(store, [&](const std::string& name, std::size_t most) {
    return tar->Read(name, most);
  });
}

}  // namespace assay
