#include "core/schemes/sigstore/witnesses.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/bytes.h"

namespace assay {
namespace {

// Logs of Rekor's second generation promise nothing and know no time of their
// own; they record hashedrekord 0.0.2 alone (rekor-tiles CLIENTS.md).
bool IsSecondGeneration(const LogEntry& entry) {
  return entry.kind == "hashedrekord" && entry.version == "0.0.2";
}

// The bytes that a signed entry timestamp is over: canonical JSON with these
// four members in this order (rekor openapi.yaml, LogEntry).
std::string PromisedBytes(const LogEntry& entry) {
  return R"({"body":")" + Base64Encode(entry.body) + R"(","integratedTime":)" +
         std::to_string(entry.integrated_time) + R"(,"logID":")" +
         HexEncode(entry.log_id) + R"(","logIndex":)" +
         std::to_string(entry.index) + "}";
}

// The time that the log promises to have recorded the entry at.
Result<Time> VerifyPromise(const LogEntry& entry, const TransparencyLog& log,
                           Time now) {
  if (!log.Signed(PromisedBytes(entry), entry.promise)) {
    return Fail(Reason::kLogPromiseInvalid, log.url());
  }
  const Time time{std::chrono::seconds(entry.integrated_time)};
  if (!log.validity().Contains(time)) {
    return Fail(Reason::kLogTime,
                log.url() + " was not in use at " + Rfc3339(time));
  }
  if (time > now) {
    return Fail(Reason::kLogTime, Rfc3339(time) + " is still to come");
  }
  return time;
}

Status VerifyProof(const LogEntry& entry, const TransparencyLog& log) {
  const LoggedInclusion& inclusion = *entry.inclusion;
  const auto checkpoint = Checkpoint::Parse(inclusion.checkpoint);
  if (!checkpoint) return checkpoint.error();
  const auto holds = log.VerifyCheckpoint(*checkpoint, LogNaming::kByKey);
  if (!holds) return holds;
  if (checkpoint->root != inclusion.root ||
      checkpoint->tree_size != inclusion.path.tree_size) {
    return Fail(Reason::kLogProofInvalid, "the checkpoint is of another tree");
  }
  return VerifyInclusion(MerkleLeaf(entry.body), inclusion.path,
                         inclusion.root);
}

// Index, size and root are the entry's and the checkpoint's, and the leaf is
// made anew: of what the proof states only the hashes are used.
Status VerifySecondProof(const LogEntry& entry, const TransparencyLog& log,
                         const LoggedSignature& logged) {
  const auto checkpoint = Checkpoint::Parse(entry.inclusion->checkpoint);
  if (!checkpoint) return checkpoint.error();
  const auto holds = log.VerifyCheckpoint(*checkpoint, LogNaming::kByName);
  if (!holds) return holds;
  const InclusionPath path{entry.index, checkpoint->tree_size,
                           entry.inclusion->path.hashes};
  const auto body = RebuildLogBody(logged);
  if (!body) return body.error();
  return VerifyInclusion(MerkleLeaf(*body), path, checkpoint->root);
}

// The time the entry proves; nullopt where it proves none.
Result<std::optional<Time>> VerifyEntry(const LogEntry& entry,
                                        const TransparencyLog& log,
                                        const LoggedSignature& logged,
                                        Time now) {
  std::optional<Time> time;
  if (IsSecondGeneration(entry)) {
    if (!entry.inclusion) {
      return Fail(Reason::kLogProofInvalid, "there is no proof");
    }
    const auto proof = VerifySecondProof(entry, log, logged);
    if (!proof) return proof.error();
    return time;
  }
  const auto body = CheckLogBody(entry, logged);
  if (!body) return body.error();
  if (!entry.promise.empty()) {
    const auto promised = VerifyPromise(entry, log, now);
    if (!promised) return promised.error();
    time = *promised;
  }
  if (entry.inclusion) {
    const auto proof = VerifyProof(entry, log);
    if (!proof) return proof.error();
  } else if (!time) {
    return Fail(Reason::kLogProofInvalid, "there is neither promise nor proof");
  }
  return time;
}

// A token of nobody in the root, or from the future, proves nothing.
std::set<std::string> Stamp(const LoggedSignature& logged,
                            const TrustedRoot& root, Time now,
                            std::vector<Time>& times) {
  std::set<std::string> authorities;
  const Candidate& candidate = logged.candidate;
  for (const std::string& token : candidate.material.timestamps) {
    for (const auto& authority : root.timestamp_authorities()) {
      const auto time = authority.Verify(token, candidate.StampedBytes());
      if (!time || *time > now) continue;
      times.push_back(*time);
      authorities.insert(authority.uri());
      break;
    }
  }
  return authorities;
}

// A log that states no time must have been in use at one that is proven, or,
// without any, now.
bool WasInUse(const TransparencyLog& log, const std::vector<Time>& times,
              Time now) {
  const auto in_use = [&](Time time) { return log.validity().Contains(time); };
  return times.empty() ? in_use(now)
                       : std::any_of(times.begin(), times.end(), in_use);
}

}  // namespace

Result<Witnesses> Witnesses::Of(const LoggedSignature& logged,
                                const TrustedRoot& root, Time now) {
  Witnesses found;
  found.authorities = Stamp(logged, root, now, found.times).size();
  std::set<const TransparencyLog*> logs;
  std::vector<const TransparencyLog*> timeless;
  std::set<std::pair<std::string, std::int64_t>> seen;
  for (const LogEntry& entry : logged.candidate.material.log_entries) {
    const auto* log = root.FindLog(entry.log_id);
    if (log == nullptr) continue;
    if (!seen.emplace(entry.log_id, entry.index).second) {
      return Fail(Reason::kLogEntryTwice, log->url());
    }
    const auto time = VerifyEntry(entry, *log, logged, now);
    if (!time) return time.error();
    logs.insert(log);
    if (*time) {
      found.times.push_back(**time);
    } else {
      timeless.push_back(log);
    }
  }
  for (const auto* log : timeless) {
    if (!WasInUse(*log, found.times, now)) {
      return Fail(Reason::kLogTime, log->url() + " was not in use then");
    }
  }
  found.logs = logs.size();
  return found;
}

}  // namespace assay
