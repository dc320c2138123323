// Every cap on hostile input, in one place. A document over its cap is
// refused with a reason, never truncated and used.
#ifndef ASSAY_BASE_LIMITS_H_
#define ASSAY_BASE_LIMITS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace assay::limits {

inline constexpr std::size_t kManifestBytes = 4U << 20;      // 4 MiB
inline constexpr std::size_t kConfigBytes = 8U << 20;        // 8 MiB
inline constexpr std::size_t kIndexBytes = 4U << 20;         // per page
inline constexpr std::size_t kArtifactBlobBytes = 4U << 20;  // a signature
// A file that an Ed25519 key signed; of a larger one only digests are known.
inline constexpr std::size_t kArtifactInMemoryBytes = 1U << 30;
inline constexpr std::size_t kArtifactBytesPerImage = 32U << 20;
inline constexpr std::size_t kLayersPerManifest = 512;
inline constexpr std::size_t kManifestsPerIndex = 1024;
inline constexpr std::size_t kSignatureLayers = 64;  // of one `.sig` manifest
// What one signer tries for one image: verifying takes up to a millisecond for
// each key, and whoever may write to the registry offers as many as they like.
inline constexpr std::size_t kSignaturesTried = 512;
inline constexpr std::size_t kSimpleSigningBytes = 128U << 10;
inline constexpr std::size_t kDetachedSignatureBytes = 4U << 10;
inline constexpr std::size_t kOpenpgpMessageBytes = 256U << 10;  // unpacked too
inline constexpr std::size_t kLookasideSignatures = 64;          // of one image
inline constexpr std::size_t kLookasideScopes = 1024;  // of registries.d
inline constexpr std::size_t kLookasideUrlBytes = 2048;
inline constexpr std::size_t kLogEntries = 32;  // of one signature
inline constexpr std::size_t kTimestamps = 32;
inline constexpr std::size_t kCheckpointBytes = 64U << 10;
inline constexpr std::size_t kCheckpointSignatures = 32;  // witnesses too
inline constexpr std::size_t kCertificateBytes = 64U << 10;
inline constexpr std::size_t kCertificatesPerChain = 8;
inline constexpr std::size_t kTimestampBytes = 64U << 10;
inline constexpr std::size_t kSignedCertificateTimestamps = 16;
inline constexpr std::size_t kTrustedInstances = 64;  // of a kind, of one root
inline constexpr std::size_t kReferrerPages = 8;
inline constexpr std::size_t kArtifactsPerImage = 128;
inline constexpr std::size_t kStatementSubjects = 1024;
inline constexpr std::size_t kSubjectDigests = 32;
// What an attestation may ask of a statement.
inline constexpr std::size_t kConstraints = 64;  // of one attestation
inline constexpr std::size_t kConstraintValues = 256;
inline constexpr std::size_t kConstraintSteps = 32;  // of one path
inline constexpr std::size_t kConstraintTextBytes = 64U << 10;
inline constexpr std::size_t kBaseCandidates = 8;    // of one decision
inline constexpr std::size_t kBaseRepositories = 4;  // asked for signatures

inline constexpr std::size_t kCborDepth = 16;
inline constexpr std::size_t kCborMembers = 64;  // of one map
inline constexpr std::size_t kJsonDepth = 32;
inline constexpr std::size_t kJsonBytes = 16U << 20;
inline constexpr std::size_t kYamlBytes = 2U << 20;
inline constexpr std::size_t kYamlNodes = 65'536;  // of one text
inline constexpr std::size_t kYamlDocuments = 64;  // of one text

inline constexpr std::size_t kPolicyFileBytes = 1U << 20;
inline constexpr std::size_t kPolicyFiles = 256;
inline constexpr std::size_t kPolicyExceptions =
    32;  // every audit line has them
inline constexpr std::size_t kKeyFileBytes = 1U << 20;
inline constexpr std::size_t kRequirementDepth = 8;
inline constexpr std::size_t kRequirementNodes = 256;
inline constexpr std::size_t kRequirementSteps = 1'000;

inline constexpr std::size_t kAuditLineBytes = 16U << 20;

inline constexpr std::size_t kReferenceBytes = 1024;
inline constexpr std::size_t kAnswerLineBytes = 1024;
inline constexpr std::size_t kTokenBytes = 64U << 10;
inline constexpr std::size_t kCredentialHelperBytes = 64U << 10;
inline constexpr int kRedirects = 4;

// An image that lies as files on this machine.
inline constexpr std::size_t kLayoutFiles = 65'536;  // in one folder
inline constexpr std::uint64_t kLayoutFileBytes = 64ULL << 30;
// Manifests that may be signatures, among the blobs no index lists.
inline constexpr std::size_t kLayoutManifestBytes = 64U << 10;
inline constexpr std::size_t kLayoutManifests = 1024;

