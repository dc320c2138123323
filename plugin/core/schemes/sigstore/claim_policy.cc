#include "core/schemes/sigstore/claim_policy.h"

#include <algorithm>

#include "core/schemes/simple_signing/payload.h"

namespace assay {
namespace {

using Annotations = std::map<std::string, std::string>;

Status JudgeAnnotations(const Annotations& wanted, const Annotations& found) {
  for (const auto& [key, value] : wanted) {
    const auto present = found.find(key);
    if (present == found.end()) {
      return Fail(Reason::kSignatureAnnotation, key + " is absent");
    }
    if (present->second != value) {
      return Fail(Reason::kSignatureAnnotation,
                  key + " is '" + present->second + "', not '" + value + "'");
    }
  }
  return Ok();
}

Result<Claim> JudgePayload(const ClaimPolicy& policy,
                           const SigningTarget& target,
                           const std::string& payload) {
  const auto read = SimpleSigning::Parse(payload, SimpleSigningType::kCosign);
  if (!read) return read.error();
  const auto& digests = target.digests;
  if (std::find(digests.begin(), digests.end(), read->manifest) ==
      digests.end()) {
    return Fail(Reason::kSignatureOtherImage,
                "signed is " + read->manifest.str());
  }
  if (policy.identity) {
    const auto named =
        policy.identity->Judge(target.name, read->docker_reference);
    if (!named) return named.error();
  }
  const auto annotations =
      JudgeAnnotations(policy.annotations, read->annotations);
  if (!annotations) return annotations.error();
  return Claim{read->manifest, std::nullopt};
}

// What a statement of this type is to the target: a signature, an attestation,
// or nothing.
Status CheckType(const std::string& type, const SigningTarget& target) {
  const bool wanted = type == kSignPredicateType
                          ? target.signatures
                          : target.predicate_types.contains(type);
  return wanted ? Ok() : Fail(Reason::kPredicateType, "'" + type + "'");
}

// The digest that a subject names and whose annotations satisfy the policy;
// digest and annotations must be of one subject.
Result<Digest> FindSubject(const ClaimPolicy& policy,
                           const SigningTarget& target,
                           const Statement& statement) {
  Error closest = Fail(Reason::kSignatureOtherImage,
                       "no subject of the statement is this image");
  for (const auto& subject : statement.subjects) {
    for (const auto& digest : target.digests) {
      if (!subject.Names(digest)) continue;
      const auto annotations =
          JudgeAnnotations(policy.annotations, subject.annotations);
      if (annotations) return digest;
      closest = annotations.error();
    }
  }
  return closest;
}

Result<Claim> JudgeStatement(const ClaimPolicy& policy,
                             const SigningTarget& target,
                             const std::string& payload) {
  auto statement = Statement::Parse(payload);
  if (!statement) return statement.error();
  const auto type = CheckType(statement->predicate_type, target);
  if (!type) return type.error();
  auto digest = FindSubject(policy, target, *statement);
  if (!digest) return digest.error();
  Claim claim{*std::move(digest), std::nullopt};
  if (statement->predicate_type != kSignPredicateType) {
    claim.statement = *std::move(statement);
  }
  return claim;
}

Annotations ReadAnnotations(TomlReader& table) {
  Annotations annotations;
  const auto* value = table.TableValue("annotations");
  if (value == nullptr) return annotations;
  for (const auto& [key, wanted] : *value->AsTable()) {
    if (const auto* text = wanted.AsString()) {
      annotations[key] = *text;
    } else {
      table.Complain("annotations", "annotation '" + key +
                                        "' must be a string, it is a " +
                                        std::string(wanted.KindName()));
    }
  }
  return annotations;
}

// Whether any name will do.
bool ReadAnyIdentity(TomlReader& table) {
  const auto text = table.String("identity");
  if (!text || *text == "repository") return false;
  if (*text == "any") return true;
  table.Complain("identity", "unknown identity '" + *text + "'",
                 NearMiss(*text, {"repository", "any"}));
  return false;
}

IdentityMatch ReadRepository(TomlReader& table) {
  const auto text = table.String("signed_repository");
  if (!text) return IdentityMatch::MatchRepository();
  const auto repository = Reference::Parse(*text);
  auto match = IdentityMatch::ExactRepository(*text);
  if (match && repository && repository->Repository() == *text) {
    return *std::move(match);
  }
  table.Complain("signed_repository",
                 "'" + *text + "' is no repository written as host/path");
  return IdentityMatch::MatchRepository();
}

}  // namespace

ClaimPolicy ClaimPolicy::Read(TomlReader& table) {
  ClaimPolicy policy{ReadAnnotations(table), ReadRepository(table)};
  if (!ReadAnyIdentity(table)) return policy;
  if (table.Value("signed_repository") != nullptr) {
    table.Complain("signed_repository",
                   "identity = \"any\" leaves it without meaning");
  }
  policy.identity.reset();
  return policy;
}

Result<Claim> ClaimPolicy::Judge(const SigningTarget& target,
                                 const Candidate& candidate) const {
  return candidate.envelope
             ? JudgeStatement(*this, target, candidate.envelope->payload)
             : JudgePayload(*this, target, candidate.signed_bytes);
}

std::string ClaimPolicy::Summary() const {
  std::string text;
  if (!identity) {
    text += ", signed for any repository";
  } else if (identity->kind() != IdentityMatch::Kind::kMatchRepository) {
    text += ", signed for " + identity->str();
  }
  for (const auto& [key, value] : annotations) {
    text += ", annotation " + key + "=" + value;
  }
  return text;
}

}  // namespace assay
