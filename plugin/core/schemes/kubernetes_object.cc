#include "core/schemes/kubernetes_object.h"

#include <map>

#include "base/bytes.h"
#include "base/json.h"

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

Result<std::vector<Object>> ReadAll(const Json& json) {
  const auto kind = KindOf(json);
  if (!kind) return kind.error();
  std::vector<Object> objects;
  if (*kind != "List") {
    auto one = ReadOne(json);
    if (!one) return one.error();
    objects.push_back(*std::move(one));
    return objects;
  }
  const auto* items = json.FindArray("items");
  if (items == nullptr || items->empty())
    return BadObject("a List without items");
  if (items->size() > kMostObjects) {
    return Fail(Reason::kTooLarge, "a List of too many objects");
  }
  for (const Json& item : *items) {
    auto one = ReadOne(item);
    if (!one) return one.error();
    objects.push_back(*std::move(one));
  }
  return objects;
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
                "a List of several objects; name one entry as "
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

Result<std::string> Decode(const Entry& entry, std::string_view name) {
  if (entry.form == Form::kText) return *entry.text;
  auto bytes = Base64Decode(*entry.text);
  if (bytes) return *std::move(bytes);
  return BadObject("the entry '" + std::string(name) + "' is no base64");
}

}  // namespace

bool IsKubernetesObject(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  return start != text.npos && text[start] == '{' &&
         text.find("\"apiVersion\"") != text.npos &&
         text.find("\"kind\"") != text.npos;
}

Result<std::vector<TrustFile>> ReadKubernetesObject(std::string_view text,
                                                    std::string_view path,
                                                    std::string_view item) {
  const auto json = Json::Parse(text);
  if (!json) return json.error();
  const auto objects = ReadAll(*json);
  if (!objects) return objects.error();
  const Wanted wanted(item);
  const auto object = Pick(*objects, wanted);
  if (!object) return object.error();
  std::vector<std::string> names;
  for (const auto& [name, entry] : (*object)->entries) names.push_back(name);
  const auto chosen = ChooseEntries(names, wanted.entry);
  if (!chosen) return chosen.error();
  std::vector<TrustFile> files;
  for (const std::string& name : *chosen) {
    auto bytes = Decode((*object)->entries.at(name), name);
    if (!bytes) return bytes.error();
    files.push_back({std::string(path) + "#" + name, *std::move(bytes)});
  }
  return WithoutPrivateKeys(std::move(files));
}

}  // namespace assay
