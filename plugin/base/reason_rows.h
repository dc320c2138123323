// The second part of the table in reason.cc, which alone includes it:
// integrity, files and usage, published trust. In the order of the enumeration.
#ifndef ASSAY_BASE_REASON_ROWS_H_
#define ASSAY_BASE_REASON_ROWS_H_

#include <array>

#include "base/reason.h"

namespace assay::reason_rows {

inline constexpr Ending kNo = Ending::kRejected;
inline constexpr Ending kUnsure = Ending::kUndetermined;
inline constexpr Ending kYes = Ending::kAccepted;

inline constexpr auto kRows = std::to_array<ReasonInfo>({
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

    {Reason::kTufMalformed, "tuf-malformed", kUnsure, Stage::kPolicy,
     "metadata of the TUF repository is malformed",
     "check what answers at the mirror of [trust.tuf]"},
    {Reason::kTufTooLarge, "tuf-too-large", kUnsure, Stage::kPolicy,
     "something in the TUF repository is larger than the limit",
     "check what answers at the mirror of [trust.tuf]"},
    {Reason::kTufSignature, "tuf-signature", kUnsure, Stage::kPolicy,
     "too few keys of the role signed the TUF metadata",
     "check the pinned root and what answers at the mirror of [trust.tuf]"},
    {Reason::kTufRootVersion, "tuf-root-version", kUnsure, Stage::kPolicy,
     "the TUF root is not the one that follows the trusted one",
     "check what answers at the mirror of [trust.tuf]"},
    {Reason::kTufRollback, "tuf-rollback", kUnsure, Stage::kPolicy,
     "the TUF mirror offers something older than what is trusted",
     "retry; look for who answers for the mirror of [trust.tuf]"},
    {Reason::kTufExpired, "tuf-expired", kUnsure, Stage::kPolicy,
     "the TUF mirror offers nothing that is not expired",
     "check the node's clock, and that the mirror is kept up to date"},
    {Reason::kTufMismatch, "tuf-mismatch", kUnsure, Stage::kPolicy,
     "a file of the TUF repository is not the one its metadata names",
     "retry; look for who answers for the mirror of [trust.tuf]"},
    {Reason::kTufTargetMissing, "tuf-target-missing", kUnsure, Stage::kPolicy,
     "the TUF repository does not vouch for such a file",
     "check the name behind tuf: in the policy"},
    {Reason::kTufMirror, "tuf-mirror", kUnsure, Stage::kPolicy,
     "the TUF mirror does not answer as it should",
     "check the network and [trust.tuf] of assayd.toml"},
    {Reason::kTufStateTampered, "tuf-state-tampered", kUnsure, Stage::kPolicy,
     "what is kept of the TUF repository does not verify; it was dropped",
     "assay reload fetches it again; look for who writes to the state folder"},
    {Reason::kTrustMissing, "trust-missing", kUnsure, Stage::kSignature,
     "the trusted root of the signer was not fetched yet",
     "assay reload fetches it; assay status shows why it could not"},
    {Reason::kTrustStale, "trust-stale", kUnsure, Stage::kSignature,
     "the trusted root of the signer was not confirmed for too long",
     "assay status shows why; see stale_after_hours of [trust.tuf]"},

    {Reason::kKubernetesPending, "kubernetes-pending", kUnsure,
     Stage::kSignature,
     "the signer's keys were not read from the Kubernetes API yet",
     "assay status shows why; the daemon asks again by itself"},
    {Reason::kKubernetesGone, "kubernetes-gone", kNo, Stage::kSignature,
     "the cluster no longer has the object or entry with the signer's keys",
     "check the name behind k8s:// in the policy, or create it"},
    {Reason::kKubernetesUnreachable, "kubernetes-unreachable", kUnsure,
     Stage::kPolicy, "the Kubernetes API server does not answer",
     "check the network and [kubernetes] of assayd.toml"},
    {Reason::kKubernetesForbidden, "kubernetes-forbidden", kUnsure,
     Stage::kPolicy, "the Kubernetes API server does not let us read this",
     "allow get and watch on that one object: see assayd.toml(5)"},
    {Reason::kKubernetesProtocol, "kubernetes-protocol", kUnsure,
     Stage::kPolicy,
     "the Kubernetes API server answers something else than was asked for",
     "look for who answers for the server of [kubernetes]"},
});

}  // namespace assay::reason_rows

#endif  // ASSAY_BASE_REASON_ROWS_H_
