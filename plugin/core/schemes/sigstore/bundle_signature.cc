#include "core/schemes/sigstore/bundle_signature.h"

#include "base/bytes.h"
#include "core/schemes/sigstore/bundle.h"
#include "core/schemes/sigstore/statement.h"

namespace assay {
namespace {

constexpr std::string_view kInTotoType = "application/vnd.in-toto+json";

// Cosign's hint is the base64 of the key's fingerprint. It only words the
// refusal: every key of the signer is tried whatever the hint says.
Error NoKey(const Keyring& keyring, const std::string& hint) {
  const auto bytes = Base64Decode(hint);
  if (!bytes) return Fail(Reason::kSignatureInvalid);
  const auto named = Digest::Parse("sha256:" + HexEncode(*bytes));
  if (!named || keyring.Find(*named) != nullptr) {
    return Fail(Reason::kSignatureInvalid);
  }
  return Fail(Reason::kSignatureForeignKey, "it names " + named->str());
}

// The digest that a subject names and whose annotations satisfy the policy;
// digest and annotations must be of one subject.
Result<Digest> JudgeSubjects(const SigstoreKeyPolicy& policy,
                             const SigningTarget& target,
                             const Statement& statement) {
  Error closest = Fail(Reason::kSignatureOtherImage,
                       "no subject of the statement is this image");
  for (const auto& subject : statement.subjects) {
    for (const auto& digest : target.digests) {
      if (!subject.Names(digest)) continue;
      const auto annotations = policy.JudgeAnnotations(subject.annotations);
      if (annotations) return digest;
      closest = annotations.error();
    }
  }
  return closest;
}

}  // namespace

Result<KeyMatch> VerifyKeyBundle(const SigstoreKeyPolicy& policy,
                                 const SigningTarget& target,
                                 std::string_view bundle) {
  const auto read = KeyBundle::Parse(bundle);
  if (!read) return read.error();
  if (read->payload_type != kInTotoType) {
    return Fail(Reason::kPayloadType, "'" + read->payload_type + "'");
  }
  const std::string signed_bytes = read->SignedBytes();
  const auto* key =
      policy.keyring.FindSigner(SignedMessage(signed_bytes), read->signature);
  if (key == nullptr) return NoKey(policy.keyring, read->hint);

  const auto statement = Statement::Parse(read->payload);
  if (!statement) return statement.error();
  if (statement->predicate_type != kSignPredicateType) {
    return Fail(Reason::kPredicateType, "'" + statement->predicate_type + "'");
  }
  const auto digest = JudgeSubjects(policy, target, *statement);
  if (!digest) return digest.error();
  const auto time = policy.keyring.JudgeTime(target.now);
  if (!time) return time.error();
  return KeyMatch{key, *digest};
}

}  // namespace assay
