#include "core/schemes/kubernetes_object.h"

#include <algorithm>
#include <map>
#include <span>

#include "base/bytes.h"
#include "base/json.h"
#include "base/yaml.h"

namespace assay {
namespace {

constexpr std::size_t kMostObjects = 64;
constexpr std::size_t kMostEntries = 256;

// Of which member an entry is, and so how it is written.
enum class Form : std::uint8_t { kText = 1, kBase64 };

struct Entry {
  Form form;
  const std::string* text;
};

struct Object {
  std::string name;
  std::map<std::string, Entry, std::less<>> entries;
};

Error BadObject(std::string detail) {
  return Fail(Reason::kKeyMalformed, std::move(detail));
}

Status Collect(const Json& json, std::string_view member, Form form,
               Object& object) {
  const Json* found = json.Find(member);
  if (found == nullptr) return Ok();
  const auto* entries = found->AsObject();
  if (entries == nullptr)
    return BadObject(std::string(member) + " is no object");
  for (const auto& [name, value] : *entries) {
    const std::string shown = "the entry '" + Printable(name, 80) + "'";
    if (!IsVolumeEntry(name))
      return BadObject(shown + " has a name that none has");
    if (value.AsString() == nullptr) return BadObject(shown + " is no text");
    if (!object.entries.emplace(name, Entry{form, value.AsString()}).second) {
      return Fail(Reason::kJsonDuplicate, shown + " is there twice");
    }
  }
  if (object.entries.size() <= kMostEntries) return Ok();
  return Fail(Reason::kTooLarge, "an object has too many entries");
}

// What Kubernetes holds as text and as base64 in objects of this kind.
struct Members {
  std::string_view kind;
  std::string_view text;
  std::string_view base64;
};

Result<Members> MembersOf(const std::string& kind) {
  for (const Members& members : {Members{"Secret", "stringData", "data"},
                                 Members{"ConfigMap", "data", "binaryData"}}) {
    if (members.kind == kind) return members;
  }
  return BadObject("'" + Printable(kind, 80) +
                   "' is neither Secret nor ConfigMap");
}

Result<std::string> KindOf(const Json& json) {
  const std::string* kind = json.FindString("kind");
  const std::string* version = json.FindString("apiVersion");
  if (kind == nullptr || version == nullptr || *version != "v1") {
    return BadObject(
        "an object of Kubernetes has a kind and the apiVersion v1");
  }
  return *kind;
}

Result<Object> ReadOne(const Json& json) {
  const auto kind = KindOf(json);
  if (!kind) return kind.error();
  const auto members = MembersOf(*kind);
  if (!members) return members.error();
  Object object;
  if (const Json* metadata = json.Find("metadata")) {
    const std::string* name = metadata->FindString("name");
    if (name != nullptr) object.name = *name;
  }
  Status read = Collect(json, members->text, Form::kText, object);
  if (read) read = Collect(json, members->base64, Form::kBase64, object);
  if (!read) return read.error();
  return object;
}

// Adds an object, or those of a List.
Status AddAll(const Json& json, std::vector<Object>& objects) {
  const auto kind = KindOf(json);
  if (!kind) return kind.error();
  const Json::Array* items = nullptr;
  if (*kind == "List") {
    items = json.FindArray("items");
    if (items == nullptr || items->empty())
      return BadObject("a List without items");
  }
  const std::span<const Json> all = items == nullptr
                                        ? std::span<const Json>(&json, 1)
                                        : std::span<const Json>(*items);
  if (objects.size() + all.size() > kMostObjects) {
    return Fail(Reason::kTooLarge, "too many objects");
  }
  for (const Json& item : all) {
    auto one = ReadOne(item);
    if (!one) return one.error();
    objects.push_back(*std::move(one));
  }
  return Ok();
}

bool IsJson(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  return start != text.npos && text[start] == '{';
}

Result<std::vector<Json>> ParseDocuments(std::string_view text) {
  if (!IsJson(text)) return ParseYamlDocuments(text);
  auto json = Json::Parse(text);
  if (!json) return json.error();
  return std::vector<Json>{*std::move(json)};
}

// OBJECT/ENTRY, ENTRY or nothing; the views live as long as what was named.
struct Wanted {
  std::string_view object;
  std::string_view entry;

