#include "core/schemes/sigstore/claim_policy.h"

#include <algorithm>

#include "core/schemes/sigstore/simple_signing.h"

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

Status JudgeRepository(const ClaimPolicy& policy, const Reference& name,
                       const std::string& docker_reference) {
  if (policy.identity == SignedIdentity::kAny) return Ok();
  const auto claimed = Reference::Parse(docker_reference);
  if (!claimed) {
    return Fail(Reason::kPayloadMalformed,
                "docker-reference '" + docker_reference + "'");
  }
  const auto wanted = policy.signed_repository.value_or(name).Repository();
  if (claimed->Repository() != wanted) {
    return Fail(Reason::kSignatureOtherRepository,
                "signed for " + claimed->Repository() + ", wanted " + wanted);
  }
  return Ok();
}

Result<Claim> JudgePayload(const ClaimPolicy& policy,
                           const SigningTarget& target,
                           const std::string& payload) {
  const auto read = SimpleSigning::Parse(payload);
  if (!read) return read.error();
  const auto& digests = target.digests;
  if (std::find(digests.begin(), digests.end(), read->manifest) ==
      digests.end()) {
    return Fail(Reason::kSignatureOtherImage,
                "signed is " + read->manifest.str());
  }
  const auto repository =
      JudgeRepository(policy, target.name, read->docker_reference);
  if (!repository) return repository.error();
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

SignedIdentity ReadIdentity(TomlReader& table) {
  const auto text = table.String("identity");
  if (!text || *text == "repository") return SignedIdentity::kRepository;
  if (*text == "any") return SignedIdentity::kAny;
  table.Complain("identity", "unknown identity '" + *text + "'",
                 NearMiss(*text, {"repository", "any"}));
  return SignedIdentity::kRepository;
}

std::optional<Reference> ReadRepository(TomlReader& table) {
  const auto text = table.String("signed_repository");
  if (!text) return std::nullopt;
  auto repository = Reference::Parse(*text);
  if (!repository || repository->Repository() != *text) {
    table.Complain("signed_repository",
                   "'" + *text + "' is no repository written as host/path");
    return std::nullopt;
  }
  return *std::move(repository);
}

}  // namespace

ClaimPolicy ClaimPolicy::Read(TomlReader& table) {
  ClaimPolicy policy{ReadAnnotations(table), ReadIdentity(table),
                     ReadRepository(table)};
  if (policy.identity == SignedIdentity::kAny && policy.signed_repository) {
    table.Complain("signed_repository",
                   "identity = \"any\" leaves it without meaning");
  }
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
  if (signed_repository) {
    text += ", signed for " + signed_repository->Repository();
  }
  if (identity == SignedIdentity::kAny) text += ", signed for any repository";
  for (const auto& [key, value] : annotations) {
    text += ", annotation " + key + "=" + value;
  }
  return text;
}

}  // namespace assay
