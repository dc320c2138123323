// The documents of Notary v1 (notary tuf/data), read strictly and without
// judging who signed them. Names of roles are held to the grammar before they
// become names of anything.
//
// Errors of everything here: kDctMalformed.
#ifndef ASSAY_CORE_SCHEMES_DCT_METADATA_H_
#define ASSAY_CORE_SCHEMES_DCT_METADATA_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "core/schemes/dct/key.h"

namespace assay::dct {

inline constexpr std::string_view kRootRole = "root";
inline constexpr std::string_view kTimestampRole = "timestamp";
inline constexpr std::string_view kSnapshotRole = "snapshot";
inline constexpr std::string_view kTargetsRole = "targets";
// Where docker signs; what it looks at before the targets themselves.
inline constexpr std::string_view kReleasesRole = "targets/releases";

// Whether `name` is a role to which the targets themselves delegate:
// "targets/" and one component of [-a-z0-9_].
bool IsDelegation(std::string_view name);

// A document before anything in it is believed: the canonical bytes of what is
// signed, and the signatures over them.
struct Envelope {
  Json content;  // the member `signed`
  std::string signed_bytes;
  std::vector<Signature> signatures;

  static Result<Envelope> Parse(std::string_view text, std::size_t most);
};

// What a document says about another one, or about an image.
struct FileInfo {
  std::int64_t length = 0;
  Digest sha256 = Digest::Of("");
  std::optional<Digest> sha512;

  // Errors: kDctMismatch.
  Status Check(std::string_view bytes) const;
};

struct Head {
  std::int64_t version = 0;  // at least 1
  Time expires{};            // no longer valid at this second
};

struct Root {
  Head head;
  Keys keys;
  Role root;
  Role timestamp;
  Role snapshot;
  Role targets;

  static Result<Root> Read(const Json& content);
};

struct Timestamp {
  Head head;
  FileInfo snapshot;

  static Result<Timestamp> Read(const Json& content);
};

struct Snapshot {
  Head head;
  std::map<std::string, FileInfo, std::less<>> roles;

  static Result<Snapshot> Read(const Json& content);
};

// A role to which targets are left whose names begin with one of `paths`.
struct Delegation {
  std::string name;
  Role signers;
  std::vector<std::string> paths;

  bool Covers(std::string_view target) const;
};

struct Targets {
  Head head;
  std::map<std::string, FileInfo, std::less<>> files;  // by tag
  Keys keys;
  std::vector<Delegation> delegations;

  const Delegation* Find(std::string_view role) const;
  static Result<Targets> Read(const Json& content);
};

}  // namespace assay::dct

#endif  // ASSAY_CORE_SCHEMES_DCT_METADATA_H_
