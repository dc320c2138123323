#include "io/tuf/tuf_client.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/limits.h"
#include "io/registry/url.h"

namespace assay {

using tuf::FileInfo;
using tuf::MetaInfo;
using tuf::TrustedState;

namespace {

std::string Numbered(std::int64_t version, std::string_view name) {
  return std::to_string(version) + "." + std::string(name);
}

// Where a repository with consistent snapshots keeps a target: before the last
// part of its name stands its digest.
std::string TargetPath(const std::string& name, const FileInfo& info,
                       bool consistent) {
  if (!consistent) return "targets/" + name;
  const auto slash = name.rfind('/') + 1;  // 0 where there is none
  return "targets/" + name.substr(0, slash) + info.hashes.front().hex() + "." +
         name.substr(slash);
}

}  // namespace

// One refresh: the steps in the order of the specification.
class TufClient::Round {
 public:
  Round(TufMirror& mirror, TufState& state, Time now)
      : mirror_(mirror),
        state_(state),
        now_(now),
        deadline_(std::chrono::steady_clock::now() + limits::kTufDeadline) {}

  Status Run(const std::set<std::string>& files) {
    if (const Status done = UpdateRoot(); !done) return done;
    if (const Status done = UpdateTimestamp(); !done) return done;
    if (const Status done = UpdateSnapshot(); !done) return done;
    return FetchTargets(files);
  }

 private:
  // A file that must be there, as large as its metadata says where they do.
  Result<std::string> Get(const std::string& path, std::size_t most,
                          const FileInfo& info = {}) {
    const auto length = static_cast<std::size_t>(info.length.value_or(0));
    if (info.length && length > most) {
      return Fail(Reason::kTufTooLarge,
                  path + ": " + std::to_string(length) + " bytes");
    }
    if (info.length) most = length;
    auto bytes = mirror_.Get(path, most, deadline_);
    if (!bytes && bytes.error().reason == Reason::kTufTooLarge && info.length) {
      return Fail(Reason::kTufMismatch,
                  path + ": more than " + std::to_string(length) + " bytes");
    }
    if (!bytes) return bytes.error();
    if (!*bytes) return Fail(Reason::kTufMirror, path + ": it is not there");
    return **std::move(bytes);
  }

  // What was proven counts once it is not expired either.
  Status Take(Result<TrustedState> next, const std::string& path) {
    if (!next) return WithContext(next.error(), path);
    if (const Status fresh = next->JudgeTime(now_); !fresh) return fresh;
    state_.trusted = *std::move(next);
    return Ok();
  }

  // Section 5.3. A root may be expired on the way, the last one may not.
  Status UpdateRoot() {
    for (int count = 0; count < limits::kTufRotations; ++count) {
      const std::int64_t version = state_.trusted.root().head.version + 1;
      const std::string path = Numbered(version, "root.json");
      auto bytes = mirror_.Get(path, limits::kTufRootBytes, deadline_);
      if (!bytes) return bytes.error();
      if (!*bytes) return state_.trusted.JudgeRootTime(now_);
      auto next = state_.trusted.WithRoot(**bytes);
      if (!next) return WithContext(next.error(), path);
      state_.trusted = *std::move(next);
      state_.roots.emplace(version, **bytes);
      auto published = state_.published.WithRoot(**bytes);
      const bool stands =
          published.has_value() && published->timestamp() != nullptr;
      if (published) state_.published = *std::move(published);
      if (!stands) state_.files.clear();
    }
    return Fail(Reason::kTufTooLarge, "too many roots at once");
  }

  // Section 5.4.
  Status UpdateTimestamp() {
    const std::string path = "timestamp.json";
    const auto bytes = Get(path, limits::kTufTimestampBytes);
    if (!bytes) return bytes.error();
    return Take(state_.trusted.WithTimestamp(*bytes), path);
  }

  // Section 5.5.
  Status UpdateSnapshot() {
    if (state_.trusted.snapshot() != nullptr) return Ok();
    const MetaInfo& info = state_.trusted.timestamp()->snapshot;
    const std::string path = MetadataPath(info, "snapshot");
    const auto bytes = Get(path, limits::kTufSnapshotBytes, info.file);
    if (!bytes) return bytes.error();
    return Take(state_.trusted.WithSnapshot(*bytes), path);
  }

  // Sections 5.6 and 5.7. A file that the repository does not vouch for is no
  // reason to keep back the others.
  Status FetchTargets(const std::set<std::string>& names) {
    Status outcome = Ok();
    std::map<std::string, std::string> files;
    for (const std::string& name : names) {
      auto bytes = FetchTarget(name);
      if (bytes) {
        files.emplace(name, *std::move(bytes));
      } else if (bytes.error().reason == Reason::kTufTargetMissing) {
        if (outcome) outcome = bytes.error();
      } else {
        return bytes.error();
      }
    }
    state_.published = state_.trusted;
    state_.files = std::move(files);
    return outcome;
  }

  Result<std::string> FetchTarget(const std::string& name) {
    for (;;) {
      const auto search = state_.trusted.Find(name);
      if (!search) return search.error();
      if (search->found != nullptr) return FetchFile(name, *search->found);
      const Status loaded = UpdateTargets(*search->wanted);
      if (!loaded) return loaded.error();
    }
  }

  Status UpdateTargets(const TrustedState::Edge& edge) {
    const MetaInfo* info = state_.trusted.RoleInfo(edge.role);
    if (info == nullptr) {
      return Fail(Reason::kTufTargetMissing,
                  "the snapshot does not name the role " + edge.role);
    }
    const std::string path =
        MetadataPath(*info, registry::PercentEncode(edge.role));
    const auto bytes = Get(path, limits::kTufTargetsBytes, info->file);
    if (!bytes) return bytes.error();
    return Take(state_.trusted.WithTargets(edge, *bytes), path);
  }

  Result<std::string> FetchFile(const std::string& name, const FileInfo& info) {
    const auto kept = state_.files.find(name);
    if (kept != state_.files.end() && info.Check(kept->second)) {
      return kept->second;
    }
    const bool consistent = state_.trusted.root().consistent_snapshot;
    const std::string path = TargetPath(name, info, consistent);
    auto bytes = Get(path, limits::kKeyFileBytes, info);
    if (!bytes) return bytes.error();
    if (const Status same = info.Check(*bytes); !same) {
      return WithContext(same.error(), path);
    }
    return bytes;
  }

  std::string MetadataPath(const MetaInfo& info, const std::string& role) {
    const std::string name = role + ".json";
    const bool consistent = state_.trusted.root().consistent_snapshot;
    return consistent ? Numbered(info.version, name) : name;
  }

  TufMirror& mirror_;
  TufState& state_;
  const Time now_;
  const Deadline deadline_;
};

TufClient::Report TufClient::Refresh(const std::set<std::string>& files,
                                     Time now) {
  if (now.time_since_epoch().count() < limits::kEarliestPlausibleTime) {
    return {Fail(Reason::kClockImplausible), false, {}};
  }
  auto state = store_.Load();
  if (!state) return {state.error(), false, {}};
  const std::vector<std::string> dropped = std::move(state->dropped);
  const std::string before = TufStore::Dump(*state);
  Report report{Round(mirror_, *state, now).Run(files), false, dropped};
  report.changed = !dropped.empty() || TufStore::Dump(*state) != before;
  if (!report.changed) return report;
  if (const Status saved = store_.Save(*state); !saved) report.outcome = saved;
  return report;
}

}  // namespace assay
