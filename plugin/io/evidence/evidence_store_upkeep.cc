// What keeps the store in shape: the listing, index.json, bounds, garbage.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/evidence/evidence_store.h"
#include "io/evidence/stored_base.h"
#include "io/files/files.h"

namespace assay {
namespace {

// A blob that no record names may belong to a write that is under way.
constexpr std::int64_t kGraceSeconds = 3600;
constexpr std::string_view kRecordEnding = ".json";
constexpr std::array<HashAlgorithm, 3> kAlgorithms = {
    HashAlgorithm::kSha256, HashAlgorithm::kSha384, HashAlgorithm::kSha512};

// The names in a folder; none in one that is not there.
Result<std::vector<std::string>> NamesIn(const std::string& folder) {
  auto names = ListFolder(folder);
  if (names) return names;
  if (names.error().reason == Reason::kNotFound) {
    return std::vector<std::string>{};
  }
  return StoreFailed(names.error());
}

Time LatestOf(const StoredImage& image) {
  Time latest{};
  for (const ArtifactRecord& record : image.artifacts) {
    latest = std::max(latest, record.fetched_at);
  }
  return latest;
}

}  // namespace

Result<std::vector<Digest>> EvidenceStore::Targets() const {
  std::vector<Digest> targets;
  for (const HashAlgorithm algorithm : kAlgorithms) {
    auto names = NamesIn(layout_.Targets(algorithm));
    if (!names) return names.error();
    for (const std::string& name : *names) {
      if (!name.ends_with(kRecordEnding)) continue;
      auto digest =
          Digest::Parse(std::string(HashName(algorithm)) + ":" +
                        name.substr(0, name.size() - kRecordEnding.size()));
      if (digest) targets.push_back(*std::move(digest));
    }
  }
  return targets;
}

Result<std::vector<StoredImage>> EvidenceStore::List() const {
  auto targets = Targets();
  if (!targets) return targets.error();
  std::vector<StoredImage> images;
  for (const Digest& target : *targets) {
    auto record = ReadRecord(target);
    if (record) {
      images.push_back(
          {target, std::move(record->artifacts), std::move(record->dropped)});
    } else {
      images.push_back({target, {}, {record.error()}});
    }
  }
  return images;
}

EvidenceStore::Usage EvidenceStore::Measure() const {
  Usage usage;
  if (const auto targets = Targets()) usage.images = targets->size();
  for (const HashAlgorithm algorithm : kAlgorithms) {
    const std::string folder = layout_.Blobs(algorithm);
    const auto names = NamesIn(folder);
    if (!names) continue;
    for (const std::string& name : *names) {
      struct stat info {};
      if (::lstat((folder + "/" + name).c_str(), &info) == 0) {
        usage.bytes += static_cast<std::uint64_t>(info.st_size);
      }
    }
  }
  return usage;
}

EvidenceStore::Usage EvidenceStore::Used() {
  const std::lock_guard lock(usage_mutex_);
  if (!usage_) usage_ = Measure();
  return *usage_;
}

Status EvidenceStore::Reserve(const Digest& target, std::uint64_t bytes) {
  const std::lock_guard lock(usage_mutex_);
  std::size_t images = 1;
  const auto fits = [&] {
    return usage_->bytes + bytes <= options_.most_bytes &&
           usage_->images + images <= options_.most_images;
  };
  const bool measured = usage_.has_value();
  if (!measured) usage_ = Measure();
  // Counting along counts what was there already, so look before refusing.
  if (!fits() && measured) usage_ = Measure();
  if (!fits() && ::access(layout_.Target(target).c_str(), F_OK) == 0) {
    images = 0;
  }
  if (!fits()) {
    return Fail(Reason::kEvidenceStoreFailed,
                Printable(options_.folder) +
                    " is at its bound: " + std::to_string(usage_->images) +
                    " images, " + std::to_string(usage_->bytes) + " bytes");
  }
  usage_->bytes += bytes;
  usage_->images += images;
  return Ok();
}

Status EvidenceStore::MarkIndexStale() const {
  const std::string path = layout_.IndexStale();
  // Whoever takes the mark away reads the records afterwards.
  if (::access(path.c_str(), F_OK) == 0) return Ok();
  const UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (fd.valid()) return Ok();
  return Fail(
      errno == ENOSPC ? Reason::kDiskFull : Reason::kEvidenceStoreFailed,
      path + ": " + std::strerror(errno));
}

Status EvidenceStore::RebuildIndex() const {
  auto lock = FileLock::Take(layout_.IndexLock(), kLockWait);
  if (!lock) return lock.error();
  // Before the records are read: who adds one afterwards marks it again.
  ::unlink(layout_.IndexStale().c_str());
  auto images = List();
  if (!images) return images.error();
  Json::Array entries;
  for (const StoredImage& image : *images) {
    for (const ArtifactRecord& record : image.artifacts) {
      entries.push_back(WriteArtifactRecord(record, RefName(record)));
    }
  }
  auto written =
      WriteFileAtomically(layout_.Index(), WriteIndex(std::move(entries)));
  if (written) return Ok();
  // The mark was taken away too early; the next writer's would be too late.
  static_cast<void>(MarkIndexStale());
  return StoreFailed(written.error());
}

Status EvidenceStore::RefreshIndex() {
  if (::access(layout_.IndexStale().c_str(), F_OK) != 0) return Ok();
  return RebuildIndex();
}

std::vector<Digest> EvidenceStore::Expired(
    const std::vector<StoredImage>& images,
    const GarbageRequest& request) const {
  struct Candidate {
    Time latest;
    Digest target;
  };
  std::vector<Candidate> candidates;
  for (const StoredImage& image : images) {
    if (request.on_node.contains(image.target)) continue;
    candidates.push_back({LatestOf(image), image.target});
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const auto& a, const auto& b) { return a.latest < b.latest; });
  const Usage usage = Measure();
  const bool crowded = usage.bytes > options_.most_bytes / 10 * 9 ||
                       usage.images > options_.most_images / 10 * 9;
  // Near a bound half of what may go goes, the oldest first.
  const std::size_t forced = crowded ? (candidates.size() + 1) / 2 : 0;
  std::vector<Digest> expired;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    // A time to come is a lie, which must not protect for ever.
    const Time latest = candidates[i].latest;
    const bool old = latest < request.now - options_.keep_for ||
                     latest > request.now + std::chrono::days(1);
    if (old || i < forced) expired.push_back(candidates[i].target);
  }
  return expired;
}

