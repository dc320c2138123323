// The documents of a TUF repository (specification 1.0, section 4), read
// strictly and without judging who signed them. Unknown members are part of
// what is signed and otherwise ignored, as the specification asks.
//
// Errors of everything here: kTufMalformed, kTufTooLarge.
#ifndef ASSAY_CORE_TRUST_TUF_METADATA_H_
#define ASSAY_CORE_TRUST_TUF_METADATA_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "core/trust/tuf/key.h"

namespace assay::tuf {

// A document before anything in it is believed: the canonical bytes of what is
// signed, and the signatures over them.
struct Envelope {
  Json content;  // the member `signed`
  std::string signed_bytes;
  std::vector<Signature> signatures;  // none of them empty

  static Result<Envelope> Parse(std::string_view text, std::size_t most);
};

// What a document says about another one.
struct FileInfo {
  std::optional<std::int64_t> length;
  std::vector<Digest> hashes;  // sha256 before sha512; may be empty

  // Errors: kTufMismatch.
  Status Check(std::string_view bytes) const;
};

struct MetaInfo {
  std::int64_t version = 0;
  FileInfo file;
};

struct Head {
  std::int64_t version = 0;  // at least 1
  Time expires{};            // no longer valid at this second
};

struct Root {
  Head head;
  bool consistent_snapshot = false;
  Keys keys;
  Role root;
  Role timestamp;
  Role snapshot;
  Role targets;

  static Result<Root> Read(const Json& content);
};

struct Timestamp {
  Head head;
  MetaInfo snapshot;

  static Result<Timestamp> Read(const Json& content);
};

struct Snapshot {
  Head head;
  std::map<std::string, MetaInfo, std::less<>> roles;  // without ".json"

  static Result<Snapshot> Read(const Json& content);
};

// A role to which targets under some paths are left (section 4.5).
struct Delegation {
  std::string role;
  Role signers;
  std::vector<std::string> paths;          // shell patterns, or
  std::vector<std::string> hash_prefixes;  // of the path's SHA-256, in hex
  bool terminating = false;

  bool Covers(std::string_view target) const;
};

struct Targets {
  Head head;
  std::map<std::string, FileInfo, std::less<>> files;
  Keys keys;
  std::vector<Delegation> delegations;

  static Result<Targets> Read(const Json& content);
};

}  // namespace assay::tuf

#endif  // ASSAY_CORE_TRUST_TUF_METADATA_H_
