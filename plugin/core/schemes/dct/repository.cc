#include "core/schemes/dct/repository.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "core/trust/validity.h"

namespace assay::dct {
namespace {

Error In(const Error& error, std::string_view role) {
  return WithContext(error, role);
}

struct ReadRoot {
  Envelope envelope;
  Root root;
};

Result<ReadRoot> ParseRoot(std::string_view text) {
  auto envelope = Envelope::Parse(text, limits::kDctRootBytes);
  if (!envelope) return In(envelope.error(), kRootRole);
  auto root = Root::Read(envelope->content);
  if (!root) return In(root.error(), kRootRole);
  return ReadRoot{*std::move(envelope), *std::move(root)};
}

// A document of a role: enough of its keys signed it, and then it is read.
template <typename Document>
Result<Document> ReadSigned(std::string_view text, std::size_t most,
                            const Keys& keys, const Role& role) {
  const auto envelope = Envelope::Parse(text, most);
  if (!envelope) return envelope.error();
  const Status enough =
      CheckThreshold(keys, role, envelope->signed_bytes, envelope->signatures);
  if (!enough) return enough.error();
  return Document::Read(envelope->content);
}

// That the keys of the root before signed this one, too. Its own did already.
Status CheckFollows(const ReadRoot& before, const ReadRoot& next) {
  // Written so that it cannot overflow.
  if (next.root.head.version - 1 != before.root.head.version) {
    return Fail(Reason::kDctRootRotation,
                "version " + std::to_string(next.root.head.version) +
                    " after version " +
                    std::to_string(before.root.head.version));
  }
  const auto by_before =
      CheckThreshold(before.root.keys, before.root.root,
                     next.envelope.signed_bytes, next.envelope.signatures);
  if (by_before) return Ok();
  return Fail(Reason::kDctRootRotation,
              "by the keys of version " +
                  std::to_string(before.root.head.version) + ": " +
                  by_before.error().detail);
}

// Until when `threshold` of them are valid.
Time EndOf(const RootSigners& signers, std::size_t threshold) {
  std::vector<Time> ends;
  for (const auto& [key, validity] : signers) {
    ends.push_back(validity.end.value_or(Time::max()));
  }
  if (threshold == 0 || ends.size() < threshold) return Time::min();
  std::sort(ends.begin(), ends.end(), std::greater<>());
  return ends[threshold - 1];
}

Status CheckCertificates(const RootSigners& signers, std::size_t threshold,
                         Time now) {
  const auto valid = std::count_if(
      signers.begin(), signers.end(),
      [&](const auto& signer) { return signer.second.Contains(now); });
  if (threshold > 0 && static_cast<std::size_t>(valid) >= threshold) {
    return Ok();
  }
  return Fail(Reason::kDctExpired, "the certificate of the root's key");
}

Status CheckHead(const Head& head, std::string_view role, Time now) {
  if (now < head.expires) return Ok();
  return Fail(Reason::kDctExpired,
              std::string(role) + " expired at " + Rfc3339(head.expires));
}

bool SameSigners(const Keys& a, const Role& in_a, const Keys& b,
                 const Role& in_b) {
  return in_a.threshold == in_b.threshold &&
         FingerprintsOf(a, in_a) == FingerprintsOf(b, in_b);
}

// Whether somebody who answered for a role still does.
bool ShareSigners(const Keys& a, const Role& in_a, const Keys& b,
                  const Role& in_b) {
  const auto before = FingerprintsOf(b, in_b);
  const auto now = FingerprintsOf(a, in_a);
  return std::any_of(now.begin(), now.end(),
                     [&](const Digest& key) { return before.contains(key); });
}

Status CheckVersion(std::string_view role, const Head& is, const Head& was) {
  if (is.version >= was.version) return Ok();
  return Fail(Reason::kDctRollback,
              std::string(role) + ": version " + std::to_string(is.version) +
                  ", seen before: " + std::to_string(was.version));
}

}  // namespace

Status Repository::TakeRoots(const Terms& terms, const TrustData& data) {
  if (data.roots.empty() || data.roots.size() > limits::kDctRoots) {
    return Fail(Reason::kDctMalformed, "no root, or too many");
  }
  std::optional<ReadRoot> before;
  for (const std::string& text : data.roots) {
    auto read = ParseRoot(text);
    if (!read) return read.error();
    const Root& root = read->root;
    RootSigners signers = RootSignersOf(root, terms.repository, read->envelope);
    if (!before) {
      pinned_ = terms.pins.PinnedAmong(root, terms.repository, read->envelope);
      pinned_threshold_ = root.root.threshold;
      if (pinned_.size() < pinned_threshold_) {
        return Fail(Reason::kDctRootUnpinned,
                    "root version " + std::to_string(root.head.version));
      }
    } else if (const Status follows = CheckFollows(*before, *read); !follows) {
      return follows;
    }
    if (signers.size() < root.root.threshold) {
      return Fail(Reason::kDctRootRotation,
                  "too few of its own keys signed root version " +
                      std::to_string(root.head.version));
    }
    root_signers_ = std::move(signers);
    before = *std::move(read);
  }
  root_ = std::move(before->root);
  root_keys_ = FingerprintsOf(root_.keys, root_.root);
  return Ok();
}

Status Repository::TakeTimestamp(const std::string& text) {
  auto read = ReadSigned<Timestamp>(text, limits::kDctTimestampBytes,
                                    root_.keys, root_.timestamp);
  if (!read) return In(read.error(), kTimestampRole);
  timestamp_ = *std::move(read);
  return Ok();
}

Status Repository::TakeSnapshot(const std::string& text) {
  if (const Status same = timestamp_.snapshot.Check(text); !same) {
    return In(same.error(), kSnapshotRole);
  }
  auto read = ReadSigned<Snapshot>(text, limits::kDctDocumentBytes, root_.keys,
                                   root_.snapshot);
  if (!read) return In(read.error(), kSnapshotRole);
  snapshot_ = *std::move(read);
  return Ok();
}

Status Repository::TakeTargets(const TrustData& data) {
  const Status root =
      snapshot_.roles.find(kRootRole)->second.Check(data.roots.back());
  if (!root) return In(root.error(), kRootRole);
  const std::string& text = data.Of(std::string(kTargetsRole));
  const Status same = snapshot_.roles.find(kTargetsRole)->second.Check(text);
  if (!same) return In(same.error(), kTargetsRole);
  auto read = ReadSigned<Targets>(text, limits::kDctDocumentBytes, root_.keys,
                                  root_.targets);
  if (!read) return In(read.error(), kTargetsRole);
  targets_ = *std::move(read);
  return Ok();
}

// A role that nobody has signed for yet stands in the targets and not in the
// snapshot.
Status Repository::TakeDelegation(const std::string& role,
                                  const TrustData& data, bool required) {
  const Delegation* delegation = targets_.Find(role);
  const auto info = snapshot_.roles.find(role);
  if (delegation == nullptr || info == snapshot_.roles.end()) {
    return required ? Status(Fail(Reason::kDctSignerMissing, role)) : Ok();
  }
  const std::string& text = data.Of(role);
  if (const Status same = info->second.Check(text); !same) {
    return In(same.error(), role);
  }
  auto read = ReadSigned<Targets>(text, limits::kDctDocumentBytes,
                                  targets_.keys, delegation->signers);
  if (!read) return In(read.error(), role);
  delegated_.emplace(role, *std::move(read));
  return Ok();
}

Result<Repository> Repository::Prove(const Terms& terms,
                                     const TrustData& data) {
  Repository repository;
  if (auto taken = repository.TakeRoots(terms, data); !taken) {
    return taken.error();
  }
  const auto& timestamp = data.Of(std::string(kTimestampRole));
  if (auto taken = repository.TakeTimestamp(timestamp); !taken) {
    return taken.error();
  }
  const auto& snapshot = data.Of(std::string(kSnapshotRole));
  if (auto taken = repository.TakeSnapshot(snapshot); !taken) {
    return taken.error();
  }
  if (auto taken = repository.TakeTargets(data); !taken) return taken.error();
  const std::string releases(kReleasesRole);
  auto taken = repository.TakeDelegation(releases, data, false);
  for (const std::string& role : terms.signers) {
    if (!taken) break;
    if (role != releases) taken = repository.TakeDelegation(role, data, true);
  }
  if (!taken) return taken.error();
  return repository;
}

Status Repository::JudgeTime(Time now) const {
  if (Status valid = CheckCertificates(pinned_, pinned_threshold_, now);
      !valid) {
    return valid;
  }
  if (Status valid =
          CheckCertificates(root_signers_, root_.root.threshold, now);
      !valid) {
    return valid;
  }
  const std::array<std::pair<const Head*, std::string_view>, 4> heads = {
      {{&root_.head, kRootRole},
       {&timestamp_.head, kTimestampRole},
       {&snapshot_.head, kSnapshotRole},
       {&targets_.head, kTargetsRole}}};
  for (const auto& [head, role] : heads) {
    if (Status valid = CheckHead(*head, role, now); !valid) return valid;
  }
  for (const auto& [role, targets] : delegated_) {
    if (Status valid = CheckHead(targets.head, role, now); !valid) return valid;
  }
  return Ok();
}

Time Repository::ValidUntil() const {
  Time end = std::min({root_.head.expires, timestamp_.head.expires,
                       snapshot_.head.expires, targets_.head.expires,
                       EndOf(root_signers_, root_.root.threshold),
                       EndOf(pinned_, pinned_threshold_)});
  for (const auto& [role, targets] : delegated_) {
    end = std::min(end, targets.head.expires);
  }
  return end;
}

Status Repository::CheckNotOlder(const Repository& than) const {
  if (Status root = CheckVersion(kRootRole, root_.head, than.root_.head);
      !root) {
    return root;
  }
  struct Pair {
    std::string_view role;
    const Role& signers;
    const Role& before;
    const Head& is;
    const Head& was;
    decltype(&SameSigners) holds;
  };
  const Root& root = than.root_;
  const auto top =
      std::to_array<Pair>({{kTimestampRole, root_.timestamp, root.timestamp,
                            timestamp_.head, than.timestamp_.head, SameSigners},
                           {kSnapshotRole, root_.snapshot, root.snapshot,
                            snapshot_.head, than.snapshot_.head, SameSigners},
                           {kTargetsRole, root_.targets, root.targets,
                            targets_.head, than.targets_.head, ShareSigners}});
  for (const Pair& one : top) {
    if (!one.holds(root_.keys, one.signers, root.keys, one.before)) continue;
    if (Status same = CheckVersion(one.role, one.is, one.was); !same) {
      return same;
    }
  }
  for (const auto& [role, before] : than.delegated_) {
    const Delegation* delegation = targets_.Find(role);
    const Delegation* was = than.targets_.Find(role);
    if (delegation == nullptr ||
        !ShareSigners(targets_.keys, delegation->signers, than.targets_.keys,
                      was->signers)) {
      continue;
    }
    const auto now = delegated_.find(role);
    if (now == delegated_.end()) {
      return Fail(Reason::kDctRollback, role + " is gone");
    }
    if (Status same = CheckVersion(role, now->second.head, before.head);
        !same) {
      return same;
    }
  }
  return Ok();
}

// Whether what a delegated role says of a tag is for it to say.
bool Repository::Counts(std::string_view role, std::string_view tag) const {
  const Delegation* delegation = targets_.Find(role);
  return delegation != nullptr && delegation->Covers(tag);
}

const FileInfo* Repository::FindTag(const std::string& tag) const {
  const auto releases = delegated_.find(kReleasesRole);
  if (releases != delegated_.end() && Counts(kReleasesRole, tag)) {
    const auto file = releases->second.files.find(tag);
    if (file != releases->second.files.end()) return &file->second;
  }
  const auto file = targets_.files.find(tag);
  return file == targets_.files.end() ? nullptr : &file->second;
}

const FileInfo* Repository::FindImage(const Digest& digest) const {
  std::set<std::string> tags;
  for (const auto& [tag, file] : targets_.files) tags.insert(tag);
  const auto releases = delegated_.find(kReleasesRole);
  if (releases != delegated_.end()) {
    for (const auto& [tag, file] : releases->second.files) tags.insert(tag);
  }
  for (const std::string& tag : tags) {
    const FileInfo* file = FindTag(tag);
    if (file != nullptr && file->sha256 == digest) return file;
  }
  return nullptr;
}

Status Repository::CheckSigner(const std::string& role,
                               const std::optional<std::string>& tag,
                               const FileInfo& image) const {
  const auto vouches = delegated_.find(role);
  if (vouches != delegated_.end()) {
    for (const auto& [name, file] : vouches->second.files) {
      if ((!tag || name == *tag) && Counts(role, name) &&
          file.sha256 == image.sha256) {
        return Ok();
      }
    }
  }
  return Fail(Reason::kDctSignerMissing, role);
}

Result<std::vector<TrustDocument>> MissingFrom(
    const TrustData& data, const std::set<std::string>& signers) {
  const std::string timestamp(kTimestampRole);
  const std::string snapshot(kSnapshotRole);
  std::vector<TrustDocument> missing;
  const auto want = [&](const std::string& role, std::optional<Digest> digest,
                        std::size_t most) {
    if (data.by_role.contains(role)) return;
    missing.push_back({role, std::nullopt, std::move(digest), most});
  };
  if (!data.by_role.contains(timestamp)) {
    want(timestamp, std::nullopt, limits::kDctTimestampBytes);
    return missing;
  }
  const auto read = [&](const std::string& role) {
    return Envelope::Parse(data.Of(role), limits::kDctDocumentBytes);
  };
  if (!data.by_role.contains(snapshot)) {
    const auto envelope = read(timestamp);
    if (!envelope) return In(envelope.error(), timestamp);
    const auto document = Timestamp::Read(envelope->content);
    if (!document) return In(document.error(), timestamp);
    want(snapshot, document->snapshot.sha256, limits::kDctDocumentBytes);
    return missing;
  }
  const auto envelope = read(snapshot);
  if (!envelope) return In(envelope.error(), snapshot);
  const auto document = Snapshot::Read(envelope->content);
  if (!document) return In(document.error(), snapshot);
  std::set<std::string> roles = signers;
  roles.emplace(kReleasesRole);
  roles.emplace(kTargetsRole);
  for (const std::string& role : roles) {
    const auto info = document->roles.find(role);
    if (info == document->roles.end()) continue;
    want(role, info->second.sha256, limits::kDctDocumentBytes);
  }
  return missing;
}

}  // namespace assay::dct
