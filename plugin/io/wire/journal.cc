#include "io/wire/journal.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/bytes.h"
#include "base/json.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::size_t kJournalBytes = 16U << 20;

std::string Folder(const Paths& paths, WiredRuntime runtime) {
  return paths.StateDir() + "/wire/" + std::string(RuntimeName(runtime));
}

Error Malformed(const std::string& file) {
  return Fail(Reason::kConfigurationMalformed,
              file + " is not a journal of this version");
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

Result<Journal> ReadJournal(const Paths& paths, WiredRuntime runtime) {
  const std::string path = Folder(paths, runtime) + "/journal.json";
  const auto text = ReadFile(path, kJournalBytes, FileTrust::kOwnerOrRoot);
  if (!text && text.error().reason == Reason::kNotFound) return Journal{};
  if (!text) return text.error();
  const auto json = Json::Parse(*text);
  if (!json) return WithContext(json.error(), path);
  const std::int64_t* version = json->FindInt("version");
  const Json::Array* files = json->FindArray("files");
  const Json::Array* links = json->FindArray("links");
  if (version == nullptr || *version != 1 || files == nullptr ||
      links == nullptr) {
    return Malformed(path);
  }
  Journal journal;
  for (const Json& entry : *files) {
    auto file = AsFile(entry);
    if (!file) return Malformed(path);
    journal.files.push_back(std::move(*file));
  }
  for (const Json& entry : *links) {
    auto link = AsLink(entry);
    if (!link) return Malformed(path);
    journal.links.push_back(std::move(*link));
  }
  if (const Json::Array* folders = json->FindArray("folders")) {
    for (const Json& folder : *folders) {
      const std::string* at = folder.AsString();
      if (at == nullptr) return Malformed(path);
      journal.folders.push_back(*at);
    }
  }
  return journal;
}

std::optional<Moment> JournalTime(const Paths& paths, WiredRuntime runtime) {
  struct stat info {};
  const std::string path = Folder(paths, runtime) + "/journal.json";
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return ModifiedAt(info);
}

Status WriteJournal(const Paths& paths, WiredRuntime runtime,
                    const Journal& journal) {
  const std::string folder = Folder(paths, runtime);
  const std::string path = folder + "/journal.json";
  if (journal.empty()) {
    ::unlink(path.c_str());
    ::rmdir(folder.c_str());
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
  Json::Array folders;
  for (const auto& made : journal.folders) folders.emplace_back(made);
  const Json json(Json::Object{{"version", Json(std::int64_t{1})},
                               {"files", Json(std::move(files))},
                               {"links", Json(std::move(links))},
                               {"folders", Json(std::move(folders))}});
  if (auto made = MakeFolders(folder, 0700); !made) return made;
  return WriteFileAtomically(path, json.Dump() + "\n", 0600);
}

bool HasLink(const Journal& journal, const std::string& path) {
  return std::any_of(journal.links.begin(), journal.links.end(),
                     [&](const auto& link) { return link.path == path; });
}

Result<bool> IsSharedLink(const Paths& paths, WiredRuntime but,
                          const std::string& path) {
  for (const WiredRuntime runtime : kWiredRuntimes) {
    if (runtime == but) continue;
    const auto journal = ReadJournal(paths, runtime);
    if (!journal) return journal.error();
    if (HasLink(*journal, path)) return true;
  }
  return false;
}

}  // namespace assay
