#include "io/wire/journal.h"

#include <unistd.h>

#include "base/bytes.h"
#include "base/json.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::size_t kJournalBytes = 16U << 20;

std::string Folder(const Paths& paths) {
  return paths.StateDir() + "/wire/containerd";
}

std::string File(const Paths& paths) { return Folder(paths) + "/journal.json"; }

Error Malformed(const Paths& paths) {
  return Fail(Reason::kConfigurationMalformed,
              File(paths) + " is not a journal of this version");
}

// The text stands in the journal itself (base64), so that one atomic write
// holds both.
Json AsJson(const JournalFile& file) {
  Json::Object object{{"path", Json(file.path)},
                      {"after", Json(file.after.str())}};
  if (file.before) object.emplace("before", Json(Base64Encode(*file.before)));
  return Json(std::move(object));
}

std::optional<JournalFile> AsFile(const Json& json) {
  const std::string* path = json.FindString("path");
  const std::string* after = json.FindString("after");
  if (path == nullptr || after == nullptr) return std::nullopt;
  auto digest = Digest::Parse(*after);
  if (!digest) return std::nullopt;
  JournalFile file{*path, std::nullopt, *digest};
  if (const std::string* before = json.FindString("before")) {
    file.before = Base64Decode(*before);
    if (!file.before) return std::nullopt;
  }
  return file;
}

std::optional<JournalLink> AsLink(const Json& json) {
  const std::string* path = json.FindString("path");
  const std::string* target = json.FindString("target");
  if (path == nullptr || target == nullptr) return std::nullopt;
  return JournalLink{*path, *target};
}

}  // namespace

Result<Journal> ReadJournal(const Paths& paths) {
  const auto text =
      ReadFile(File(paths), kJournalBytes, FileTrust::kOwnerOrRoot);
  if (!text && text.error().reason == Reason::kNotFound) return Journal{};
  if (!text) return text.error();
  const auto json = Json::Parse(*text);
  if (!json) return WithContext(json.error(), File(paths));
  const std::int64_t* version = json->FindInt("version");
  const Json::Array* files = json->FindArray("files");
  const Json::Array* links = json->FindArray("links");
  if (version == nullptr || *version != 1 || files == nullptr ||
      links == nullptr) {
    return Malformed(paths);
  }
  Journal journal;
  for (const Json& entry : *files) {
    auto file = AsFile(entry);
    if (!file) return Malformed(paths);
    journal.files.push_back(std::move(*file));
  }
  for (const Json& entry : *links) {
    auto link = AsLink(entry);
    if (!link) return Malformed(paths);
    journal.links.push_back(std::move(*link));
  }
  return journal;
}

Status WriteJournal(const Paths& paths, const Journal& journal) {
  if (journal.empty()) {
    ::unlink(File(paths).c_str());
    ::rmdir(Folder(paths).c_str());
    ::rmdir((paths.StateDir() + "/wire").c_str());
    return Ok();
  }
  Json::Array files;
  for (const auto& file : journal.files) files.push_back(AsJson(file));
  Json::Array links;
  for (const auto& link : journal.links) {
    links.push_back(Json(Json::Object{{"path", Json(link.path)},
                                      {"target", Json(link.target)}}));
  }
  const Json json(Json::Object{{"version", Json(std::int64_t{1})},
                               {"files", Json(std::move(files))},
                               {"links", Json(std::move(links))}});
  if (auto made = MakeFolders(Folder(paths), 0700); !made) return made;
  return WriteFileAtomically(File(paths), json.Dump() + "\n", 0600);
}

}  // namespace assay