// What may be signed of the bases that are kept with an image.
std::set<Digest> EvidenceStore::BasesOf(const StoredImage& image) const {
  std::set<Digest> bases;
  for (const ArtifactRecord& record : image.artifacts) {
    if (record.origin != ArtifactOrigin::kBaseImage) continue;
    const auto bytes =
        ReadFile(layout_.Blob(record.manifest.digest), limits::kManifestBytes);
    if (!bytes || !record.manifest.digest.Matches(*bytes)) continue;
    const auto manifest = ImageManifest::Parse(*bytes);
    if (!manifest) continue;
    for (const Digest& digest : SignableOfBase(*manifest)) bases.insert(digest);
  }
  return bases;
}

// The expired but for the bases of images that stay.
std::vector<Digest> EvidenceStore::Unneeded(
    const std::vector<StoredImage>& images,
    const GarbageRequest& request) const {
  std::vector<Digest> expired = Expired(images, request);
  std::set<Digest> bases;
  for (const StoredImage& image : images) {
    const bool goes = std::find(expired.begin(), expired.end(), image.target) !=
                      expired.end();
    if (!goes) bases.merge(BasesOf(image));
  }
  std::erase_if(expired,
                [&](const Digest& digest) { return bases.contains(digest); });
  return expired;
}

Status EvidenceStore::DropTarget(const Digest& target) const {
  auto lock = FileLock::Take(layout_.WriterLock(), kLockWait);
  if (!lock) return lock.error();
  if (::unlink(layout_.Target(target).c_str()) != 0 && errno != ENOENT) {
    return Fail(Reason::kEvidenceStoreFailed,
                layout_.Target(target) + ": " + std::strerror(errno));
  }
  return MarkIndexStale();
}

// Names of blob files, as "<algorithm>/<hex>", that a kept record leads to.
std::set<std::string> EvidenceStore::NamedBlobs(
    const std::vector<StoredImage>& kept) const {
  std::set<std::string> named;
  const auto name = [&](const Digest& digest) {
    named.insert(layout_.Blob(digest));
  };
  for (const StoredImage& image : kept) {
    for (const ArtifactRecord& record : image.artifacts) {
      const auto bytes = ReadFile(layout_.Blob(record.manifest.digest),
                                  limits::kManifestBytes);
      // A manifest that is not the one named leads nowhere.
      if (!bytes || !record.manifest.digest.Matches(*bytes)) continue;
      name(record.manifest.digest);
      const auto manifest = ImageManifest::Parse(*bytes);
      if (!manifest) continue;
      for (const Descriptor& layer : manifest->layers) name(layer.digest);
    }
  }
  return named;
}

void EvidenceStore::Sweep(const std::set<std::string>& named,
                          const GarbageRequest& request,
                          GarbageReport& report) const {
  const auto youngest = request.now.time_since_epoch().count() - kGraceSeconds;
  for (const HashAlgorithm algorithm : kAlgorithms) {
    const std::string folder = layout_.Blobs(algorithm);
    const auto names = NamesIn(folder);
    if (!names) {
      report.problems.push_back(names.error());
      continue;
    }
    for (const std::string& name : *names) {
      const std::string path = folder + "/" + name;
      if (named.contains(path)) continue;
      // Per file, so that a writer never waits long for a collection.
      auto lock = FileLock::Take(layout_.WriterLock(), kLockWait);
      struct stat info {};
      if (!lock || ::lstat(path.c_str(), &info) != 0) continue;
      if (info.st_mtime > youngest) continue;
      if (!request.dry_run && ::unlink(path.c_str()) != 0) {
        report.problems.push_back(
            Fail(Reason::kEvidenceStoreFailed,
                 Printable(path) + ": " + std::strerror(errno)));
        continue;
      }
      ++report.blobs;
      report.bytes += static_cast<std::uint64_t>(info.st_size);
    }
  }
}

Result<GarbageReport> EvidenceStore::CollectGarbage(
    const GarbageRequest& request) {
  if (request.now.time_since_epoch().count() < limits::kEarliestPlausibleTime) {
    return Fail(Reason::kClockImplausible, "nothing was removed");
  }
  auto images = List();
  if (!images) return images.error();
  GarbageReport report;
  report.images = Unneeded(*images, request);
  for (const Digest& target : report.images) {
    if (request.dry_run) continue;
    if (auto dropped = DropTarget(target); !dropped) {
      report.problems.push_back(dropped.error());
    }
  }
  std::erase_if(*images, [&](const StoredImage& image) {
    return std::find(report.images.begin(), report.images.end(),
                     image.target) != report.images.end();
  });
  if (::access(layout_.WriterLock().c_str(), F_OK) == 0) {
    Sweep(NamedBlobs(*images), request, report);
  }
  {
    const std::lock_guard lock(usage_mutex_);
    usage_.reset();
  }
  if (!request.dry_run) {
    if (auto refreshed = RefreshIndex(); !refreshed) {
      report.problems.push_back(refreshed.error());
    }
  }
  return report;
}

}  // namespace assay
