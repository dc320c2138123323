#include "io/kubernetes/cluster_wire.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/error_text.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr std::size_t kLongestVersion = 128;
constexpr std::int64_t kGoneStatus = 410;

Error BadAnswer(std::string detail) {
  return Fail(Reason::kKubernetesProtocol, std::move(detail));
}

Result<Json> ParseAnswer(std::string_view text) {
  auto json = Json::Parse(text, limits::kKubernetesObjectBytes);
  if (json) return json;
  return BadAnswer(ErrorText(json.error()));
}

// Opaque, but it goes into an address: letters, digits and what is harmless.
Result<std::string> ReadVersion(const Json& json) {
  const Json* metadata = json.Find("metadata");
  const auto* version =
      metadata == nullptr ? nullptr : metadata->FindString("resourceVersion");
  const bool plain =
      version != nullptr && !version->empty() &&
      version->size() <= kLongestVersion &&
      version->find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
          "._-") == version->npos;
  if (!plain) return BadAnswer("there is no resourceVersion");
  return *version;
}

Status CheckHead(const Json& json, std::string_view kind) {
  const auto* version = json.FindString("apiVersion");
  const auto* its_kind = json.FindString("kind");
  if (version != nullptr && *version == "v1" && its_kind != nullptr &&
      *its_kind == kind) {
    return Ok();
  }
  return BadAnswer("it is no " + std::string(kind) + " of the apiVersion v1");
}

Status CheckName(const Json& json, const ClusterObject& asked) {
  const Json* metadata = json.Find("metadata");
  const auto* name =
      metadata == nullptr ? nullptr : metadata->FindString("name");
  const auto* name_space =
      metadata == nullptr ? nullptr : metadata->FindString("namespace");
  if (name != nullptr && *name == asked.name && name_space != nullptr &&
      *name_space == asked.name_space) {
    return Ok();
  }
  return BadAnswer("it is about another object");
}

// Members of a list are of its kind without saying so.
Result<Json> ReadMember(const Json& item, const ClusterObject& asked) {
  const auto* members = item.AsObject();
  if (members == nullptr) return BadAnswer("a member of the list is no object");
  Json::Object object = *members;
  object.emplace("kind", Json(std::string(asked.KindName())));
  object.emplace("apiVersion", Json(std::string("v1")));
  Json whole(std::move(object));
  Status good = CheckHead(whole, asked.KindName());
  if (good) good = CheckName(whole, asked);
  if (!good) return good.error();
  return whole;
}

Result<ObjectEvent> ReadError(const Json& status) {
  const auto* code = status.FindInt("code");
  if (code != nullptr && *code == kGoneStatus) return ObjectEvent{};
  const auto* message = status.FindString("message");
  return Fail(Reason::kKubernetesUnreachable,
              message == nullptr ? "the watch failed" : Printable(*message));
}

}  // namespace

Result<ListedObject> ReadObjectList(std::string_view text,
                                    const ClusterObject& asked) {
  const auto json = ParseAnswer(text);
  if (!json) return json.error();
  const Status head = CheckHead(*json, std::string(asked.KindName()) + "List");
  if (!head) return head.error();
  auto version = ReadVersion(*json);
  if (!version) return version.error();
  const auto* next = json->Find("metadata")->FindString("continue");
  const Json* items = json->Find("items");
  const bool none = items == nullptr || items->IsNull();
  if (!none && items->AsArray() == nullptr) {
    return BadAnswer("the list has no items");
  }
  const std::size_t count = none ? 0 : items->AsArray()->size();
  if (count > 1 || (next != nullptr && !next->empty())) {
    return BadAnswer("there is more than the one object that was asked for");
  }
  ListedObject listed{*std::move(version), std::nullopt};
  if (count == 0) return listed;
  auto member = ReadMember(items->AsArray()->front(), asked);
  if (!member) return member.error();
  listed.object = *std::move(member);
  return listed;
}

Result<ObjectEvent> ReadObjectEvent(std::string_view line,
                                    const ClusterObject& asked) {
  auto json = ParseAnswer(line);
  if (!json) return json.error();
  const auto* type = json->FindString("type");
  const Json* object = json->Find("object");
  if (type == nullptr || object == nullptr) return BadAnswer("it is no event");
  if (*type == "ERROR") return ReadError(*object);
  const Status head = CheckHead(*object, asked.KindName());
  if (!head) return head.error();
  auto version = ReadVersion(*object);
  if (!version) return version.error();
  using Kind = ObjectEvent::Kind;
  if (*type == "BOOKMARK") {
    return ObjectEvent{Kind::kBookmark, *std::move(version), std::nullopt};
  }
  const Status name = CheckName(*object, asked);
  if (!name) return name.error();
  if (*type == "DELETED") {
    return ObjectEvent{Kind::kDeleted, *std::move(version), std::nullopt};
  }
  if (*type == "ADDED" || *type == "MODIFIED") {
    return ObjectEvent{Kind::kChanged, *std::move(version), *object};
  }
  return BadAnswer("an event of the type '" + Printable(*type, 80) + "'");
}

std::string ListPath(const ClusterObject& object) {
  return "/api/v1/namespaces/" + object.name_space + "/" +
         std::string(object.Plural()) + "?fieldSelector=metadata.name%3D" +
         object.name;
}

std::string WatchPath(const ClusterObject& object, std::string_view version,
                      std::int64_t seconds) {
  return ListPath(object) +
         "&watch=true&allowWatchBookmarks=true&resourceVersion=" +
         std::string(version) + "&timeoutSeconds=" + std::to_string(seconds);
}

}  // namespace assay
