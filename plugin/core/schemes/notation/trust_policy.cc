#include "core/schemes/notation/trust_policy.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/json.h"
#include "base/limits.h"
#include "core/schemes/imported_json.h"
#include "core/subject/reference.h"

namespace assay {
namespace {

constexpr std::string_view kVersion = "1.0";
constexpr std::string_view kEverywhere = "*";
constexpr std::string_view kSubjectPrefix = "x509.subject";
constexpr std::string_view kSkip = "skip";

using imported::At;
using imported::Bad;
using imported::CheckObject;
using imported::Hint;
using imported::ReadText;
using imported::ReadTexts;
using imported::ReadWord;
using imported::Words;

struct Level {
  std::string_view name;
  LevelActions actions;
};

constexpr auto kEnforce = CheckAction::kEnforce;
constexpr auto kNote = CheckAction::kNote;

constexpr auto kLevels = std::to_array<Level>({
    {"strict", {kEnforce, kEnforce, kEnforce, RevocationRule::kStrict}},
    {"permissive", {kEnforce, kNote, kNote, RevocationRule::kNote}},
    {"audit", {kNote, kNote, kNote, RevocationRule::kNote}},
});

Words LevelNames() {
  Words names = {std::string(kSkip)};
  for (const Level& level : kLevels) names.emplace(level.name);
  return names;
}

// One member of `override`, already known to be one of a level's checks.
Status Override(const std::string& place, const std::string& check,
                const std::string& word, LevelActions& actions) {
  if (check == "revocation") {
    actions.revocation = word == "enforce" ? RevocationRule::kStrict
                         : word == "log"   ? RevocationRule::kNote
                                           : RevocationRule::kOff;
    return Ok();
  }
  if (word == kSkip) return Bad(place, "only revocation can be skipped");
  const auto action = word == "enforce" ? kEnforce : kNote;
  if (check == "authenticity") actions.authenticity = action;
  if (check == "authenticTimestamp") actions.times = action;
  if (check == "expiry") actions.expiry = action;
  return Ok();
}

Status ReadOverrides(const Json& json, const std::string& place,
                     TrustStatement& statement) {
  const Words checks = {"authenticity", "authenticTimestamp", "expiry",
                        "revocation"};
  if (json.Find("integrity") != nullptr) {
    return Bad(At(place, "integrity"), "it is always enforced");
  }
  auto status = CheckObject(json, place, checks);
  if (!status) return status.error();
  statement.overridden = !json.AsObject()->empty();
  for (const auto& [check, action] : *json.AsObject()) {
    const auto word =
        ReadWord(json, place, check, {"enforce", "log", std::string(kSkip)});
    if (!word) return word.error();
    status = Override(At(place, check), check, *word, statement.actions);
    if (!status) return status.error();
  }
  return Ok();
}

Status ReadVerification(const Json& json, const std::string& place,
                        TrustStatement& statement) {
  auto status =
      CheckObject(json, place, {"level", "override", "verifyTimestamp"});
  if (!status) return status.error();
  auto level = ReadWord(json, place, "level", LevelNames());
  if (!level) return level.error();
  statement.level = *std::move(level);
  statement.skips = statement.level == kSkip;
  const auto* row = std::find_if(
      kLevels.begin(), kLevels.end(),
      [&](const Level& one) { return one.name == statement.level; });
  if (row != kLevels.end()) statement.actions = row->actions;
  if (const auto* overrides = json.Find("override")) {
    status = ReadOverrides(*overrides, At(place, "override"), statement);
    if (!status) return status.error();
    if (statement.skips && statement.overridden) {
      return Bad(At(place, "override"), "nothing is left of the level 'skip'");
    }
  }
  if (json.Find("verifyTimestamp") == nullptr) return Ok();
  const auto when =
      ReadWord(json, place, "verifyTimestamp", {"always", "afterCertExpiry"});
  if (!when) return when.error();
  statement.always_stamped = *when == "always";
  return Ok();
}

// What names no image, or names it as no image is named here, would leave that
// image to another statement.
Status CheckScope(const std::string& place, const std::string& scope) {
  if (scope == kEverywhere) return Ok();
  const auto name = Reference::Parse(scope);
  if (!name || scope.find('/') == std::string::npos) {
    return Bad(place, "'" + scope + "' is no repository: write HOST/PATH");
  }
  if (name->Repository() == scope) return Ok();
  return Bad(place, "no image's repository is called '" + scope +
                        "' here; did you mean '" + name->Repository() + "'?");
}

Status ReadScopes(const Json& json, const std::string& place,
                  TrustStatement& statement) {
  constexpr std::string_view kKey = "registryScopes";
  auto scopes = ReadTexts(json, place, kKey);
  if (!scopes) return scopes.error();
  if (scopes->empty()) return Bad(At(place, kKey), "it names no repository");
  for (std::size_t i = 0; i < scopes->size(); ++i) {
    const auto good = CheckScope(At(At(place, kKey), i), (*scopes)[i]);
    if (!good) return good.error();
    if ((*scopes)[i] == kEverywhere && scopes->size() > 1) {
      return Bad(At(place, kKey), "'*' stands alone");
    }
  }
  if (statement.skips && scopes->front() == kEverywhere) {
    return Bad(At(place, kKey),
               "a statement that skips must name its repositories");
  }
  statement.scopes = *std::move(scopes);
  return Ok();
}

bool IsStoreName(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "_.-") == std::string_view::npos;
}

Result<StoreName> ReadStore(const std::string& place, const std::string& text) {
  constexpr auto kKinds =
      std::to_array({StoreKind::kAuthority, StoreKind::kSigningAuthority,
                     StoreKind::kTimestamping});
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    return Bad(place, "'" + text + "' is no KIND:NAME");
  }
  const std::string kind = text.substr(0, colon);
  Words known;
  for (const auto one : kKinds) {
    known.emplace(StoreKindName(one));
    if (StoreKindName(one) != kind) continue;
    std::string name = text.substr(colon + 1);
    if (IsStoreName(name)) return StoreName{one, std::move(name)};
    return Bad(place,
               "the name of a store may have letters, digits, '.', '_' and '-' "
               "only");
  }
  return Bad(place, "there is no kind '" + kind + "'" + Hint(kind, known));
}

