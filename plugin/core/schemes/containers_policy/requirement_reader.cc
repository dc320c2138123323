#include "core/schemes/containers_policy/requirement_reader.h"

#include <array>
#include <utility>

#include "base/bytes.h"
#include "core/schemes/imported_json.h"

namespace assay {
namespace {

using imported::At;
using imported::Bad;
using imported::CheckObject;
using imported::ReadText;
using imported::ReadTexts;
using imported::ReadWord;
using imported::Words;

// containers/image reads other paths from wherever it was started.
Result<PolicyMaterial> PathMaterial(const std::string& path,
                                    const std::string& place) {
  if (path.starts_with('/')) return PolicyMaterial{path, {}};
  return Bad(place, "'" + Printable(path) + "' must be an absolute path");
}

Result<PolicyMaterial> DataMaterial(const std::string& text,
                                    const std::string& place) {
  auto bytes = Base64Decode(text);
  if (!bytes || bytes->empty()) return Bad(place, "it must be base64");
  return PolicyMaterial{{}, *std::move(bytes)};
}

using MakeMaterial = Result<PolicyMaterial> (*)(const std::string& text,
                                                const std::string& place);

struct Form {
  std::string name;
  bool many;
  MakeMaterial make;
};

// "keyPath", "keyPaths", "keyData" and "keyDatas", for "key".
std::vector<Form> FormsOf(const std::string& what) {
  return {{what + "Path", false, PathMaterial},
          {what + "Paths", true, PathMaterial},
          {what + "Data", false, DataMaterial},
          {what + "Datas", true, DataMaterial}};
}

Result<std::vector<PolicyMaterial>> ReadForm(const Json& json,
                                             const std::string& place,
                                             const Form& form) {
  std::vector<std::string> texts;
  if (form.many) {
    auto read = ReadTexts(json, place, form.name);
    if (!read) return read.error();
    texts = *std::move(read);
    if (texts.empty()) return Bad(At(place, form.name), "it names nothing");
  } else {
    auto read = ReadText(json, place, form.name);
    if (!read) return read.error();
    texts.push_back(*std::move(read));
  }
  std::vector<PolicyMaterial> all;
  for (const std::string& text : texts) {
    auto one = form.make(text, At(place, form.name));
    if (!one) return one.error();
    all.push_back(*std::move(one));
  }
  return all;
}

// In the one form that the object has; none where it has none.
Result<std::vector<PolicyMaterial>> ReadMaterials(const Json& json,
                                                  const std::string& place,
                                                  const std::string& what) {
  const Form* found = nullptr;
  const auto forms = FormsOf(what);
  for (const Form& form : forms) {
    if (json.Find(form.name) == nullptr) continue;
    if (found != nullptr) {
      return Bad(place, "'" + found->name + "' and '" + form.name +
                            "' exclude each other");
    }
    found = &form;
  }
  if (found == nullptr) return std::vector<PolicyMaterial>();
  return ReadForm(json, place, *found);
}

// Exactly one, in either form.
Result<PolicyMaterial> ReadMaterial(const Json& json, const std::string& place,
                                    const std::string& what) {
  auto all = ReadMaterials(json, place, what);
  if (!all) return all.error();
  if (all->size() == 1) return std::move(all->front());
  return Bad(place, "'" + what + "Path' or '" + what + "Data' is missing");
}

Result<IdentityMatch> ReadRemap(const Json& json, const std::string& place) {
  const auto prefix = ReadText(json, place, "prefix");
  if (!prefix) return prefix.error();
  const auto other = ReadText(json, place, "signedPrefix");
  if (!other) return other.error();
  return IdentityMatch::RemapIdentity(*prefix, *other);
}

struct MatchType {
  std::string_view name;
  std::string_view member;  // besides the type; "" for none
  Result<IdentityMatch> (*make)(std::string_view text);
};

constexpr auto kMatchTypes = std::to_array<MatchType>({
    {"matchExact", "",
     [](std::string_view) -> Result<IdentityMatch> {
       return IdentityMatch::MatchExact();
     }},
    {"matchRepoDigestOrExact", "",
     [](std::string_view) -> Result<IdentityMatch> { return IdentityMatch(); }},
    {"matchRepository", "",
     [](std::string_view) -> Result<IdentityMatch> {
       return IdentityMatch::MatchRepository();
     }},
    {"exactReference", "dockerReference", IdentityMatch::ExactReference},
    {"exactRepository", "dockerRepository", IdentityMatch::ExactRepository},
});
constexpr std::string_view kRemapIdentity = "remapIdentity";

Words MatchNames() {
  Words names = {std::string(kRemapIdentity)};
  for (const MatchType& type : kMatchTypes) names.emplace(type.name);
  return names;
}

Result<IdentityMatch> MakeMatch(const Json& json, const std::string& place,
                                const std::string& name) {
  if (name == kRemapIdentity) {
    const auto known =
        CheckObject(json, place, {"type", "prefix", "signedPrefix"});
    return known ? ReadRemap(json, place) : known.error();
  }
  for (const MatchType& type : kMatchTypes) {
    if (type.name != name) continue;
    Words members = {"type"};
    if (!type.member.empty()) members.emplace(type.member);
    const auto known = CheckObject(json, place, members);
    if (!known) return known.error();
    if (type.member.empty()) return type.make({});
    const auto text = ReadText(json, place, type.member);
    return text ? type.make(*text) : text.error();
  }
  return Bad(place, "'" + name + "' is not known");
}

// Absent is what containers/image then takes.
Result<IdentityMatch> ReadIdentity(const Json& json, const std::string& outer,
                                   std::string_view key) {
  const auto* value = json.Find(key);
  if (value == nullptr) return IdentityMatch();
  const std::string place = At(outer, key);
  if (value->AsObject() == nullptr) return Bad(place, "it must be an object");
  const auto name = ReadWord(*value, place, "type", MatchNames());
  if (!name) return name.error();
  auto match = MakeMatch(*value, place, *name);
  if (match || match.error().reason == Reason::kPolicyMalformed) return match;
  return Bad(place, match.error().detail);
}

Result<PolicyRequirement> ReadSignedBy(const Json& json,
                                       const std::string& place) {
  constexpr auto kOpenpgp = "GPGKeys";
  const auto known = CheckObject(
      json, place,
      {"type", "keyType", "keyPath", "keyPaths", "keyData", "signedIdentity"});
  if (!known) return known.error();
  const auto type = ReadWord(
      json, place, "keyType",
      {kOpenpgp, "signedByGPGKeys", "X509Certificates", "signedByX509CAs"});
  if (!type) return type.error();
  auto keyrings = ReadMaterials(json, place, "key");
  if (!keyrings) return keyrings.error();
  if (keyrings->empty()) return Bad(place, "it names no keys");
  auto identity = ReadIdentity(json, place, "signedIdentity");
  if (!identity) return identity.error();
  if (*type != kOpenpgp) {
    return PolicyRequirement(
        RejectsAll{"keys of type '" + *type + "' sign nothing"});
  }
  return PolicyRequirement(
      SignedBy{*std::move(keyrings), *std::move(identity)});
}

Result<FulcioAuthority> ReadFulcio(const Json& json, const std::string& place) {
  const auto known = CheckObject(
      json, place, {"caPath", "caData", "oidcIssuer", "subjectEmail"});
  if (!known) return known.error();
  auto authorities = ReadMaterial(json, place, "ca");
  if (!authorities) return authorities.error();
  auto issuer = ReadText(json, place, "oidcIssuer");
  if (!issuer) return issuer.error();
  auto email = ReadText(json, place, "subjectEmail");
  if (!email) return email.error();
  return FulcioAuthority{*std::move(authorities), *std::move(issuer),
                         *std::move(email)};
}

// "" where it is absent.
Result<std::string> ReadOptional(const Json& json, const std::string& place,
                                 std::string_view key) {
  if (json.Find(key) == nullptr) return std::string();
  return ReadText(json, place, key);
}

Result<PkiAuthority> ReadPki(const Json& json, const std::string& place) {
  const auto known =
      CheckObject(json, place,
                  {"caRootsPath", "caRootsData", "caIntermediatesPath",
                   "caIntermediatesData", "subjectEmail", "subjectHostname"});
  if (!known) return known.error();
  auto roots = ReadMaterial(json, place, "caRoots");
  if (!roots) return roots.error();
  auto intermediates = ReadMaterials(json, place, "caIntermediates");
  if (!intermediates) return intermediates.error();
  auto email = ReadOptional(json, place, "subjectEmail");
  if (!email) return email.error();
  auto host = ReadOptional(json, place, "subjectHostname");
  if (!host) return host.error();
  if (email->empty() && host->empty()) {
    return Bad(place, "'subjectEmail' or 'subjectHostname' is missing");
  }
  PkiAuthority pki{*std::move(roots), {}, *std::move(email), *std::move(host)};
  if (!intermediates->empty()) pki.intermediates = intermediates->front();
  return pki;
}

// Exactly one of the ways to say who signed.
Status ReadSigner(const Json& json, const std::string& place,
                  SigstoreSigned& read) {
  auto keys = ReadMaterials(json, place, "key");
  if (!keys) return keys.error();
  const auto* fulcio = json.Find("fulcio");
  const auto* pki = json.Find("pki");
  const int ways = (keys->empty() ? 0 : 1) + (fulcio != nullptr ? 1 : 0) +
                   (pki != nullptr ? 1 : 0);
  if (ways != 1) {
    return Bad(place, "it must name either keys or 'fulcio' or 'pki'");
  }
  if (fulcio != nullptr) {
    auto authority = ReadFulcio(*fulcio, At(place, "fulcio"));
    if (!authority) return authority.error();
    read.by = *std::move(authority);
  } else if (pki != nullptr) {
    auto authority = ReadPki(*pki, At(place, "pki"));
    if (!authority) return authority.error();
    read.by = *std::move(authority);
  } else {
    read.by = *std::move(keys);
  }
  return Ok();
}

Result<PolicyRequirement> ReadSigstoreSigned(const Json& json,
                                             const std::string& place) {
  Words members = {"type", "fulcio", "pki", "signedIdentity"};
  for (const auto* what : {"key", "rekorPublicKey"}) {
    for (const Form& form : FormsOf(what)) members.insert(form.name);
  }
  const auto known = CheckObject(json, place, members);
  if (!known) return known.error();
  SigstoreSigned read;
  const auto signer = ReadSigner(json, place, read);
  if (!signer) return signer.error();
  auto logs = ReadMaterials(json, place, "rekorPublicKey");
  if (!logs) return logs.error();
  read.logs = *std::move(logs);
  if (std::holds_alternative<FulcioAuthority>(read.by) && read.logs.empty()) {
    return Bad(place, "'fulcio' needs a key of Rekor");
  }
  if (std::holds_alternative<PkiAuthority>(read.by) && !read.logs.empty()) {
    return Bad(place, "'pki' and a key of Rekor exclude each other");
  }
  auto identity = ReadIdentity(json, place, "signedIdentity");
  if (!identity) return identity.error();
  read.identity = *std::move(identity);
  return PolicyRequirement(std::move(read));
}

Result<PolicyRequirement> ReadBaseLayer(const Json& json,
                                        const std::string& place) {
  const auto known = CheckObject(json, place, {"type", "baseLayerIdentity"});
  if (!known) return known.error();
  if (json.Find("baseLayerIdentity") == nullptr) {
    return Bad(At(place, "baseLayerIdentity"), "it is missing");
  }
  const auto identity = ReadIdentity(json, place, "baseLayerIdentity");
  if (!identity) return identity.error();
  return PolicyRequirement(RejectsAll{"signedBaseLayer is never fulfilled"});
}

template <typename T>
Result<PolicyRequirement> ReadBare(const Json& json, const std::string& place,
                                   T value) {
  const auto known = CheckObject(json, place, {"type"});
  if (!known) return known.error();
  return PolicyRequirement(std::move(value));
}

}  // namespace

Result<PolicyRequirement> ReadPolicyRequirement(const Json& json,
                                                const std::string& place) {
  if (json.AsObject() == nullptr) return Bad(place, "it must be an object");
  const auto type = ReadWord(json, place, "type",
                             {"insecureAcceptAnything", "reject", "signedBy",
                              "signedBaseLayer", "sigstoreSigned"});
  if (!type) return type.error();
  if (*type == "signedBy") return ReadSignedBy(json, place);
  if (*type == "sigstoreSigned") return ReadSigstoreSigned(json, place);
  if (*type == "signedBaseLayer") return ReadBaseLayer(json, place);
  if (*type == "reject") return ReadBare(json, place, RejectsAll{"reject"});
  return ReadBare(json, place, AcceptsAnything{});
}

}  // namespace assay