  explicit Wanted(std::string_view item) : entry(item) {
    const auto slash = item.find('/');
    if (slash == item.npos) return;
    object = item.substr(0, slash);
    entry = item.substr(slash + 1);
  }
  bool Means(const Object& one, bool alone) const {
    if (!object.empty() && object != one.name) return false;
    return alone || one.entries.find(entry) != one.entries.end();
  }
};

// Two namespaces may have an object of one name: which is meant is not guessed.
Result<const Object*> Pick(const std::vector<Object>& objects,
                           const Wanted& wanted) {
  if (objects.size() > 1 && wanted.entry.empty()) {
    return Fail(Reason::kPolicyKeyUnreadable,
                "several objects; name one entry as "
                "NAME#OBJECT/ENTRY");
  }
  const Object* found = nullptr;
  for (const Object& one : objects) {
    if (!wanted.Means(one, objects.size() == 1)) continue;
    if (found != nullptr) {
      return Fail(Reason::kPolicyKeyUnreadable,
                  "more than one object has the entry '" +
                      Printable(wanted.entry) + "'");
    }
    found = &one;
  }
  if (found != nullptr) return found;
  return Fail(Reason::kPolicyKeyUnreadable, "no object has what is asked for");
}

// The API server passes over line ends in base64, as whoever writes manifests
// by hand relies on.
Result<std::string> Decode(const Entry& entry, std::string_view name) {
  if (entry.form == Form::kText) return *entry.text;
  std::string digits = *entry.text;
  std::erase_if(digits, [](char c) { return c == '\n' || c == '\r'; });
  auto bytes = Base64Decode(digits);
  if (bytes) return *std::move(bytes);
  return BadObject("the entry '" + std::string(name) + "' is no base64");
}

Result<std::vector<TrustFile>> ReadEntries(const Object& object,
                                           std::string_view path,
                                           std::string_view item) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : object.entries) names.push_back(name);
  const auto chosen = ChooseEntries(names, item);
  if (!chosen) return chosen.error();
  std::vector<TrustFile> files;
  for (const std::string& name : *chosen) {
    auto bytes = Decode(object.entries.at(name), name);
    if (!bytes) return bytes.error();
    files.push_back({std::string(path) + "#" + name, *std::move(bytes)});
  }
  return WithoutPrivateKeys(std::move(files));
}

// Whether a line begins with a key of that name.
bool HasTopKey(std::string_view text, std::string_view key) {
  for (const char* quote : {"", "\"", "'"}) {
    const std::string begin = quote + std::string(key) + quote + ":";
    if (text.starts_with(begin) ||
        text.find("\n" + begin) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool IsKubernetesObject(std::string_view text) {
  if (!IsJson(text)) {
    return HasTopKey(text, "apiVersion") && HasTopKey(text, "kind");
  }
  return text.find("\"apiVersion\"") != text.npos &&
         text.find("\"kind\"") != text.npos;
}

Result<std::vector<TrustFile>> ReadKubernetesObject(std::string_view text,
                                                    std::string_view path,
                                                    std::string_view item) {
  const auto documents = ParseDocuments(text);
  if (!documents) return documents.error();
  std::vector<Object> objects;
  for (const Json& document : *documents) {
    const Status added = AddAll(document, objects);
    if (!added) return added.error();
  }
  const Wanted wanted(item);
  const auto object = Pick(objects, wanted);
  if (!object) return object.error();
  return ReadEntries(**object, path, wanted.entry);
}

Result<std::vector<TrustFile>> ReadKubernetesEntries(const Json& json,
                                                     std::string_view path,
                                                     std::string_view item) {
  const auto object = ReadOne(json);
  if (!object) return object.error();
  return ReadEntries(*object, path, item);
}

}  // namespace assay
