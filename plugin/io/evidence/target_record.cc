#include "io/evidence/target_record.h"

#include <charconv>

#include "base/bytes.h"
#include "io/evidence/found_artifact.h"

namespace assay {
namespace {

constexpr const char* kTarget = "vnd.assay.evidence.target";
constexpr const char* kOrigin = "vnd.assay.evidence.origin";
constexpr const char* kWhere = "vnd.assay.evidence.where";
constexpr const char* kFetchedAt = "vnd.assay.evidence.fetched-at";
constexpr const char* kRefName = "org.opencontainers.image.ref.name";

constexpr std::size_t kWhereBytes = 2048;

Error TamperedRecord(std::string what) {
  return Fail(Reason::kEvidenceTampered, std::move(what));
}

std::string_view Annotation(const Descriptor& entry, const char* key) {
  const auto found = entry.annotations.find(key);
  return found == entry.annotations.end() ? std::string_view()
                                          : std::string_view(found->second);
}

Result<Time> ReadTime(std::string_view text) {
  std::int64_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, seconds);
  if (problem != std::errc{} || stop != end ||
      std::to_string(seconds) != text) {
    return TamperedRecord(kFetchedAt);
  }
  return Time(std::chrono::seconds(seconds));
}

}  // namespace

Result<ArtifactRecord> ReadArtifactRecord(const Descriptor& entry) {
  auto target = Digest::Parse(Annotation(entry, kTarget));
  if (!target) return TamperedRecord(kTarget);
  const ArtifactOrigin origin = OriginOf(Annotation(entry, kOrigin));
  if (origin == ArtifactOrigin::kUnknown) return TamperedRecord(kOrigin);
  const std::string_view where = Annotation(entry, kWhere);
  if (where.empty() || where.size() > kWhereBytes)
    return TamperedRecord(kWhere);
  auto fetched_at = ReadTime(Annotation(entry, kFetchedAt));
  if (!fetched_at) return fetched_at.error();
  Descriptor manifest = entry;
  manifest.annotations.clear();
  return ArtifactRecord{*std::move(target), origin, std::string(where),
                        *fetched_at, std::move(manifest)};
}

Json WriteArtifactRecord(const ArtifactRecord& record,
                         const std::string& ref_name) {
  Json::Object annotations;
  annotations.emplace(kTarget, Json(record.target.str()));
  annotations.emplace(kOrigin, Json(std::string(OriginName(record.origin))));
  annotations.emplace(kWhere, Json(record.where.substr(0, kWhereBytes)));
  annotations.emplace(
      kFetchedAt,
      Json(std::to_string(record.fetched_at.time_since_epoch().count())));
  if (!ref_name.empty()) annotations.emplace(kRefName, Json(ref_name));
  Json::Object entry;
  entry.emplace("mediaType", Json(record.manifest.media_type));
  entry.emplace("digest", Json(record.manifest.digest.str()));
  entry.emplace("size", Json(record.manifest.size));
  entry.emplace("annotations", Json(std::move(annotations)));
  return Json(std::move(entry));
}

std::string RefName(const ArtifactRecord& record) {
  return std::string(HashName(record.target.algorithm())) + "-" +
         record.target.hex() + "." + record.manifest.digest.hex().substr(0, 16);
}

std::string WriteIndex(Json::Array entries) {
  Json::Object index;
  index.emplace("schemaVersion", Json(std::int64_t{2}));
  index.emplace("mediaType", Json(std::string(kOciIndex)));
  index.emplace("manifests", Json(std::move(entries)));
  return Json(std::move(index)).Dump();
}

TargetRecord ReadTargetRecord(std::string_view text, const Digest& target) {
  TargetRecord record;
  auto index = ImageIndex::Parse(text);
  if (!index) {
    record.dropped.push_back(
        TamperedRecord(target.str() + ": its record: " + index.error().detail));
    return record;
  }
  for (const Descriptor& entry : index->manifests) {
    auto artifact = ReadArtifactRecord(entry);
    if (!artifact) {
      record.dropped.push_back(
          WithContext(artifact.error(), entry.digest.str()));
    } else if (artifact->target != target) {
      record.dropped.push_back(
          TamperedRecord(entry.digest.str() + " was found for another image"));
    } else {
      record.artifacts.push_back(*std::move(artifact));
    }
  }
  return record;
}

std::string WriteTargetRecord(const std::vector<ArtifactRecord>& artifacts) {
  Json::Array entries;
  for (const ArtifactRecord& artifact : artifacts) {
    entries.push_back(WriteArtifactRecord(artifact, ""));
  }
  return WriteIndex(std::move(entries));
}

}  // namespace assay
