// TransparencyLog: one log that the operator trusts, and what it can attest.
// Immutable and thread-safe.
#ifndef ASSAY_CORE_TRUST_TRANSPARENCY_LOG_H_
#define ASSAY_CORE_TRUST_TRANSPARENCY_LOG_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/trust/checkpoint.h"
#include "core/trust/public_key.h"
#include "core/trust/validity.h"

namespace assay {

// How a log names itself in its checkpoints. Logs of Rekor's first generation
// write a tree id behind the host, which changes; only the key binds them.
enum class LogNaming : std::uint8_t { kByKey = 1, kByName };

class TransparencyLog {
 public:
  // `id` is the log's key id in full; `url` says which log it is.
  TransparencyLog(std::string url, std::string id, PublicKey key,
                  Validity validity);

  const std::string& url() const { return url_; }
  // The URL's host and path, without scheme and final slash.
  const std::string& name() const { return name_; }
  const std::string& id() const { return id_; }
  const PublicKey& key() const { return key_; }
  const Validity& validity() const { return validity_; }

  // True when the log's key made `signature` over `message`.
  bool Signed(std::string_view message, std::string_view signature) const;

  // That at least one of the checkpoint's signatures is this log's. Errors:
  // kCheckpointInvalid.
  Status VerifyCheckpoint(const Checkpoint& checkpoint, LogNaming naming) const;

 private:
  std::string url_;
  std::string name_;
  std::string id_;
  PublicKey key_;
  Validity validity_;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_TRANSPARENCY_LOG_H_
