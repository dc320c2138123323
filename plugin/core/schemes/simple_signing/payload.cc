#include "core/schemes/simple_signing/payload.h"

#include <algorithm>
#include <initializer_list>

#include "base/json.h"
#include "base/limits.h"

namespace assay {
namespace {

// Another type is another statement, made by the same key or not.
bool IsTypeText(std::string_view text, SimpleSigningType type) {
  switch (type) {
    case SimpleSigningType::kCosign:
      return text == "cosign container image signature";
    case SimpleSigningType::kAtomic:
      return text == "atomic container signature";
    case SimpleSigningType::kBinaryAuthorization:
      // Both are in Google's documentation.
      return text == "Google cloud binauthz container signature" ||
             text == "Google Cloud BinAuthz container signature";
  }
  return false;
}

Error MalformedPayload(std::string detail) {
  return Fail(Reason::kPayloadMalformed, std::move(detail));
}

// The object at `key` with exactly these members.
Result<const Json*> Exactly(const Json* object, std::string_view name,
                            std::initializer_list<std::string_view> members) {
  const auto* fields = object == nullptr ? nullptr : object->AsObject();
  if (fields == nullptr)
    return MalformedPayload(std::string(name) + " is no object");
  const bool all = std::all_of(members.begin(), members.end(),
                               [&](auto key) { return fields->contains(key); });
  if (!all || fields->size() != members.size()) {
    return MalformedPayload(std::string(name) +
                            " has other members than the format's");
  }
  return object;
}

// What podman puts into `optional` has fixed kinds.
Status ReadOptional(const Json& optional, SimpleSigningType type,
                    std::map<std::string, std::string>& annotations) {
  if (optional.IsNull() && type == SimpleSigningType::kCosign) return Ok();
  const auto* members = optional.AsObject();
  if (members == nullptr) return MalformedPayload("optional is no object");
  for (const auto& [key, value] : *members) {
    if (key == "timestamp" && value.AsInt() == nullptr) {
      return MalformedPayload("optional.timestamp is no integer");
    }
    if (key == "creator" && value.AsString() == nullptr) {
      return MalformedPayload("optional.creator is no string");
    }
    if (const auto* text = value.AsString()) annotations[key] = *text;
  }
  return Ok();
}

}  // namespace

Result<SimpleSigning> SimpleSigning::Parse(std::string_view payload,
                                           SimpleSigningType wanted) {
  const auto json = Json::Parse(payload, limits::kSimpleSigningBytes);
  if (!json) return json.error();
  const bool has_optional = wanted != SimpleSigningType::kBinaryAuthorization;
  const auto top =
      has_optional ? Exactly(&*json, "the payload", {"critical", "optional"})
                   : Exactly(&*json, "the payload", {"critical"});
  if (!top) return top.error();
  const auto critical = Exactly(json->Find("critical"), "critical",
                                {"identity", "image", "type"});
  if (!critical) return critical.error();
  const auto identity = Exactly((*critical)->Find("identity"),
                                "critical.identity", {"docker-reference"});
  if (!identity) return identity.error();
  const auto image = Exactly((*critical)->Find("image"), "critical.image",
                             {"docker-manifest-digest"});
  if (!image) return image.error();

  const auto* type = (*critical)->FindString("type");
  if (type == nullptr) return MalformedPayload("critical.type is no string");
  if (!IsTypeText(*type, wanted)) {
    return Fail(Reason::kPayloadType, "critical.type is '" + *type + "'");
  }
  const auto* reference = (*identity)->FindString("docker-reference");
  const auto* text = (*image)->FindString("docker-manifest-digest");
  if (reference == nullptr || text == nullptr) {
    return MalformedPayload(
        "docker-reference or docker-manifest-digest is no string");
  }
  auto digest = Digest::Parse(*text);
  if (!digest) return digest.error();
  SimpleSigning read{*std::move(digest), *reference, {}};
  if (!has_optional) return read;
  const auto optional =
      ReadOptional(*json->Find("optional"), wanted, read.annotations);
  if (!optional) return optional.error();
  return read;
}

}  // namespace assay
