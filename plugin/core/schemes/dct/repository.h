// Repository: what trust data proves of one repository, from a pinned root on,
// in the order of notary's client: the root and those that followed it,
// timestamp, snapshot, targets, delegations. An immutable value; time is judged
// apart, so that what lies on disk is proven anew however old it is.
#ifndef ASSAY_CORE_SCHEMES_DCT_REPOSITORY_H_
#define ASSAY_CORE_SCHEMES_DCT_REPOSITORY_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/schemes/dct/metadata.h"
#include "core/schemes/dct/root_pins.h"
#include "core/schemes/trust_data.h"

namespace assay::dct {

// What a signer asks of trust data. All borrowed.
struct Terms {
  const RootPins& pins;
  const std::string& repository;         // "docker.io/library/alpine"
  const std::set<std::string>& signers;  // roles that must all vouch
};

class Repository {
 public:
  // Errors: kDctMalformed, kDctRootUnpinned, kDctRootRotation, kDctSignature,
  // kDctMismatch, kDctRollback (a role that is delegated to and was left out).
  static Result<Repository> Prove(const Terms& terms, const TrustData& data);

  // Errors: kDctExpired.
  Status JudgeTime(Time now) const;
  // From when on JudgeTime fails, whatever else happens.
  Time ValidUntil() const;

  // That no document is older than one that was proven before. Where other
  // keys answer for it, a timestamp and a snapshot may begin anew (TUF 1.0,
  // section 5.3.11); targets only where none of the former keys is left, since
  // who holds the first two could bring back whatever one of them signed.
  // Errors: kDctRollback.
  Status CheckNotOlder(const Repository& than) const;

  // What a tag stands for: in targets/releases, else in the targets; what
  // other roles say of it counts for nothing. Null where neither names it.
  const FileInfo* FindTag(const std::string& tag) const;
  // Whether any tag stands for this image.
  const FileInfo* FindImage(const Digest& digest) const;
  // Whether a role that must vouch does so: for the same image by that tag, or
  // where there is none by any. Errors: kDctSignerMissing.
  Status CheckSigner(const std::string& role,
                     const std::optional<std::string>& tag,
                     const FileInfo& image) const;

  // Of the root's keys, one name for all who pin it.
  const Digest& identity() const { return *root_keys_.begin(); }
  std::int64_t root_version() const { return root_.head.version; }

 private:
  using AllTargets = std::map<std::string, Targets, std::less<>>;

  Repository() = default;
  Status TakeRoots(const Terms& terms, const TrustData& data);
  Status TakeTimestamp(const std::string& text);
  Status TakeSnapshot(const std::string& text);
  Status TakeTargets(const TrustData& data);
  Status TakeDelegation(const std::string& role, const TrustData& data,
                        bool required);
  bool Counts(std::string_view role, std::string_view tag) const;

  Root root_;
  std::set<Digest> root_keys_;  // never empty
  RootSigners root_signers_;    // those whose certificates must be valid
  RootSigners pinned_;          // of the root that is pinned
  std::size_t pinned_threshold_ = 0;
  Timestamp timestamp_;
  Snapshot snapshot_;
  Targets targets_;
  AllTargets delegated_;
};

// Which documents a set must have beside its roots, as far as is known: what
// `data` has so far decides what comes next. Nothing is believed yet. Errors:
// kDctMalformed.
Result<std::vector<TrustDocument>> MissingFrom(
    const TrustData& data, const std::set<std::string>& signers);

}  // namespace assay::dct

#endif  // ASSAY_CORE_SCHEMES_DCT_REPOSITORY_H_
