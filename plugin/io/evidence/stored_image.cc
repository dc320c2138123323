#include "io/evidence/stored_image.h"

#include "core/question/reference_resolution.h"
#include "io/evidence/kept_documents.h"

namespace assay {
namespace {

FoundArtifact AsArtifact(const Subject& subject) {
  std::vector<UntrustedBlob> documents;
  for (const auto& [digest, bytes] : subject.documents) {
    const bool manifest = digest == subject.images.front().manifest;
    documents.push_back(
        KeptDocument(manifest ? kOciManifest : kOciIndex, digest, bytes));
  }
  return KeepDocuments(ArtifactOrigin::kImage, kStoredImageType,
                       std::move(documents), {});
}

Error Missing(const Reference& reference) {
  if (!reference.digest()) {
    return Fail(Reason::kManifestMissing,
                "offline: which image " + reference.str() +
                    " is, only its registry says; ask by digest: " +
                    reference.Repository() + "@sha256:HEX");
  }
  return Fail(Reason::kManifestMissing,
              "offline: its manifest is not stored; assay evidence fetch " +
                  reference.str() +
                  " stores it, evidence export and import carry it");
}

}  // namespace

Status StoreImage(EvidenceStore& store, const Subject& subject, Time now) {
  FoundArtifact artifact = AsArtifact(subject);
  artifact.where = subject.names.front().str();
  artifact.fetched_at = now;
  for (const Digest& target : subject.SignableDigests()) {
    artifact.target = target;
    if (auto put = store.Put(target, {&artifact, 1}); !put) return put;
  }
  return Ok();
}

Result<Subject> StoredImageResolver::Resolve(const Question& question) {
  const auto* claim = std::get_if<ReferenceClaim>(&question.about);
  if (claim == nullptr) {
    return Fail(Reason::kInternal, "the store resolves references only");
  }
  const Reference& reference = claim->reference;
  if (!reference.digest()) return Missing(reference);
  std::map<Digest, std::string> documents;
  EvidenceSet stored = store_.Read(*reference.digest());
  for (UntrustedArtifact& artifact : stored.artifacts) {
    if (artifact.origin != ArtifactOrigin::kImage) continue;
    for (UntrustedBlob& blob : artifact.blobs) {
      documents.emplace(blob.descriptor.digest, std::move(blob.bytes));
    }
  }
  return ResolveReference(
      *claim,
      [&](const std::optional<Digest>& digest) -> Result<ReferenceDocument> {
        const Digest& wanted = digest ? *digest : *reference.digest();
        const auto found = documents.find(wanted);
        if (found == documents.end()) {
          // What was dropped may have been it.
          if (!stored.failures.empty()) return stored.failures.front();
          return Missing(reference);
        }
        return ReferenceDocument{wanted, found->second};
      });
}

}  // namespace assay
