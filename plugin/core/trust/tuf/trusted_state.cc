#include "core/trust/tuf/trusted_state.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/limits.h"

namespace assay::tuf {
namespace {

// Signatures first: nothing is read out of a document nobody signed.
template <typename Document>
Result<Document> ReadSigned(const Envelope& envelope, const Keys& keys,
                            const Role& role) {
  const Status enough =
      CheckThreshold(keys, role, envelope.signed_bytes, envelope.signatures);
  if (!enough) return enough.error();
  return Document::Read(envelope.content);
}

Status CheckExpiry(const Head& head, std::string_view what, Time now) {
  if (now < head.expires) return Ok();
  return Fail(Reason::kTufExpired,
              std::string(what) + " expired at " + Rfc3339(head.expires));
}

std::string Versions(std::int64_t is, std::int64_t than) {
  return "version " + std::to_string(is) + ", trusted is " +
         std::to_string(than);
}

// Section 5.5.5: no role goes back, and none disappears.
Status CheckNoRollback(const Snapshot& trusted, const Snapshot& fresh) {
  for (const auto& [role, info] : trusted.roles) {
    const auto now = fresh.roles.find(role);
    if (now == fresh.roles.end()) {
      return Fail(Reason::kTufRollback, role + " is gone");
    }
    if (now->second.version < info.version) {
      return Fail(Reason::kTufRollback,
                  role + ": " + Versions(now->second.version, info.version));
    }
  }
  return Ok();
}

bool IsAs(const MetaInfo& info, const Head& head, std::string_view bytes) {
  return info.version == head.version && info.file.Check(bytes).has_value();
}

}  // namespace

Result<TrustedState> TrustedState::Pin(std::string_view text) {
  const auto envelope = Envelope::Parse(text, limits::kTufRootBytes);
  if (!envelope) return envelope.error();
  auto root = Root::Read(envelope->content);
  if (!root) return root.error();
  const Status signed_by_itself = CheckThreshold(
      root->keys, root->root, envelope->signed_bytes, envelope->signatures);
  if (!signed_by_itself) return signed_by_itself.error();
  TrustedState state;
  state.root_ = std::make_shared<const Root>(*std::move(root));
  return state;
}

Result<TrustedState> TrustedState::WithRoot(std::string_view text) const {
  const auto envelope = Envelope::Parse(text, limits::kTufRootBytes);
  if (!envelope) return envelope.error();
  auto root = ReadSigned<Root>(*envelope, root_->keys, root_->root);
  if (!root) return root.error();
  const Status by_itself = CheckThreshold(
      root->keys, root->root, envelope->signed_bytes, envelope->signatures);
  if (!by_itself) return WithContext(by_itself.error(), "its own keys");
  // Written so that it cannot overflow.
  if (root->head.version - 1 != root_->head.version) {
    return Fail(Reason::kTufRootVersion,
                Versions(root->head.version, root_->head.version));
  }
  TrustedState state = *this;
  const bool same =
      SameSigners(root_->keys, root_->timestamp, root->keys, root->timestamp) &&
      SameSigners(root_->keys, root_->snapshot, root->keys, root->snapshot);
  if (!same) state = TrustedState();
  if (!SameSigners(root_->keys, root_->targets, root->keys, root->targets)) {
    state.targets_.clear();
  }
  state.root_ = std::make_shared<const Root>(*std::move(root));
  return state;
}

Result<TrustedState> TrustedState::WithTimestamp(std::string_view text) const {
  const auto envelope = Envelope::Parse(text, limits::kTufTimestampBytes);
  if (!envelope) return envelope.error();
  auto fresh = ReadSigned<Timestamp>(*envelope, root_->keys, root_->timestamp);
  if (!fresh) return fresh.error();
  if (timestamp_ != nullptr) {
    const Head& trusted = timestamp_->head;
    if (fresh->head.version == trusted.version) return *this;
    if (fresh->head.version < trusted.version) {
      return Fail(Reason::kTufRollback,
                  Versions(fresh->head.version, trusted.version));
    }
    if (fresh->snapshot.version < timestamp_->snapshot.version) {
      return Fail(Reason::kTufRollback,
                  "snapshot: " + Versions(fresh->snapshot.version,
                                          timestamp_->snapshot.version));
    }
  }
  TrustedState state = *this;
  state.timestamp_ = std::make_shared<const Timestamp>(*std::move(fresh));
  state.timestamp_bytes_ = text;
  return state;
}

Result<TrustedState> TrustedState::WithSnapshot(std::string_view text) const {
  if (timestamp_ == nullptr) {
    return Fail(Reason::kTufMismatch, "no timestamp names it");
  }
  const MetaInfo& named = timestamp_->snapshot;
  if (const Status same = named.file.Check(text); !same) return same.error();
  const auto envelope = Envelope::Parse(text, limits::kTufSnapshotBytes);
  if (!envelope) return envelope.error();
  auto fresh = ReadSigned<Snapshot>(*envelope, root_->keys, root_->snapshot);
  if (!fresh) return fresh.error();
  if (fresh->head.version != named.version) {
    return Fail(Reason::kTufMismatch,
                "version " + std::to_string(fresh->head.version) +
                    ", the timestamp names " + std::to_string(named.version));
  }
  if (snapshot_ != nullptr) {
    const Status forward = CheckNoRollback(*snapshot_, *fresh);
    if (!forward) return forward.error();
  }
  TrustedState state = *this;
  state.snapshot_ = std::make_shared<const Snapshot>(*std::move(fresh));
  state.snapshot_bytes_ = text;
  std::erase_if(state.targets_, [&](const auto& entry) {
    const auto& [role, loaded] = entry;
    const MetaInfo* info = state.RoleInfo(role);
    return info == nullptr || !IsAs(*info, loaded->targets.head, loaded->bytes);
  });
  return state;
}

Status TrustedState::CheckSigners(const Edge& edge,
                                  const Envelope& envelope) const {
  if (edge.from.empty()) {
    if (edge.role != kTargetsRole) {
      return Fail(Reason::kTufTargetMissing, "the root does not name it");
    }
    return CheckThreshold(root_->keys, root_->targets, envelope.signed_bytes,
                          envelope.signatures);
  }
  const Targets* parent = FindTargets(edge.from);
  if (parent != nullptr) {
    for (const Delegation& delegation : parent->delegations) {
      if (delegation.role != edge.role) continue;
      return CheckThreshold(parent->keys, delegation.signers,
                            envelope.signed_bytes, envelope.signatures);
    }
  }
  return Fail(Reason::kTufTargetMissing, "nobody delegates to it");
}

Result<TrustedState> TrustedState::WithTargets(const Edge& edge,
                                               std::string_view text) const {
  const MetaInfo* named = RoleInfo(edge.role);
  if (named == nullptr) {
    return Fail(Reason::kTufTargetMissing, "the snapshot does not name it");
  }
  if (const Status same = named->file.Check(text); !same) return same.error();
  auto envelope = Envelope::Parse(text, limits::kTufTargetsBytes);
  if (!envelope) return envelope.error();
  const Status enough = CheckSigners(edge, *envelope);
  if (!enough) return enough.error();
  auto targets = Targets::Read(envelope->content);
  if (!targets) return targets.error();
  if (targets->head.version != named->version) {
    return Fail(Reason::kTufMismatch,
                "version " + std::to_string(targets->head.version) +
                    ", the snapshot names " + std::to_string(named->version));
  }
  TrustedState state = *this;
  state.targets_.insert_or_assign(
      edge.role,
      std::make_shared<const LoadedTargets>(LoadedTargets{
          std::string(text), *std::move(envelope), *std::move(targets)}));
  return state;
}

// The search of section 5.6.7: in depth, in the order of delegation, each role
// once.
class TrustedState::Walk {
 public:
  Walk(const TrustedState& state, std::string_view target)
      : state_(state), target_(target) {
    pending_.push_back({std::string(kTargetsRole), {}});
  }