Status ReadStores(const std::string& place,
                  const std::vector<std::string>& texts,
                  TrustStatement& statement) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto store = ReadStore(At(place, i), texts[i]);
    if (!store) return store.error();
    statement.stores.push_back(*std::move(store));
  }
  return Ok();
}

// Identities that only other plugins know are nobody's here, as they are for
// notation without a plugin.
Status AddIdentity(const std::string& place, const std::string& text,
                   TrustStatement& statement) {
  SignerIdentities& identities = statement.identities;
  if (text == kAnybody) {
    identities.anybody = true;
    return Ok();
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    return Bad(place, "'" + text + "' is no KIND:VALUE");
  }
  if (text.substr(0, colon) == kSubjectPrefix) {
    const auto added = identities.AddSubject(text.substr(colon + 1));
    return added ? added : WithContext(added.error(), place);
  }
  if (AwsProfile::Parse(text)) return identities.AddProfile(text);
  statement.unknown_identities.push_back(text);
  return Ok();
}

Status ReadIdentities(const std::string& place,
                      const std::vector<std::string>& texts,
                      TrustStatement& statement) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto added = AddIdentity(At(place, i), texts[i], statement);
    if (!added) return added.error();
  }
  if (statement.identities.anybody && texts.size() > 1) {
    return Bad(place, "'*' stands alone");
  }
  return Ok();
}