// A TUF repository, and what is kept of it.
inline constexpr std::size_t kTufRootBytes = 512U << 10;
inline constexpr std::size_t kTufTimestampBytes = 16U << 10;
inline constexpr std::size_t kTufSnapshotBytes = 2U << 20;
inline constexpr std::size_t kTufTargetsBytes = 2U << 20;  // of one role
inline constexpr std::size_t kTufKeys = 256;               // of one document
inline constexpr std::size_t kTufSignatures = 128;
inline constexpr std::size_t kTufDelegations = 256;  // of one role
inline constexpr std::size_t kTufRoles = 32;         // searched for one target
inline constexpr int kTufRotations = 256;            // of one refresh
inline constexpr std::size_t kTufFiles = 8;          // that a policy names
inline constexpr std::size_t kTufStateBytes = 16U << 20;
inline constexpr std::chrono::seconds kTufDeadline{60};  // of one refresh
inline constexpr std::chrono::seconds kTufFileDeadline{10};

// The API server of a Kubernetes cluster. It stores nothing over 1.5 MiB in an
// object; what stands around it in an answer is a little more.
inline constexpr std::size_t kKubernetesObjects = 64;  // of one policy
inline constexpr std::size_t kKubernetesObjectBytes = 4U << 20;
inline constexpr std::chrono::seconds kKubernetesDeadline{10};  // of a get
// A watch is asked anew after this long, as clients of Kubernetes do.
inline constexpr std::chrono::seconds kKubernetesWatch{300};

// What authorities say about certificates, and what is kept of it.
inline constexpr std::size_t kOcspResponseBytes = 20U << 10;
inline constexpr std::size_t kRevocationListBytes = 8U << 20;
inline constexpr std::size_t kRevocationUrls = 8;  // of one certificate
inline constexpr std::size_t kRevocationUrlBytes = 2048;
inline constexpr std::size_t kRevocationFiles = 4096;
inline constexpr std::chrono::seconds kOcspDeadline{2};
inline constexpr std::chrono::seconds kRevocationListDeadline{5};

// What a notary server says of one repository, and what is kept of it.
inline constexpr std::size_t kDctDocumentBytes = 5U << 20;
inline constexpr std::size_t kDctRootBytes = 512U << 10;
inline constexpr std::size_t kDctTimestampBytes = 1U << 20;
inline constexpr std::size_t kDctRepositoryBytes = 16U << 20;  // all of it
inline constexpr std::size_t kDctKeys = 256;        // of one document
inline constexpr std::size_t kDctSignatures = 64;   // of one document
inline constexpr std::size_t kDctDelegations = 64;  // of one role
inline constexpr std::size_t kDctRoots = 64;        // from a pinned one on
inline constexpr std::size_t kDctRepositories = 4096;
inline constexpr std::chrono::seconds kDctDeadline{10};  // of one repository

// A layer's archive and the folder it was unpacked to.
inline constexpr std::uint64_t kLayerUnpackedBytes = 64ULL << 30;
inline constexpr std::size_t kLayerEntries = 1'000'000;
inline constexpr std::size_t kLayerDepth = 256;  // folders in folders
inline constexpr std::size_t kLayerTextBytes = 128U << 20;  // of all names

// What a container runtime tells.
inline constexpr std::size_t kRuntimeMessageBytes = 64U << 20;
inline constexpr std::size_t kRuntimeImages = 32'768;      // of one namespace
inline constexpr std::size_t kRuntimeContainers = 32'768;  // of one namespace
inline constexpr std::size_t kRuntimeRecordBytes = 4U << 20;
inline constexpr std::size_t kBundleConfigBytes = 4U << 20;
inline constexpr std::size_t kMountTableBytes = 32U << 20;
inline constexpr std::size_t kStorageFileBytes = 64U << 20;  // images.json
inline constexpr std::size_t kStorageSplitBytes = 1U << 20;  // of one entry
inline constexpr std::size_t kRuntimeDocuments = 16'384;     // kept in memory

inline constexpr std::chrono::milliseconds kRegistryDeadline{2000};
inline constexpr std::chrono::milliseconds kAnswerDeadline{8000};

// Times after 9999-12-31T23:59:59Z, which RFC 3339 cannot write.
inline constexpr std::int64_t kLatestTime = 253'402'300'799;
// Clocks before this (2020-01-01T00:00:00Z) are not believed.
inline constexpr std::int64_t kEarliestPlausibleTime = 1'577'836'800;

}  // namespace assay::limits

#endif  // ASSAY_BASE_LIMITS_H_