  Result<Search> Run() {
    while (!pending_.empty()) {
      const Edge edge = std::move(pending_.back());
      pending_.pop_back();
      if (!visited_.insert(edge.role).second) continue;
      if (visited_.size() > limits::kTufRoles) {
        return Fail(Reason::kTufTooLarge, "it leads through too many roles");
      }
      const auto loaded = state_.targets_.find(edge.role);
      if (loaded == state_.targets_.end()) return Search{nullptr, edge};
      // Whoever else led here may trust other keys.
      const Status enough = state_.CheckSigners(edge, loaded->second->envelope);
      if (!enough) return WithContext(enough.error(), edge.role);
      const Targets& targets = loaded->second->targets;
      const auto file = targets.files.find(target_);
      if (file != targets.files.end()) {
        return Search{&file->second, std::nullopt};
      }
      Follow(edge.role, targets);
    }
    return Fail(Reason::kTufTargetMissing, std::string(target_));
  }

 private:
  void Follow(const std::string& role, const Targets& targets) {
    std::vector<Edge> next;
    for (const Delegation& delegation : targets.delegations) {
      if (!delegation.Covers(target_)) continue;
      next.push_back({delegation.role, role});
      // Nobody else may speak for the target, those further up included.
      if (delegation.terminating) {
        pending_.clear();
        break;
      }
    }
    pending_.insert(pending_.end(), next.rbegin(), next.rend());
  }

  const TrustedState& state_;
  std::string_view target_;
  std::vector<Edge> pending_;  // the next one last
  std::set<std::string, std::less<>> visited_;
};

Result<TrustedState::Search> TrustedState::Find(std::string_view target) const {
  return Walk(*this, target).Run();
}

Status TrustedState::JudgeRootTime(Time now) const {
  return CheckExpiry(root_->head, "root", now);
}

Status TrustedState::JudgeTime(Time now) const {
  if (const Status root = JudgeRootTime(now); !root) return root;
  if (timestamp_ != nullptr) {
    const Status fresh = CheckExpiry(timestamp_->head, "timestamp", now);
    if (!fresh) return fresh;
  }
  const Snapshot* current = snapshot();
  if (current == nullptr) return Ok();
  if (const Status fresh = CheckExpiry(current->head, "snapshot", now);
      !fresh) {
    return fresh;
  }
  for (const auto& [role, loaded] : targets_) {
    const Status fresh = CheckExpiry(loaded->targets.head, role, now);
    if (!fresh) return fresh;
  }
  return Ok();
}

const Snapshot* TrustedState::snapshot() const {
  if (timestamp_ == nullptr || snapshot_ == nullptr) return nullptr;
  const bool current =
      IsAs(timestamp_->snapshot, snapshot_->head, snapshot_bytes_);
  return current ? snapshot_.get() : nullptr;
}

const MetaInfo* TrustedState::RoleInfo(std::string_view role) const {
  const Snapshot* current = snapshot();
  if (current == nullptr) return nullptr;
  const auto info = current->roles.find(role);
  return info == current->roles.end() ? nullptr : &info->second;
}

std::map<std::string, std::string> TrustedState::TargetsBytes() const {
  std::map<std::string, std::string> bytes;
  for (const auto& [role, loaded] : targets_) bytes[role] = loaded->bytes;
  return bytes;
}

const Targets* TrustedState::FindTargets(std::string_view role) const {
  const auto loaded = targets_.find(role);
  return loaded == targets_.end() ? nullptr : &loaded->second->targets;
}

}  // namespace assay::tuf
