// The key with which a node signs checkpoints of its audit log, and the
// checkpoints: signed notes (C2SP signed-note, tlog-checkpoint) whose origin is
// the log, whose size is a sequence number and whose root is the chain there.
// The note's key id is that of an ECDSA key in transparency logs, the start of
// the SHA-256 of the SubjectPublicKeyInfo.
#ifndef ASSAY_IO_AUDIT_AUDIT_KEY_H_
#define ASSAY_IO_AUDIT_AUDIT_KEY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/trust/public_key.h"
#include "core/trust/signing_key.h"

namespace assay {

// What a checkpoint says; made of one whose signature holds, or to be signed.
struct AuditCheckpoint {
  std::string log;  // raw id
  std::uint64_t sequence = 0;
  std::string chain;  // raw

  friend bool operator==(const AuditCheckpoint&,
                         const AuditCheckpoint&) = default;
};

// Errors: kInternal.
Result<std::string> SignCheckpoint(const SigningKey& key,
                                   const AuditCheckpoint& checkpoint);
// Errors: kCheckpointMalformed, kCheckpointInvalid.
Result<AuditCheckpoint> VerifyCheckpoint(const PublicKey& key,
                                         std::string_view note);

// The pair in `folder`: key.pem for root alone, key.pub for all who verify;
// made at its first use, under the lock of the head. Errors: those of files and
// keys.
Result<SigningKey> LoadAuditKey(const std::string& folder);
Result<SigningKey> LoadOrMakeAuditKey(const std::string& folder);
Result<PublicKey> LoadAuditPublicKey(const std::string& path);

}  // namespace assay

#endif  // ASSAY_IO_AUDIT_AUDIT_KEY_H_
