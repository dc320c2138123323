// TrustedState: what has been proven of a TUF repository, from a pinned root
// on (specification 1.0, section 5). An immutable value: each step of the
// client's workflow takes bytes and yields a new state or an error, and never
// one with a lower version than the old.
//
// Time is judged apart, by JudgeTime: what lies on disk is proven anew however
// old it is, what comes from a mirror must not be expired.
#ifndef ASSAY_CORE_TRUST_TUF_TRUSTED_STATE_H_
#define ASSAY_CORE_TRUST_TUF_TRUSTED_STATE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/trust/tuf/metadata.h"

namespace assay::tuf {

inline constexpr std::string_view kTargetsRole = "targets";

class TrustedState {
 public:
  // Section 5.2: the root the operator pinned, signed by its own keys. Errors:
  // kTufMalformed, kTufTooLarge, kTufSignature.
  static Result<TrustedState> Pin(std::string_view root);

  // Section 5.3: the next root, signed by the keys of both. Where it gives the
  // timestamp or the snapshot other signers, what the old ones said is
  // forgotten (5.3.11); of other signers of the targets these must be loaded
  // again. Errors: those of Pin, kTufRootVersion.
  Result<TrustedState> WithRoot(std::string_view root) const;
  // Section 5.4. The very version that is trusted already changes nothing.
  // Errors: those of Pin, kTufRollback.
  Result<TrustedState> WithTimestamp(std::string_view timestamp) const;
  // Section 5.5. Errors: those of Pin, kTufMismatch, kTufRollback.
  Result<TrustedState> WithSnapshot(std::string_view snapshot) const;

  // Metadata of a role, as which other role leaves targets to it; "" for the
  // top-level targets, which the root does.
  struct Edge {
    std::string role;
    std::string from;
  };
  // Section 5.6. Errors: those of Pin, kTufMismatch, kTufTargetMissing (the
  // snapshot has no such role, or nobody delegates to it so).
  Result<TrustedState> WithTargets(const Edge& edge,
                                   std::string_view targets) const;

  // How far the search for a target came (5.6.7): the target, or what must be
  // loaded to go on.
  struct Search {
    const FileInfo* found = nullptr;  // borrowed
    std::optional<Edge> wanted;
  };
  // Errors: kTufTargetMissing, kTufTooLarge (too many roles), kTufSignature.
  Result<Search> Find(std::string_view target) const;

  // That nothing that was taken so far is expired. Errors: kTufExpired.
  Status JudgeTime(Time now) const;
  // The same of the root alone (5.3.10).
  Status JudgeRootTime(Time now) const;

  const Root& root() const { return *root_; }
  // Null until there is one.
  const Timestamp* timestamp() const { return timestamp_.get(); }
  // Null until it is the one that the timestamp names.
  const Snapshot* snapshot() const;
  // What the snapshot says about a role; null when it does not know it.
  const MetaInfo* RoleInfo(std::string_view role) const;
  // As they came, for who keeps them; "" where there is none.
  const std::string& timestamp_bytes() const { return timestamp_bytes_; }
  const std::string& snapshot_bytes() const { return snapshot_bytes_; }
  std::map<std::string, std::string> TargetsBytes() const;
  const Targets* FindTargets(std::string_view role) const;

 private:
  struct LoadedTargets {
    std::string bytes;
    Envelope envelope;
    Targets targets;
  };
  using AllTargets =
      std::map<std::string, std::shared_ptr<const LoadedTargets>, std::less<>>;

  TrustedState() = default;
  class Walk;
  Status CheckSigners(const Edge& edge, const Envelope& envelope) const;

  std::shared_ptr<const Root> root_;
  std::shared_ptr<const Timestamp> timestamp_;
  std::string timestamp_bytes_;
  std::shared_ptr<const Snapshot> snapshot_;  // perhaps of an older timestamp
  std::string snapshot_bytes_;
  AllTargets targets_;  // as the snapshot names them
};

}  // namespace assay::tuf

#endif  // ASSAY_CORE_TRUST_TUF_TRUSTED_STATE_H_
