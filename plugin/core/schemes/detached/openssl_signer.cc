#include "core/schemes/detached/openssl_signer.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/schemes/detached/binary_authorization.h"
#include "core/schemes/simple_signing/payload.h"

namespace assay {

// One signature as found, over the document `digest` names.
struct OpensslSigner::Candidate {
  const Digest& digest;
  const UntrustedBlob& blob;
  const std::string& where;
};

namespace {

bool IsAmong(const std::vector<Digest>& digests, const Digest& digest) {
  return std::find(digests.begin(), digests.end(), digest) != digests.end();
}

// Base64 in one line or wrapped as `openssl base64` wraps it.
std::optional<std::string> FromText(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '\n' && c != '\r') digits += c;
  }
  auto bytes = Base64Decode(digits);
  if (!bytes || bytes->empty()) return std::nullopt;
  return bytes;
}

Status CheckBlob(const UntrustedBlob& blob, DetachedFormat format) {
  const std::size_t most = format == DetachedFormat::kPlain
                               ? limits::kDetachedSignatureBytes
                               : limits::kSimpleSigningBytes;
  if (blob.bytes.size() > most) {
    return Fail(Reason::kTooLarge, "the signature");
  }
  if (static_cast<std::int64_t>(blob.bytes.size()) != blob.descriptor.size ||
      !blob.descriptor.digest.Matches(blob.bytes)) {
    return Fail(Reason::kEvidenceTampered, blob.descriptor.digest.str());
  }
  return Ok();
}

// Whether some key can only judge with the document's bytes.
bool NeedsBytes(const Keyring& keyring, const Digest& digest) {
  const auto& keys = keyring.keys();
  return std::any_of(keys.begin(), keys.end(), [&](const TrustedKey& key) {
    return key.key.kind() == KeyKind::kEd25519 ||
           std::any_of(key.algorithms.begin(), key.algorithms.end(),
                       [&](const SignatureAlgorithm& algorithm) {
                         return algorithm.hash != digest.algorithm();
                       });
  });
}

// The document's bytes where the resolver kept them; checked again, since a
// wrong document here would let a signature over it count for the image.
Result<std::optional<std::string_view>> BytesOf(const SigningTarget& target,
                                                const Digest& digest) {
  if (target.documents == nullptr) return std::optional<std::string_view>();
  const auto found = target.documents->find(digest);
  if (found == target.documents->end()) {
    return std::optional<std::string_view>();
  }
  if (!digest.Matches(found->second)) {
    return Fail(Reason::kManifestDigestMismatch, digest.str());
  }
  return std::optional<std::string_view>(found->second);
}

// Which key the artifact claims; words the refusal when that key is not ours.
Error NoKey(const Keyring& keyring, const Descriptor& layer) {
  const auto hint = layer.annotations.find(kDetachedKeyAnnotation);
  if (hint == layer.annotations.end()) return Fail(Reason::kSignatureInvalid);
  const auto named = Digest::Parse(hint->second);
  if (!named || keyring.Find(*named) != nullptr) {
    return Fail(Reason::kSignatureInvalid);
  }
  return Fail(Reason::kSignatureForeignKey, "it names " + named->str());
}

}  // namespace

EvidencePlaces OpensslSigner::Places() const {
  EvidencePlaces places;
  // Nobody keeps exported attestations in a registry.
  places.referrers = format_ == DetachedFormat::kPlain;
  if (!folder_.empty()) places.folders.insert(folder_);
  return places;
}

std::string OpensslSigner::Summary() const {
  std::string text = keyring_.Summary();
  if (format_ == DetachedFormat::kBinaryAuthorization) {
    text += ", attestations of Binary Authorization";
  }
  if (!folder_.empty()) text += ", folder " + folder_;
  return text;
}

Result<const TrustedKey*> OpensslSigner::FindKey(
    const SigningTarget& target, const Candidate& candidate) const {
  const auto blob = CheckBlob(candidate.blob, format_);
  if (!blob) return blob.error();
  if (format_ == DetachedFormat::kBinaryAuthorization) {
    return FindAttestor(candidate);
  }
  const auto bytes = BytesOf(target, candidate.digest);
  if (!bytes) return bytes.error();
  const SignedMessage message(candidate.digest, *bytes);
  const auto* key = keyring_.FindSigner(message, candidate.blob.bytes);
  if (key == nullptr) {
    const auto decoded = FromText(candidate.blob.bytes);
    if (decoded) key = keyring_.FindSigner(message, *decoded);
  }
  if (key != nullptr) return key;
  if (!*bytes && NeedsBytes(keyring_, candidate.digest)) {
    return Fail(
        Reason::kManifestMissing,
        "this signer's keys need the bytes of " + candidate.digest.str());
  }
  return keyring_.UnlessMissing(NoKey(keyring_, candidate.blob.descriptor));
}

