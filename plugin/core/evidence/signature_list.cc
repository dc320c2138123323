#include "core/evidence/signature_list.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr std::int64_t kSchemaVersion = 2;
constexpr std::size_t kNameBytes = 512;

Error NoSuchList(std::string detail) {
  return Fail(Reason::kRegistryProtocol,
              "a list of signatures: " + std::move(detail));
}

bool IsNameOf(std::string_view name, const Digest& image) {
  const std::string start = image.str() + "@";
  return name.size() > start.size() && name.size() <= kNameBytes &&
         name.starts_with(start) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return c > ' ' && c < '\x7f'; });
}

// nullopt for what another kind of reader may want.
Result<std::optional<SignatureList::Entry>> ReadEntry(const Json& json,
                                                      const Digest& image) {
  using Found = std::optional<SignatureList::Entry>;
  const std::int64_t* version = json.FindInt("schemaVersion");
  const std::string* type = json.FindString("type");
  if (version == nullptr || type == nullptr) {
    return NoSuchList("an entry without version or type");
  }
  if (*version != kSchemaVersion || *type != "atomic") return Found();
  const std::string* name = json.FindString("name");
  if (name == nullptr || !IsNameOf(*name, image)) {
    return NoSuchList("'" + Printable(name == nullptr ? "" : *name) +
                      "' names no signature of " + image.str());
  }
  const std::string* content = json.FindString("content");
  auto bytes = content == nullptr ? std::nullopt : Base64Decode(*content);
  if (!bytes || bytes->empty()) return NoSuchList(*name + " has no content");
  if (bytes->size() > limits::kOpenpgpMessageBytes) {
    return Fail(Reason::kEvidenceTooLarge, *name);
  }
  return Found({*name, *std::move(bytes)});
}

}  // namespace

Result<SignatureList> SignatureList::Parse(std::string_view json,
                                           const Digest& image) {
  if (json.size() > limits::kIndexBytes) {
    return Fail(Reason::kEvidenceTooLarge, "a list of signatures");
  }
  const auto document = Json::Parse(json, limits::kIndexBytes);
  if (!document) return NoSuchList(document.error().detail);
  const Json* member = document->Find("signatures");
  if (member == nullptr) return NoSuchList("none");
  SignatureList list;
  if (member->IsNull()) return list;
  const Json::Array* signatures = member->AsArray();
  if (signatures == nullptr) return NoSuchList("no array");
  std::set<std::string> names;
  for (const Json& one : *signatures) {
    auto entry = ReadEntry(one, image);
    if (entry && !*entry) continue;
    if (list.entries.size() + list.failures.size() ==
        limits::kLookasideSignatures) {
      list.failures.push_back(
          Fail(Reason::kEvidenceTooMany, "signatures of " + image.str()));
      break;
    }
    if (!entry) {
      list.failures.push_back(entry.error());
    } else if (!names.insert((*entry)->name).second) {
      list.failures.push_back(NoSuchList((*entry)->name + " is there twice"));
    } else {
      list.entries.push_back(**std::move(entry));
    }
  }
  return list;
}

}  // namespace assay
