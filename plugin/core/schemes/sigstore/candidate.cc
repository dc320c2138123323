#include "core/schemes/sigstore/candidate.h"

#include <algorithm>

#include "base/limits.h"
#include "core/schemes/sigstore/bundle.h"
#include "core/schemes/sigstore/legacy.h"

namespace assay {
namespace {

// In what form an artifact holds what it may hold.
enum class Form : std::uint8_t {
  kOther = 0,
  kLegacySignatures,
  kLegacyAttestations,
  kBundle,
};

bool IsOf(const ImageManifest& manifest, std::string_view type) {
  return manifest.artifact_type == type || manifest.config.media_type == type;
}

// The descriptor's artifactType is left aside: some writers of fallback tags
// put another one there.
Form FormOf(const UntrustedArtifact& artifact) {
  const auto& manifest = *artifact.manifest;
  if (artifact.origin == ArtifactOrigin::kCosignTag ||
      IsOf(manifest, kLegacyArtifactType)) {
    return Form::kLegacySignatures;
  }
  if (artifact.origin == ArtifactOrigin::kAttestationTag ||
      IsOf(manifest, kLegacyAttestationType)) {
    return Form::kLegacyAttestations;
  }
  const bool bundle =
      manifest.artifact_type.starts_with(kBundleTypePrefix) ||
      (!manifest.layers.empty() &&
       manifest.layers.front().media_type.starts_with(kBundleTypePrefix));
  return bundle && artifact.origin == ArtifactOrigin::kReferrer ? Form::kBundle
                                                                : Form::kOther;
}

bool IsWanted(Form form, const SigningTarget& target) {
  switch (form) {
    case Form::kLegacySignatures:
      return target.signatures;
    case Form::kLegacyAttestations:
      return !target.predicate_types.empty();
    case Form::kBundle:
      return true;
    case Form::kOther:
      return false;
  }
  return false;
}

// What was fetched for a layer; checked here again although whoever fetched it
// has checked it.
Result<std::string_view> BlobOf(const UntrustedArtifact& artifact,
                                const Descriptor& layer) {
  const auto blob = std::find_if(artifact.blobs.begin(), artifact.blobs.end(),
                                 [&](const UntrustedBlob& one) {
                                   return one.descriptor.digest == layer.digest;
                                 });
  if (blob == artifact.blobs.end()) {
    return Fail(Reason::kEvidenceUnavailable,
                "the blob " + layer.digest.str() + " is not there");
  }
  if (static_cast<std::int64_t>(blob->bytes.size()) != layer.size ||
      !layer.digest.Matches(blob->bytes)) {
    return Fail(Reason::kEvidenceTampered, layer.digest.str());
  }
  return std::string_view(blob->bytes);
}

// A referrer must name the image itself; the fallback tag proves nothing.
Status CheckSubject(const UntrustedArtifact& artifact,
                    const std::vector<Digest>& digests) {
  if (artifact.origin != ArtifactOrigin::kReferrer) return Ok();
  const auto& subject = artifact.manifest->subject;
  if (!subject) return Fail(Reason::kArtifactSubject, "it names no subject");
  if (std::find(digests.begin(), digests.end(), subject->digest) ==
      digests.end()) {
    return Fail(Reason::kArtifactSubject,
                "its subject is " + subject->digest.str());
  }
  return Ok();
}

struct Read {
  std::string claimed_type;
  Result<Candidate> result;
};

std::vector<Read> ReadLegacy(const UntrustedArtifact& artifact, Form form) {
  const auto& layers = artifact.manifest->layers;
  if (layers.size() > limits::kSignatureLayers) {
    return {{"", Fail(Reason::kEvidenceTooMany, "layers of one artifact")}};
  }
  const bool attests = form == Form::kLegacyAttestations;
  std::vector<Read> candidates;
  for (const auto& layer : layers) {
    if (layer.media_type !=
        (attests ? kEnvelopeMediaType : kSimpleSigningMediaType)) {
      continue;
    }
    const auto bytes = BlobOf(artifact, layer);
    if (!bytes) {
      candidates.push_back({"", bytes.error()});
    } else if (attests) {
      candidates.push_back(
          {ClaimedPredicateType(layer), ReadAttestationLayer(layer, *bytes)});
    } else {
      candidates.push_back({"", ReadLegacyLayer(layer, *bytes)});
    }
  }
  return candidates;
}

Result<Candidate> OfEnvelope(Bundle bundle) {
  const auto type = CheckPayloadType(*bundle.envelope);
  if (!type) return type.error();
  std::string signed_bytes = bundle.envelope->SignedBytes();
  return Candidate{std::move(bundle.material), std::move(bundle.signature),
                   std::move(signed_bytes), std::move(bundle.envelope), true};
}

// The digest beside the signature proves nothing, it only tells a wrong file
// from a wrong signature.
Result<Candidate> OfMessage(Bundle bundle, const SignedMessage& artifact) {
  const Digest* found = artifact.By(bundle.message->algorithm());
  if (found != nullptr && *found != *bundle.message) {
    return Fail(
        Reason::kSignatureOtherImage,
        "signed is " + bundle.message->str() + ", this is " + found->str());
  }
  return Candidate{std::move(bundle.material),
                   std::move(bundle.signature),
                   {},
                   std::nullopt,
                   true,
                   artifact};
}

Result<Candidate> ReadBundle(const UntrustedArtifact& artifact) {
  const auto& layers = artifact.manifest->layers;
  if (layers.size() != 1 ||
      !layers.front().media_type.starts_with(kBundleTypePrefix)) {
    return Fail(Reason::kBundleMalformed, "the artifact is not one bundle");
  }
  const auto bytes = BlobOf(artifact, layers.front());
  if (!bytes) return bytes.error();
  auto bundle = Bundle::Parse(*bytes);
  if (!bundle) return bundle.error();
  if (!bundle->envelope) {
    return Fail(Reason::kBundleContent,
                "it signs bytes (messageSignature), not an image statement");
  }
  return OfEnvelope(*std::move(bundle));
}

std::string ClaimOf(const ImageManifest& manifest) {
  const auto claim =
      manifest.annotations.find("dev.sigstore.bundle.predicateType");
  return claim == manifest.annotations.end() ? "" : claim->second;
}

std::vector<Read> ReadOne(const UntrustedArtifact& artifact, Form form,
                          const std::vector<Digest>& digests) {
  const std::string claim = ClaimOf(*artifact.manifest);
  const auto subject = CheckSubject(artifact, digests);
  if (!subject) return {{claim, subject.error()}};
  if (form != Form::kBundle) return ReadLegacy(artifact, form);
  return {{claim, ReadBundle(artifact)}};
}

}  // namespace

Result<Candidate> ReadArtifactBundle(std::string_view bytes,
                                     const SignedMessage& artifact) {
  auto bundle = Bundle::Parse(bytes);
  if (!bundle) return bundle.error();
  return bundle->envelope ? OfEnvelope(*std::move(bundle))
                          : OfMessage(*std::move(bundle), artifact);
}

void VisitCandidates(std::span<const UntrustedArtifact> artifacts,
                     const SigningTarget& target,
                     const std::function<void(const FoundCandidate&)>& visit) {
  std::size_t left = limits::kSignaturesTried;
  for (const auto& artifact : artifacts) {
    if (!target.Admits(artifact) || !artifact.manifest) continue;
    const Form form = FormOf(artifact);
    if (!IsWanted(form, target)) continue;
    const std::size_t count =
        form == Form::kBundle ? 1 : artifact.manifest->layers.size();
    if (count > left) {
      const Result<Candidate> too_many =
          Fail(Reason::kEvidenceTooMany, "signatures of an image");
      visit({artifact.where, "", too_many});
      return;
    }
    left -= count;
    for (auto& read : ReadOne(artifact, form, target.digests)) {
      visit({artifact.where, std::move(read.claimed_type), read.result});
    }
  }
}

}  // namespace assay
