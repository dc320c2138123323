#include "base/reason.h"

#include <algorithm>
#include <array>

namespace assay {
namespace {

constexpr Ending kNo = Ending::kRejected;
constexpr Ending kUnsure = Ending::kUndetermined;
constexpr Ending kYes = Ending::kAccepted;

// In the order of the enumeration; the static_asserts below keep it so.
constexpr auto kReasons = std::to_array<ReasonInfo>({
    {Reason::kUnspecified, "unspecified", kUnsure, Stage::kHook,
     "no reason was given", "report this as a bug"},
    {Reason::kSigned, "signed", kYes, Stage::kVerdict,
     "the signatures the rule requires are valid", "nothing to do"},
    {Reason::kAllowedByRule, "allowed-by-rule", kYes, Stage::kVerdict,
     "a rule allows this image without a signature",
     "replace the rule's action by a requirement when the image is signed"},
    {Reason::kAllowedByDefault, "allowed-by-default", kYes, Stage::kVerdict,
     "no rule matches and the policy's default is allow",
     "set default = \"reject\" when every image has a rule"},

    {Reason::kHookMalformed, "hook-malformed", kUnsure, Stage::kHook,
     "the hook's request or answer is malformed",
     "check that shim and daemon are of one version: assay status"},
    {Reason::kHookForeignPeer, "hook-foreign-peer", kUnsure, Stage::kHook,
     "the peer of the ask socket is not root",
     "only the runtime's shim may ask; see the journal for the pid"},
    {Reason::kHookNoAnswer, "hook-no-answer", kUnsure, Stage::kHook,
     "neither the daemon nor the one-shot decider answered",
     "assay doctor; systemctl status assayd"},
    {Reason::kHookRestore, "restore-refused", kNo, Stage::kHook,
     "restoring from a checkpoint is refused",
     "start the container from its image, or set [create] restore = \"allow\""},
    {Reason::kHookChanged, "hook-changed", kUnsure, Stage::kHook,
     "the bundle changed while it was being decided about",
     "retry; look for who writes to the bundle"},
    {Reason::kDeadline, "deadline", kUnsure, Stage::kHook,
     "the decision was not ready in time",
     "retry; assay evidence fetch warms the image up"},
    {Reason::kOverloaded, "overloaded", kUnsure, Stage::kHook,
     "too many decisions are under way", "retry; assay status shows the queue"},
    {Reason::kInternal, "internal", kUnsure, Stage::kHook,
     "an internal error stopped the decision",
     "see the journal, report this as a bug"},

    {Reason::kReferenceMalformed, "reference-malformed", kUnsure,
     Stage::kQuestion, "the image reference is malformed",
     "write it as host/path[:tag][@digest]"},
    {Reason::kRuntimeUnreachable, "runtime-unreachable", kUnsure,
     Stage::kSubject, "the container runtime cannot be asked",
     "check the runtime's socket: assay doctor"},
    {Reason::kRuntimeAmbiguous, "runtime-ambiguous", kNo, Stage::kSubject,
     "bundle, root and environment name different runtime namespaces",
     "start the container through its runtime"},
    {Reason::kContainerUnknown, "container-unknown", kNo, Stage::kSubject,
     "the runtime has no record of this container",
     "start the container through the runtime, not by hand"},
    {Reason::kSubjectNoImage, "subject-no-image", kNo, Stage::kSubject,
     "the container has no image", "start it from an image"},
    {Reason::kSubjectRootfsPath, "subject-rootfs-path", kNo, Stage::kSubject,
     "the container's root file system is a host folder, not an image",
     "start it from an image"},
    {Reason::kSubjectUnbound, "subject-unbound", kNo, Stage::kSubject,
     "no image on the node matches the container's root file system",
     "pull the image again and create the container anew"},
    {Reason::kSubjectTagMoved, "subject-tag-moved", kNo, Stage::kSubject,
     "the name points to another image than the one this container was "
     "created from",
     "create the container anew from the image you mean"},
    {Reason::kSubjectConfigUnproven, "subject-config-unproven", kNo,
     Stage::kSubject,
     "the layers match but the container was created from another "
     "configuration",
     "create the container anew from the image you mean"},
    {Reason::kSubjectMountMismatch, "subject-mount-mismatch", kNo,
     Stage::kSubject,
     "the mounted root file system is not the container's snapshot",
     "create the container anew; look for who mounted over the bundle"},
    {Reason::kSubjectSnapshotter, "subject-snapshotter", kNo, Stage::kSubject,
     "the snapshotter does not prove what it mounts",
     "use a snapshotter whose content the runtime hashes, or name this one in "
     "[containerd] trusted_snapshotters"},
    {Reason::kSubjectNoName, "subject-no-name", kNo, Stage::kSubject,
     "the node holds this image under no name, so no rule can be selected",
     "tag the image or pull it by name"},
    {Reason::kManifestMalformed, "manifest-malformed", kNo, Stage::kSubject,
     "the image manifest or index is malformed", "rebuild and push the image"},
    {Reason::kManifestUnsupported, "manifest-unsupported", kNo, Stage::kSubject,
     "the manifest is of a kind that cannot be verified",
     "push the image as an OCI or Docker schema 2 manifest"},
    {Reason::kManifestMissing, "manifest-missing", kUnsure, Stage::kSubject,
     "the image manifest is not on the node", "pull the image again"},
    {Reason::kManifestDigestMismatch, "manifest-digest-mismatch", kNo,
     Stage::kSubject, "the manifest's bytes do not have its digest",
     "remove the image from the node and pull it again"},
    {Reason::kConfigMalformed, "config-malformed", kNo, Stage::kSubject,
     "the image configuration is malformed", "rebuild and push the image"},
    {Reason::kConfigMissing, "config-missing", kUnsure, Stage::kSubject,
     "the image configuration is not on the node", "pull the image again"},
    {Reason::kConfigDigestMismatch, "config-digest-mismatch", kNo,
     Stage::kSubject, "the image configuration's bytes do not have its digest",
     "remove the image from the node and pull it again"},
    {Reason::kPlatformMissing, "platform-missing", kUnsure, Stage::kSubject,
     "the index holds no image for this platform",
     "push the image for this platform"},

    {Reason::kPolicyMissing, "policy-missing", kUnsure, Stage::kPolicy,
     "no policy is in force",
     "write /etc/assay/policy.d/*.toml, then assay policy check"},
    {Reason::kPolicyMalformed, "policy-malformed", kUnsure, Stage::kPolicy,
     "the policy is not valid", "assay policy check"},
    {Reason::kPolicyUnsupported, "policy-unsupported", kUnsure, Stage::kPolicy,
     "the policy asks for something this version cannot check",
     "remove the key or upgrade Assay; it is never ignored"},
    {Reason::kPolicyKeyUnreadable, "policy-key-unreadable", kUnsure,
     Stage::kPolicy, "a key the policy names cannot be read",
     "check the file under the trust folder, then assay policy check"},
    {Reason::kTrustedRootMalformed, "trusted-root-malformed", kUnsure,
     Stage::kPolicy, "a trusted root the policy names is not valid",
     "fetch trusted_root.json again, then assay policy check"},
    {Reason::kPolicyTooComplex, "policy-too-complex", kUnsure, Stage::kPolicy,
     "the requirement has too many combinations to decide",
     "write the rule with fewer nested thresholds"},
    {Reason::kPolicyConflict, "policy-conflict", kUnsure, Stage::kPolicy,
     "two rules are equally specific for one image",
     "make one scope more specific"},
    {Reason::kRuleRejects, "rule-rejects", kNo, Stage::kPolicy,
     "a rule rejects this image", "see the rule: assay policy show"},
    {Reason::kNoRuleMatches, "no-rule-matches", kNo, Stage::kPolicy,
     "no rule matches this image and the default is reject",
     "add a rule for it: assay policy show"},
    {Reason::kClockImplausible, "clock-implausible", kUnsure, Stage::kPolicy,
     "the node's clock is before 2020, so no validity can be judged",
     "set the clock: timedatectl"},

    {Reason::kNoSignature, "no-signature", kNo, Stage::kEvidence,
     "the image carries no signature the rule can use",
     "sign it, or look where signatures are searched: assay explain"},
    {Reason::kEvidenceUnavailable, "evidence-unavailable", kUnsure,
     Stage::kEvidence, "the signatures could not be fetched",
     "assay evidence fetch REF shows where it fails"},
    {Reason::kEvidenceTampered, "evidence-tampered", kUnsure, Stage::kEvidence,
     "a stored signature artifact does not have its digest; it was dropped",
     "assay evidence fetch REF; look for who writes to the store"},
    {Reason::kEvidenceTooLarge, "evidence-too-large", kUnsure, Stage::kEvidence,
     "a signature artifact is larger than the limit",
     "remove oversized artifacts from the repository"},
    {Reason::kEvidenceTooMany, "evidence-too-many", kUnsure, Stage::kEvidence,
     "the image has more signature artifacts than the limit",
     "remove stale artifacts from the repository"},
    {Reason::kEvidenceStoreFailed, "evidence-store-failed", kUnsure,
     Stage::kEvidence, "the evidence store cannot be read or written",
     "check space and permissions of the state folder: assay doctor"},
    {Reason::kArchiveMalformed, "archive-malformed", kUnsure, Stage::kEvidence,
     "the file is no archive of evidence",
     "make it with assay evidence export, and copy it whole"},
    {Reason::kArchiveUnsafe, "archive-unsafe", kUnsure, Stage::kEvidence,
     "the archive holds a link, a device, a huge entry or a name that leads "
     "outside",
     "do not use it; ask where it comes from"},
    {Reason::kRegistryUnreachable, "registry-unreachable", kUnsure,
     Stage::kEvidence, "the registry cannot be reached",
     "check network, proxy and hosts.toml; evidence import works offline"},
    {Reason::kRegistryUnauthorized, "registry-unauthorized", kUnsure,
     Stage::kEvidence, "the registry refuses the node's credentials",
     "check the credentials for this registry in assayd.toml"},
    {Reason::kRegistryNotFound, "registry-not-found", kUnsure, Stage::kEvidence,
     "the registry does not have it", "check the reference"},
    {Reason::kRegistryThrottled, "registry-throttled", kUnsure,
     Stage::kEvidence, "the registry throttles this node",
     "retry later or use a mirror"},
    {Reason::kRegistryProtocol, "registry-protocol", kUnsure, Stage::kEvidence,
     "the registry's answer is not that of a registry",
     "check what answers at this address"},
    {Reason::kRegistryTls, "registry-tls", kUnsure, Stage::kEvidence,
     "the registry's certificate cannot be verified",
     "add its authority to hosts.toml (ca = ...)"},
    {Reason::kRegistryRealmRefused, "registry-realm-refused", kUnsure,
     Stage::kEvidence,
     "the registry sends credentials to an address it may not name",
     "name the token server in assayd.toml if it is meant"},

    {Reason::kJsonMalformed, "json-malformed", kNo, Stage::kFormat,
     "the JSON is malformed", "sign the image again"},
    {Reason::kJsonDuplicate, "json-duplicate", kNo, Stage::kFormat,
     "a JSON object has one key twice", "sign the image again"},
    {Reason::kJsonTooDeep, "json-too-deep", kNo, Stage::kFormat,
     "the JSON is nested deeper than the limit", "sign the image again"},
    {Reason::kTooLarge, "too-large", kNo, Stage::kFormat,
     "the document is larger than the limit", "sign the image again"},
    {Reason::kBase64Malformed, "base64-malformed", kNo, Stage::kFormat,
     "the base64 text is malformed", "sign the image again"},
    {Reason::kDigestMalformed, "digest-malformed", kNo, Stage::kFormat,
     "the digest is malformed", "write it as sha256:<64 lower-case hex>"},
    {Reason::kKeyMalformed, "key-malformed", kNo, Stage::kFormat,
     "the public key is malformed", "export it as PEM (PUBLIC KEY)"},
    {Reason::kKeyUnsupported, "key-unsupported", kNo, Stage::kFormat,
     "the key's kind or size is not accepted",
     "use P-256/384/521, RSA 2048/3072/4096 or Ed25519"},
    {Reason::kPayloadMalformed, "payload-malformed", kNo, Stage::kFormat,
     "the signed payload is malformed", "sign the image again"},
    {Reason::kPayloadType, "payload-type", kNo, Stage::kFormat,
     "the signed payload is of another type", "sign the image again"},
    {Reason::kBundleMalformed, "bundle-malformed", kNo, Stage::kFormat,
     "the sigstore bundle is malformed", "sign the image again"},
    {Reason::kBundleVersion, "bundle-version", kNo, Stage::kFormat,
     "the sigstore bundle's version is not supported",
     "sign with a current cosign"},
    {Reason::kBundleContent, "bundle-content", kNo, Stage::kFormat,
     "the sigstore bundle's content is not an image signature",
     "sign the image with cosign sign"},
    {Reason::kBundleMaterial, "bundle-material", kNo, Stage::kFormat,
     "the signature's verification material does not fit the signer",
     "use a signer of the kind that signed: key or keyless"},
    {Reason::kStatementMalformed, "statement-malformed", kNo, Stage::kFormat,
     "the in-toto statement is malformed", "sign the image again"},
    {Reason::kPredicateType, "predicate-type", kNo, Stage::kFormat,
     "the statement is an attestation, not an image signature",
     "sign the image with cosign sign; an attestation never counts as one"},
    {Reason::kSchemeUnsupported, "scheme-unsupported", kNo, Stage::kFormat,
     "the signature is of a kind no signer of the rule reads",
     "add a signer of that kind to the rule"},
    {Reason::kCertificateMalformed, "certificate-malformed", kNo,
     Stage::kFormat, "the signature's certificate is malformed",
     "sign the image again"},
    {Reason::kArtifactSubject, "artifact-subject", kNo, Stage::kFormat,
     "the artifact was attached to another image",
     "sign this image, or repair the registry's referrers"},
    {Reason::kLogEntryKind, "log-entry-kind", kNo, Stage::kFormat,
     "the transparency log entry is of a kind that is not supported",
     "sign the image again with a current cosign"},
    {Reason::kCheckpointMalformed, "checkpoint-malformed", kNo, Stage::kFormat,
     "the log's checkpoint is malformed", "sign the image again"},
    {Reason::kTimestampMalformed, "timestamp-malformed", kNo, Stage::kFormat,
     "the time stamp is malformed", "sign the image again"},
    {Reason::kSctMalformed, "sct-malformed", kNo, Stage::kFormat,
     "the certificate's signed certificate timestamps are malformed",
     "sign the image again"},

    {Reason::kSignatureInvalid, "signature-invalid", kNo, Stage::kSignature,
     "the signature does not verify with the signer's key",
     "check which key signed: assay explain"},
    {Reason::kSignatureForeignKey, "signature-foreign-key", kNo,
     Stage::kSignature, "the signature names another key",
     "add that key to a signer if you trust it"},
    {Reason::kSignatureOtherImage, "signature-other-image", kNo,
     Stage::kSignature, "the signature is valid, but for another image",
     "sign this image"},
    {Reason::kSignatureOtherRepository, "signature-other-repository", kNo,
     Stage::kSignature, "the signature is valid, but for another repository",
     "sign the image in this repository"},
    {Reason::kSignatureAnnotation, "signature-annotation", kNo,
     Stage::kSignature,
     "the signature lacks an annotation that the signer requires",
     "sign with -a key=value as the policy asks"},
    {Reason::kKeyNotYetValid, "key-not-yet-valid", kNo, Stage::kSignature,
     "the signer is not valid yet", "see valid_from of the signer"},
    {Reason::kKeyExpired, "key-expired", kNo, Stage::kSignature,
     "the signer is no longer valid", "see valid_until of the signer"},
    {Reason::kLogEntryMismatch, "log-entry-mismatch", kNo, Stage::kSignature,
     "the log entry is about another signature, signer or image",
     "sign the image again; look for who wrote the artifact"},
    {Reason::kLogEntryTwice, "log-entry-twice", kNo, Stage::kSignature,
     "one log entry is there twice", "sign the image again"},
    {Reason::kLogPromiseInvalid, "log-promise-invalid", kNo, Stage::kSignature,
     "the log did not sign the entry's timestamp",
     "check the log's key in trusted_root.json; sign the image again"},
    {Reason::kLogProofInvalid, "log-proof-invalid", kNo, Stage::kSignature,
     "the log entry's inclusion is not proven", "sign the image again"},
    {Reason::kCheckpointInvalid, "checkpoint-invalid", kNo, Stage::kSignature,
     "the log did not sign the checkpoint",
     "check the log's key in trusted_root.json; sign the image again"},
    {Reason::kLogTime, "log-time", kNo, Stage::kSignature,
     "the log entry's time cannot be right",
     "check the node's clock and the log's validity in trusted_root.json"},
    {Reason::kLogThreshold, "log-threshold", kNo, Stage::kSignature,
     "too few transparency logs of the trusted root recorded the signature",
     "sign with the log upload on, or see transparency of the signer"},
    {Reason::kTimestampInvalid, "timestamp-invalid", kNo, Stage::kSignature,
     "the time stamp is not of the authority, or over another signature",
     "check the authority in trusted_root.json; sign the image again"},
    {Reason::kTimestampThreshold, "timestamp-threshold", kNo, Stage::kSignature,
     "too few time-stamping authorities of the trusted root stamped the "
     "signature",
     "sign with a timestamp server, or see transparency of the signer"},
    {Reason::kTimeUnproven, "time-unproven", kNo, Stage::kSignature,
     "nothing proves when the certificate was used",
     "sign with a transparency log or a timestamp server"},
    {Reason::kCertificateUntrusted, "certificate-untrusted", kNo,
     Stage::kSignature, "no trusted authority issued the signer's certificate",
     "add the authority to trusted_root.json if you trust it"},
    {Reason::kCertificateProfile, "certificate-profile", kNo, Stage::kSignature,
     "the certificate is not one for this use",
     "sign with a certificate made for signing images"},
    {Reason::kCertificateExpired, "certificate-expired", kNo, Stage::kSignature,
     "a certificate of the path was not valid at the time of signing",
     "sign the image again"},
    {Reason::kSctInvalid, "sct-invalid", kNo, Stage::kSignature,
     "the log did not promise to record the certificate",
     "check the log's key in trusted_root.json"},
    {Reason::kSctThreshold, "sct-threshold", kNo, Stage::kSignature,
     "too few certificate transparency logs promised to record the "
     "certificate",
     "see certificate_logs of the signer, and ctlogs in trusted_root.json"},
    {Reason::kIdentityMismatch, "identity-mismatch", kNo, Stage::kSignature,
     "the signature is valid, but of an identity the signer does not name",
     "add the identity to the signer if you trust it: assay explain"},
    {Reason::kThresholdNotMet, "threshold-not-met", kNo, Stage::kSignature,
     "too few distinct signers have signed",
     "have the missing signers sign: assay explain"},

    {Reason::kBaseMissing, "base-missing", kNo, Stage::kBase,
     "no base image is known whose layers are this image's lowest ones",
     "build with the annotations org.opencontainers.image.base.name and "
     "base.digest, or pull the base onto the node"},
    {Reason::kBaseMismatch, "base-mismatch", kNo, Stage::kBase,
     "the image's lowest layers are not those of the base image it names",
     "build the image anew upon that base, without squashing its layers"},
    {Reason::kBaseUnsigned, "base-unsigned", kNo, Stage::kBase,
     "the image below has not the signatures that the rule requires of a base",
     "build upon a base that its team has signed: assay explain"},
    {Reason::kBaseUnavailable, "base-unavailable", kUnsure, Stage::kBase,
     "what is known of the base image could not be read",
     "assay evidence fetch --base REF shows where it fails"},

    {Reason::kLayerDigestMismatch, "layer-digest-mismatch", kNo,
     Stage::kIntegrity, "a layer's bytes do not have its digest",
     "remove the image from the node and pull it again; look for who wrote "
     "to the content store"},
    {Reason::kLayerMissing, "layer-missing", kUnsure, Stage::kIntegrity,
     "a layer is not in the content store, so it cannot be hashed",
     "pull the image again, or use integrity = \"manifest\" where the runtime "
     "discards layers"},
    {Reason::kLayerUnreadable, "layer-unreadable", kUnsure, Stage::kIntegrity,
     "a layer cannot be read", "check the content store's disk"},
    {Reason::kLayerPending, "layer-pending", kUnsure, Stage::kIntegrity,
     "the layers are still being hashed", "retry in a moment"},
    {Reason::kRootfsFileChanged, "rootfs-file-changed", kNo, Stage::kIntegrity,
     "an unpacked file is not what its layer holds",
     "remove the image from the node and pull it again; look for who wrote "
     "to the snapshots"},
    {Reason::kRootfsFileExtra, "rootfs-file-extra", kNo, Stage::kIntegrity,
     "an unpacked layer has a file that the layer does not hold",
     "remove the image from the node and pull it again; look for who wrote "
     "to the snapshots"},
    {Reason::kRootfsFileMissing, "rootfs-file-missing", kNo, Stage::kIntegrity,
     "an unpacked layer lacks a file that the layer holds",
     "remove the image from the node and pull it again; look for who wrote "
     "to the snapshots"},
    {Reason::kRootfsLayerMismatch, "rootfs-layer-mismatch", kNo,
     Stage::kIntegrity,
     "a layer does not unpack to what the image configuration says",
     "rebuild and push the image"},
    {Reason::kRootfsUnsupported, "rootfs-unsupported", kUnsure,
     Stage::kIntegrity, "the unpacked files cannot be compared with the layers",
     "use the overlayfs snapshotter, or integrity = \"layers\" in the rule"},
    {Reason::kRootfsUnreadable, "rootfs-unreadable", kUnsure, Stage::kIntegrity,
     "the unpacked files cannot be read",
     "see assay-policy(5), integrity, for what the daemon needs"},
    {Reason::kRootfsPending, "rootfs-pending", kUnsure, Stage::kIntegrity,
     "the unpacked files are still being compared", "retry in a moment"},

    {Reason::kFileUnreadable, "file-unreadable", kUnsure, Stage::kPolicy,
     "a file cannot be read", "check that it exists and its permissions"},
    {Reason::kFileTooLarge, "file-too-large", kUnsure, Stage::kPolicy,
     "a file is larger than the limit", "check that it is the file you mean"},
    {Reason::kFileUnsafe, "file-unsafe", kUnsure, Stage::kPolicy,
     "a file that decides about trust may be written by others",
     "chown root and chmod go-w it"},
    {Reason::kDiskFull, "disk-full", kUnsure, Stage::kEvidence,
     "the disk is full", "free space; assay evidence gc"},
    {Reason::kWriteFailed, "write-failed", kUnsure, Stage::kEvidence,
     "a file cannot be written", "check the folder's permissions"},
    {Reason::kUsage, "usage", kUnsure, Stage::kHook,
     "the command line is not understood", "see --help"},
    {Reason::kConfigurationMalformed, "configuration-malformed", kUnsure,
     Stage::kPolicy, "a configuration file is not valid",
     "correct the line named"},
    {Reason::kDaemonUnreachable, "daemon-unreachable", kUnsure, Stage::kHook,
     "the daemon does not answer", "systemctl status assayd"},
    {Reason::kNotFound, "not-found", kUnsure, Stage::kEvidence,
     "there is no such thing", "check the name"},
});

constexpr bool InEnumOrder() {
  for (std::size_t i = 0; i < kReasons.size(); ++i) {
    if (static_cast<std::size_t>(kReasons[i].reason) != i) return false;
  }
  return true;
}
static_assert(InEnumOrder(), "kReasons follows the enumeration");
static_assert(kReasons.size() ==
                  static_cast<std::size_t>(Reason::kNotFound) + 1,
              "every Reason has a row");
static_assert(static_cast<int>(Ending::kUndetermined) == 0,
              "a zeroed ending refuses");

}  // namespace

const ReasonInfo& Describe(Reason reason) {
  const auto index = static_cast<std::size_t>(reason);
  return index < kReasons.size() ? kReasons[index] : kReasons[0];
}

std::optional<Reason> FindReason(std::string_view id) {
  const auto row =
      std::find_if(kReasons.begin(), kReasons.end(),
                   [&](const auto& info) { return info.id == id; });
  if (row == kReasons.end()) return std::nullopt;
  return row->reason;
}

std::span<const ReasonInfo> AllReasons() { return kReasons; }

std::string_view EndingName(Ending ending) {
  switch (ending) {
    case Ending::kUndetermined:
      return "undetermined";
    case Ending::kRejected:
      return "rejected";
    case Ending::kAccepted:
      return "accepted";
  }
  return "undetermined";
}

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kHook:
      return "hook";
    case Stage::kQuestion:
      return "question";
    case Stage::kSubject:
      return "subject";
    case Stage::kPolicy:
      return "policy";
    case Stage::kEvidence:
      return "evidence";
    case Stage::kFormat:
      return "format";
    case Stage::kSignature:
      return "signature";
    case Stage::kBase:
      return "base";
    case Stage::kIntegrity:
      return "integrity";
    case Stage::kVerdict:
      return "verdict";
  }
  return "hook";
}

}  // namespace assay