// Who is trusted: nobody, and exactly then, where nothing is verified.
Status ReadTrust(const Json& json, const std::string& place,
                 TrustStatement& statement) {
  const auto stores = ReadTexts(json, place, "trustStores");
  if (!stores) return stores.error();
  const auto identities = ReadTexts(json, place, "trustedIdentities");
  if (!identities) return identities.error();
  for (const auto& [key, texts] :
       {std::pair("trustStores", &*stores),
        std::pair("trustedIdentities", &*identities)}) {
    if (texts->empty() == statement.skips) continue;
    return Bad(At(place, key), statement.skips
                                   ? "a statement that skips trusts nobody"
                                   : "it must name at least one");
  }
  const auto read = ReadStores(At(place, "trustStores"), *stores, statement);
  if (!read) return read.error();
  return ReadIdentities(At(place, "trustedIdentities"), *identities, statement);
}

Result<TrustStatement> ReadStatement(const Json& json,
                                     const std::string& place) {
  TrustStatement statement;
  auto status = CheckObject(json, place,
                            {"name", "registryScopes", "signatureVerification",
                             "trustStores", "trustedIdentities"});
  if (!status) return status.error();
  auto name = ReadText(json, place, "name");
  if (!name) return name.error();
  statement.name = *std::move(name);
  constexpr std::string_view kKey = "signatureVerification";
  const auto* verification = json.Find(kKey);
  if (verification == nullptr) return Bad(At(place, kKey), "it is missing");
  status = ReadVerification(*verification, At(place, kKey), statement);
  if (status) status = ReadScopes(json, place, statement);
  if (status) status = ReadTrust(json, place, statement);
  if (!status) return status.error();
  return statement;
}

// That no two statements claim one name or one repository.
Status CheckApart(const std::vector<TrustStatement>& statements) {
  Words names;
  Words scopes;
  for (const TrustStatement& statement : statements) {
    if (!names.insert(statement.name).second) {
      return Bad("trustPolicies",
                 "two statements are called '" + statement.name + "'");
    }
    for (const std::string& scope : statement.scopes) {
      if (scopes.insert(scope).second) continue;
      return Bad("trustPolicies",
                 "the repository '" + scope + "' is named twice");
    }
  }
  return Ok();
}

Status CheckVersion(const Json& json) {
  const auto version = ReadText(json, "", "version");
  if (!version) return version.error();
  if (*version == kVersion) return Ok();
  return Fail(
      Reason::kPolicyUnsupported,
      "version: '" + *version + "' is not '" + std::string(kVersion) + "'");
}

}  // namespace

std::string_view StoreKindName(StoreKind kind) {
  switch (kind) {
    case StoreKind::kAuthority:
      return "ca";
    case StoreKind::kSigningAuthority:
      return "signingAuthority";
    case StoreKind::kTimestamping:
      return "tsa";
  }
  return "ca";
}

Result<TrustPolicy> TrustPolicy::Parse(std::string_view text) {
  const auto json = Json::Parse(text, limits::kPolicyFileBytes);
  if (!json) {
    const Error& error = json.error();
    return Bad(std::string(Describe(error.reason).sentence), error.detail);
  }
  auto status = CheckObject(*json, "", {"version", "trustPolicies"});
  if (status) status = CheckVersion(*json);
  if (!status) return status.error();
  const auto* statements = json->FindArray("trustPolicies");
  if (statements == nullptr || statements->empty()) {
    return Bad("trustPolicies", "it must be a list of at least one statement");
  }
  TrustPolicy policy;
  for (const Json& one : *statements) {
    auto statement =
        ReadStatement(one, At("trustPolicies", policy.statements_.size()));
    if (!statement) return statement.error();
    policy.statements_.push_back(*std::move(statement));
  }
  status = CheckApart(policy.statements_);
  if (!status) return status.error();
  return policy;
}

const TrustStatement* TrustPolicy::Find(std::string_view repository) const {
  const TrustStatement* fallback = nullptr;
  for (const TrustStatement& statement : statements_) {
    const auto& scopes = statement.scopes;
    if (std::find(scopes.begin(), scopes.end(), repository) != scopes.end()) {
      return &statement;
    }
    if (scopes.front() == kEverywhere) fallback = &statement;
  }
  return fallback;
}

}  // namespace assay
