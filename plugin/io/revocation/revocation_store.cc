#include "io/revocation/revocation_store.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::string_view kEnding = ".json";
// A list in base64, and what describes it.
constexpr std::size_t kMostBytes =
    limits::kRevocationListBytes / 3 * 4 + (256U << 10);

Error Malformed(std::string_view what) {
  return Fail(Reason::kRevocationMalformed, "kept: " + std::string(what));
}

Result<Certificate> CertificateIn(const Json& record, std::string_view key) {
  const auto* text = record.FindString(key);
  const auto der = text == nullptr ? std::nullopt : Base64Decode(*text);
  if (!der) return Malformed(key);
  return Certificate::ParseDer(*der);
}

Result<RevocationPlace> PlaceIn(const Json& record) {
  const auto* url = record.FindString("url");
  if (url == nullptr) return Malformed("url");
  auto issuer = CertificateIn(record, "issuer");
  if (!issuer) return issuer.error();
  RevocationPlace place{*url, *std::move(issuer), {}};
  if (record.Find("about") != nullptr) {
    auto about = CertificateIn(record, "about");
    if (!about) return about.error();
    place.about = *std::move(about);
  }
  return place;
}

}  // namespace

std::string RevocationStore::NameOf(const RevocationPlace& place) {
  std::string text = Digest::Of(place.issuer.der()).hex() + " ";
  if (place.about) text += Digest::Of(place.about->der()).hex();
  return Digest::Of(text + " " + place.url).hex();
}

std::string RevocationStore::PathOf(const std::string& name) const {
  return folder_ + "/" + name + std::string(kEnding);
}

std::vector<std::string> RevocationStore::Names() const {
  auto files = ListFolder(folder_);
  if (!files) return {};
  std::vector<std::string> names;
  for (std::string& file : *files) {
    // The file of a write that never ended has another ending.
    if (!file.ends_with(kEnding)) continue;
    file.resize(file.size() - kEnding.size());
    names.push_back(std::move(file));
  }
  return names;
}

std::optional<FileIdentity> RevocationStore::IdentityOf(
    const std::string& name) const {
  const auto opened = OpenBlob(PathOf(name));
  if (!opened) return std::nullopt;
  return opened->identity;
}

Result<RevocationStore::Record> RevocationStore::Read(
    const std::string& name) const {
  const auto text = ReadFile(PathOf(name), kMostBytes, FileTrust::kOwnerOrRoot);
  if (!text) return text.error();
  const auto json = Json::Parse(*text, kMostBytes);
  if (!json) return Malformed(json.error().detail);
  const auto* version = json->FindInt("version");
  if (version == nullptr || *version != kVersion) return Malformed("version");
  auto place = PlaceIn(*json);
  if (!place) return place.error();
  if (NameOf(*place) != name) return Malformed("it is of another place");
  const auto* at = json->FindString("fetched_at");
  const auto fetched_at = at == nullptr ? std::nullopt : ParseRfc3339(*at);
  const auto* encoded = json->FindString("bytes");
  auto bytes = encoded == nullptr ? std::nullopt : Base64Decode(*encoded);
  if (!fetched_at || !bytes) return Malformed("fetched_at or bytes");
  return Record{*std::move(place), *fetched_at, *std::move(bytes)};
}

Status RevocationStore::Write(const Record& record) const {
  Json::Object json{
      {"version", Json(kVersion)},
      {"url", Json(record.place.url)},
      {"issuer", Json(Base64Encode(record.place.issuer.der()))},
      {"fetched_at", Json(Rfc3339(record.fetched_at))},
      {"bytes", Json(Base64Encode(record.bytes))},
  };
  if (record.place.about) {
    json.emplace("about", Json(Base64Encode(record.place.about->der())));
  }
  if (const Status made = MakeFolders(folder_, 0700); !made) return made;
  return WriteFileAtomically(PathOf(NameOf(record.place)),
                             Json(std::move(json)).Dump(), 0600,
                             Durability::kReplaceable);
}

void RevocationStore::Drop(const std::string& name) const {
  ::unlink(PathOf(name).c_str());
}

}  // namespace assay