// Of the attestations in one file any that holds will do: it may be a list of
// all that were exported.
Result<const TrustedKey*> OpensslSigner::FindAttestor(
    const Candidate& candidate) const {
  const auto attestations = ReadAttestations(candidate.blob.bytes);
  if (!attestations) return attestations.error();
  Error why = Fail(Reason::kSignatureInvalid, "no attestation is signed");
  for (const ExportedAttestation& one : *attestations) {
    const SignedMessage message(Digest::Of(one.payload), one.payload);
    for (const ExportedSignature& signature : one.signatures) {
      const auto* key = keyring_.FindSigner(message, signature.bytes);
      if (key == nullptr) {
        const bool foreign =
            signature.key && keyring_.Find(*signature.key) == nullptr;
        why = foreign ? keyring_.UnlessMissing(
                            Fail(Reason::kSignatureForeignKey,
                                 "it names " + signature.key->str()))
                      : keyring_.WhyUnverified(message);
        continue;
      }
      // The name in it is the attestor's business: Binary Authorization
      // compares the digest alone.
      const auto attested = SimpleSigning::Parse(
          one.payload, SimpleSigningType::kBinaryAuthorization);
      if (attested && attested->manifest == candidate.digest) return key;
      why = attested ? Fail(Reason::kSignatureOtherImage,
                            "attested is " + attested->manifest.str())
                     : attested.error();
    }
  }
  return why;
}

void OpensslSigner::Judge(const SigningTarget& target,
                          const Candidate& candidate,
                          Findings& findings) const {
  const auto key = FindKey(target, candidate);
  if (!key) {
    findings.failed.push_back({name(), candidate.where, key.error()});
    return;
  }
  const auto time = keyring_.JudgeTime(target.now);
  if (!time) {
    findings.failed.push_back({name(), candidate.where, time.error()});
    return;
  }
  findings.verified.push_back(Verified((*key)->identity, candidate.digest,
                                       candidate.where,
                                       keyring_.valid_until()));
}

void OpensslSigner::Verify(const SigningTarget& target,
                           std::span<const UntrustedArtifact> artifacts,
                           Findings& findings) const {
  std::size_t left = limits::kSignaturesTried;
  for (const auto& artifact : artifacts) {
    const bool file = artifact.origin == ArtifactOrigin::kDetachedFile;
    const bool referrer =
        format_ == DetachedFormat::kPlain &&
        artifact.origin == ArtifactOrigin::kReferrer && artifact.manifest &&
        artifact.manifest->artifact_type == kDetachedArtifactType;
    if (!target.Admits(artifact) || (!file && !referrer)) continue;
    const auto refuse = [&](Reason reason, std::string detail) {
      findings.failed.push_back(
          {name(), artifact.where, Fail(reason, std::move(detail))});
    };
    if (referrer && !artifact.manifest->subject) {
      refuse(Reason::kArtifactSubject, "it names no subject");
      continue;
    }
    const Digest& digest =
        referrer ? artifact.manifest->subject->digest : artifact.target;
    if (!IsAmong(target.digests, digest)) {
      refuse(Reason::kArtifactSubject, "it is for " + digest.str());
    } else if (artifact.blobs.empty()) {
      refuse(Reason::kEvidenceUnavailable, "it has no content");
    } else if (artifact.blobs.size() > limits::kSignatureLayers) {
      refuse(Reason::kEvidenceTooMany, "signatures in one artifact");
    } else if (artifact.blobs.size() > left) {
      refuse(Reason::kEvidenceTooMany, "signatures of an image");
      return;
    } else {
      left -= artifact.blobs.size();
      for (const auto& blob : artifact.blobs) {
        Judge(target, {digest, blob, artifact.where}, findings);
      }
    }
  }
}

}  // namespace assay
