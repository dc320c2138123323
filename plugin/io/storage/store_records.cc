#include "io/storage/store_records.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"

namespace assay {
namespace {

Error MalformedRecord(std::string_view what) {
  return Fail(Reason::kJsonMalformed,
              "containers-storage: " + std::string(what));
}

// An absent member is an empty string; one of another kind is refused.
Result<std::string> TextOf(const Json& object, std::string_view key) {
  const Json* member = object.Find(key);
  if (member == nullptr || member->IsNull()) return std::string();
  const std::string* text = member->AsString();
  if (text == nullptr) return MalformedRecord(key);
  return *text;
}

// The same for an id.
Result<std::string> IdOf(const Json& object, std::string_view key) {
  auto text = TextOf(object, key);
  if (!text || text->empty() || IsStorageId(*text)) return text;
  return MalformedRecord(std::string(key) + " " + Printable(*text, 80));
}

Result<std::vector<std::string>> TextsOf(const Json& object,
                                         std::string_view key) {
  std::vector<std::string> texts;
  const Json* member = object.Find(key);
  if (member == nullptr || member->IsNull()) return texts;
  const Json::Array* array = member->AsArray();
  if (array == nullptr) return MalformedRecord(key);
  for (const Json& element : *array) {
    const std::string* text = element.AsString();
    if (text == nullptr) return MalformedRecord(key);
    texts.push_back(*text);
  }
  return texts;
}

Result<ContainerNotes> ReadNotes(const std::string& metadata) {
  ContainerNotes notes;
  if (metadata.empty()) return notes;
  const auto json = Json::Parse(metadata, limits::kRuntimeRecordBytes);
  if (!json) return json.error();
  struct Field {
    std::string_view key;
    std::string* text;
  };
  for (const Field& field :
       {Field{"image-name", &notes.image_name}, Field{"pod-id", &notes.pod_id},
        Field{"metadata-name", &notes.name},
        Field{"namespace", &notes.pod_namespace}}) {
    auto text = TextOf(*json, field.key);
    if (!text) return text.error();
    *field.text = *std::move(text);
  }
  const Json* pod = json->Find("pod");
  notes.is_sandbox = pod != nullptr && pod->AsBool() && *pod->AsBool();
  return notes;
}

Result<StorageContainer> ReadContainer(const Json& json) {
  auto image = IdOf(json, "image");
  if (!image) return image.error();
  auto layer = IdOf(json, "layer");
  if (!layer) return layer.error();
  auto metadata = TextOf(json, "metadata");
  if (!metadata) return metadata.error();
  auto notes = ReadNotes(*metadata);
  if (!notes) return notes.error();
  return StorageContainer{
      {}, *std::move(image), *std::move(layer), *std::move(notes)};
}

Result<StorageLayer> ReadLayerRecord(const Json& json) {
  auto parent = IdOf(json, "parent");
  if (!parent) return parent.error();
  auto digest = TextOf(json, "diff-digest");
  if (!digest) return digest.error();
  StorageLayer layer{*std::move(parent), std::nullopt};
  if (digest->empty()) return layer;
  auto parsed = Digest::Parse(*digest);
  if (!parsed) return parsed.error();
  layer.diff_digest = *std::move(parsed);
  return layer;
}

Result<StorageImage> ReadImage(const Json& json) {
  auto layer = IdOf(json, "layer");
  if (!layer) return layer.error();
  auto mapped = TextsOf(json, "mapped-layers");
  if (!mapped) return mapped.error();
  auto names = TextsOf(json, "names");
  if (!names) return names.error();
  auto keys = TextsOf(json, "big-data-names");
  if (!keys) return keys.error();
  return StorageImage{*std::move(layer), *std::move(mapped), *std::move(names),
                      *std::move(keys)};
}

// One file: an array of objects with an id each. Layers and images that were
// made in days of other ids are left out: nothing that needs them can be bound.
template <typename Record>
Result<std::map<std::string, Record, std::less<>>> ReadAll(
    std::string_view text, Result<Record> (*read)(const Json&)) {
  const auto json = Json::Parse(text, limits::kStorageFileBytes);
  if (!json) return json.error();
  std::map<std::string, Record, std::less<>> records;
  if (json->IsNull()) return records;
  const Json::Array* array = json->AsArray();
  if (array == nullptr) return MalformedRecord("not an array");
  for (const Json& entry : *array) {
    const std::string* id = entry.FindString("id");
    if (id == nullptr) return MalformedRecord("id");
    if (!IsStorageId(*id)) continue;
    auto record = read(entry);
    if (!record) return record.error();
    if (!records.emplace(*id, *std::move(record)).second) {
      return MalformedRecord("two records of " + *id);
    }
  }
  return records;
}

}  // namespace

Result<StorageContainers> ReadStorageContainers(std::string_view json) {
  auto containers = ReadAll<StorageContainer>(json, ReadContainer);
  if (!containers) return containers;
  for (auto& [id, container] : *containers) container.id = id;
  return containers;
}

Result<StorageLayers> ReadStorageLayers(std::string_view json) {
  return ReadAll<StorageLayer>(json, ReadLayerRecord);
}

Result<StorageImages> ReadStorageImages(std::string_view json) {
  return ReadAll<StorageImage>(json, ReadImage);
}

bool IsStorageId(std::string_view text) {
  constexpr std::size_t kHexDigits = 64;
  return text.size() == kHexDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string BigDataFile(std::string_view key) {
  const bool plain = std::all_of(key.begin(), key.end(), [](char c) {
    return c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
  });
  return plain ? std::string(key) : "=" + Base64Encode(key);
}

}  // namespace assay
