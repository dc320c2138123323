// The one table of everything Assay can say about an image.
//
// Each Reason has a stable id (the contract: scripts, audit lines and vectors
// name it), one ending, the stage of the walk that speaks it, a sentence and
// the next thing to do. Texts may change, ids never. The value 0 is
// "unspecified" and ends undetermined: a forgotten reason refuses.
#ifndef ASSAY_BASE_REASON_H_
#define ASSAY_BASE_REASON_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace assay {

// The three ends of a decision. Zero refuses.
enum class Ending : std::uint8_t { kUndetermined = 0, kRejected, kAccepted };

// The stage of the walk a reason belongs to, in the order of the walk: of
// several failures the one of the deepest stage is reported first.
enum class Stage : std::uint8_t {
  kHook = 0,
  kQuestion,
  kSubject,
  kPolicy,
  kEvidence,
  kFormat,
  kSignature,
  kBase,
  kIntegrity,
  kVerdict,
};

enum class Reason : std::uint16_t {
  kUnspecified = 0,
  // Endings that let a container start. They never make a Verdict accept by
  // themselves; only a Proof does (core/verdict/verdict.h).
  kSigned,
  kAttested,
  kAllowedByRule,
  kAllowedByDefault,
  // Hook: shim, protocol, daemon.
  kHookMalformed,
  kHookForeignPeer,
  kHookNoAnswer,
  kHookRestore,
  kHookChanged,
  kDeadline,
  kOverloaded,
  kInternal,
  // Question and subject: what image is this really.
  kReferenceMalformed,
  kRuntimeUnreachable,
  kRuntimeAmbiguous,
  kContainerUnknown,
  kSubjectNoImage,
  kSubjectRootfsPath,
  kSubjectUnbound,
  kSubjectTagMoved,
  kSubjectConfigUnproven,
  kSubjectMountMismatch,
  kSubjectSnapshotter,
  kSubjectStorage,
  kSubjectVolume,
  kSubjectNoName,
  kManifestMalformed,
  kManifestUnsupported,
  kManifestMissing,
  kManifestDigestMismatch,
  kConfigMalformed,
  kConfigMissing,
  kConfigDigestMismatch,
  kPlatformMissing,
  // Policy.
  kPolicyMissing,
  kPolicyMalformed,
  kPolicyUnsupported,
  kPolicyKeyUnreadable,
  kOpenpgpUnavailable,
  kTrustedRootMalformed,
  kPolicyTooComplex,
  kPolicyConflict,
  kRuleRejects,
  kNoRuleMatches,
  kNoStatement,
  kImportedPolicyRejects,
  kClockImplausible,
  // Evidence: finding signatures.
  kNoSignature,
  kEvidenceUnavailable,
  kEvidenceTampered,
  kEvidenceTooLarge,
  kEvidenceTooMany,
  kEvidenceStoreFailed,
  kArchiveMalformed,
  kArchiveUnsafe,
  kRegistryUnreachable,
  kRegistryUnauthorized,
  kRegistryNotFound,
  kRegistryThrottled,
  kRegistryProtocol,
  kRegistryTls,
  kRegistryRealmRefused,
  kLookasideFailed,
  // Formats: what an artifact says, before anything is believed.
  kJsonMalformed,
  kJsonDuplicate,
  kJsonTooDeep,
  kYamlMalformed,
  kYamlUnsupported,
  kTooLarge,
  kBase64Malformed,
  kDigestMalformed,
  kKeyMalformed,
  kKeyUnsupported,
  kPayloadMalformed,
  kPayloadType,
  kBundleMalformed,
  kBundleVersion,
  kBundleContent,
  kBundleMaterial,
  kStatementMalformed,
  kPredicateType,
  kSchemeUnsupported,
  kCertificateMalformed,
  kArtifactSubject,
  kLogEntryKind,
  kCheckpointMalformed,
  kTimestampMalformed,
  kSctMalformed,
  kCborMalformed,
  kEnvelopeMalformed,
  kEnvelopeCritical,
  kEnvelopeAlgorithm,
  kPluginUnsupported,
  kRevocationMalformed,
  kOpenpgpMalformed,
  kOpenpgpForm,
  kOpenpgpUnsigned,
  kOpenpgpSignatures,
  // Signature: what was verified.
  kSignatureInvalid,
  kSignatureForeignKey,
  kArtifactNeeded,
  kSignatureOtherImage,
  kSignatureOtherRepository,
  kSignatureAnnotation,
  kKeyNotYetValid,
  kKeyExpired,
  kKeyRevoked,
  kKeyUsage,
  kSignatureHash,
  // Signature: what logs, time stamps and authorities attest about it.
  kLogEntryMismatch,
  kLogEntryTwice,
  kLogPromiseInvalid,
  kLogProofInvalid,
  kCheckpointInvalid,
  kLogTime,
  kLogThreshold,
  kTimestampInvalid,
  kTimestampThreshold,
  kTimeUnproven,
  kCertificateUntrusted,
  kCertificateProfile,
  kCertificateExpired,
  kCertificateRevoked,
  kRevocationInvalid,
  kRevocationUnknown,
  kSctInvalid,
  kSctThreshold,
  kIdentityMismatch,
  kSignatureExpired,
  kThresholdNotMet,
  // Signature: what signed statements say about the image.
  kAttestationMissing,
  kAttestationUnsigned,
  kAttestationConstraint,
  // Base: the image that lies below.
  kBaseMissing,
  kBaseMismatch,
  kBaseUnsigned,
  kBaseUnavailable,
  // Integrity: the bytes that run.
  kLayerDigestMismatch,
  kLayerMissing,
  kLayerUnreadable,
  kLayerPending,
  kRootfsFileChanged,
  kRootfsFileExtra,
  kRootfsFileMissing,
  kRootfsLayerMismatch,
  kRootfsUnsupported,
  kRootfsUnreadable,
  kRootfsPending,
  // Files, configuration, usage.
  kFileUnreadable,
  kFileTooLarge,
  kFileUnsafe,
  kDiskFull,
  kWriteFailed,
  kUsage,
  kConfigurationMalformed,
  kDaemonUnreachable,
  kNotFound,
  // Trust material that a TUF repository publishes.
  kTufMalformed,
  kTufTooLarge,
  kTufSignature,
  kTufRootVersion,
  kTufRollback,
  kTufExpired,
  kTufMismatch,
  kTufTargetMissing,
  kTufMirror,
  kTufStateTampered,
  kTrustMissing,
  kTrustStale,
  // Keys that are read from the API server of a Kubernetes cluster.
  kKubernetesPending,
  kKubernetesGone,
  kKubernetesUnreachable,
  kKubernetesForbidden,
  kKubernetesProtocol,
  // Docker Content Trust: the metadata of a repository.
  kDctUnavailable,
  kDctMalformed,
  kDctRootUnpinned,
  kDctRootRotation,
  kDctSignature,
  kDctExpired,
  kDctRollback,
  kDctMismatch,
  kDctTargetMissing,
  kDctTargetOther,
  kDctSignerMissing,
  // Lets a container start, like the first ones: by an exception alone.
  kAllowedByBreakGlass,
};

struct ReasonInfo {
  Reason reason;
  std::string_view id;  // "signature-invalid"
  Ending ending;
  Stage stage;
  std::string_view sentence;  // what happened, without a final stop
  std::string_view remedy;    // what to do next, without a final stop
};

// Total: an unknown value yields the row of kUnspecified.
const ReasonInfo& Describe(Reason reason);

std::optional<Reason> FindReason(std::string_view id);

std::span<const ReasonInfo> AllReasons();

std::string_view EndingName(Ending ending);  // "accepted", "rejected", ...
std::string_view StageName(Stage stage);

}  // namespace assay

#endif  // ASSAY_BASE_REASON_H_
