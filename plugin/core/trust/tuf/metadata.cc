#include "core/trust/tuf/metadata.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/trust/tuf/canonical_json.h"

namespace assay::tuf {
namespace {

constexpr std::string_view kSuffix = ".json";

Error MalformedMetadata(std::string detail) {
  return Fail(Reason::kTufMalformed, std::move(detail));
}

// "1.0" or "1.0.31": later minor versions add, they do not change.
bool IsKnownVersion(std::string_view text) {
  if (!text.starts_with("1.")) return false;
  const bool numbers = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == '.';
  });
  return numbers && text.size() <= 16;
}

// What all documents have in common.
Result<Head> ReadHead(const Json& content, std::string_view type) {
  const auto* is = content.FindString("_type");
  if (is == nullptr || *is != type) {
    return MalformedMetadata("it is no " + std::string(type) + " metadata");
  }
  const auto* spec = content.FindString("spec_version");
  if (spec == nullptr || !IsKnownVersion(*spec)) {
    return MalformedMetadata("its spec_version is not 1");
  }
  const auto* version = content.FindInt("version");
  if (version == nullptr || *version < 1) {
    return MalformedMetadata("its version is no number from 1");
  }
  const auto* expires = content.FindString("expires");
  const auto time = expires == nullptr ? std::nullopt : ParseRfc3339(*expires);
  if (!time) return MalformedMetadata("its expiry is no time in UTC");
  return Head{*version, *time};
}

// The hashes Assay knows; there must be one where any are given.
Result<std::vector<Digest>> ReadHashes(const Json& json) {
  std::vector<Digest> hashes;
  const Json* given = json.Find("hashes");
  if (given == nullptr) return hashes;
  for (const auto* name : {"sha256", "sha512"}) {
    const auto* hex = given->FindString(name);
    if (hex == nullptr) continue;
    auto digest = Digest::Parse(std::string(name) + ":" + *hex);
    if (!digest) return MalformedMetadata("a hash is malformed");
    hashes.push_back(*std::move(digest));
  }
  if (hashes.empty()) return MalformedMetadata("no hash of a known kind");
  return hashes;
}

Result<FileInfo> ReadFileInfo(const Json& json) {
  if (json.AsObject() == nullptr)
    return MalformedMetadata("a file is no object");
  FileInfo info;
  auto hashes = ReadHashes(json);
  if (!hashes) return hashes.error();
  info.hashes = *std::move(hashes);
  if (json.Find("length") == nullptr) return info;
  const auto* length = json.FindInt("length");
  if (length == nullptr || *length < 0)
    return MalformedMetadata("a length is none");
  info.length = *length;
  return info;
}

Result<MetaInfo> ReadMeta(const Json& json) {
  auto file = ReadFileInfo(json);
  if (!file) return file.error();
  const auto* version = json.FindInt("version");
  if (version == nullptr || *version < 1) {
    return MalformedMetadata("a file's version is no number from 1");
  }
  return MetaInfo{*version, *std::move(file)};
}

// Whether `name` stands for a role that only the root may give.
bool IsTopLevel(std::string_view name) {
  return name == "root" || name == "timestamp" || name == "snapshot" ||
         name == "targets";
}

Result<std::vector<std::string>> ReadTexts(const Json& json,
                                           std::string_view key) {
  std::vector<std::string> texts;
  const Json* value = json.Find(key);
  if (value == nullptr) return texts;
  if (value->AsArray() == nullptr) return MalformedMetadata("a list is none");
  for (const Json& text : *value->AsArray()) {
    if (text.AsString() == nullptr)
      return MalformedMetadata("a list of other things");
    texts.push_back(*text.AsString());
  }
  return texts;
}

Result<Delegation> ReadDelegation(const Json& json) {
  const auto* name = json.FindString("name");
  const auto* terminating = json.Find("terminating");
  if (name == nullptr || name->empty() || IsTopLevel(*name) ||
      terminating == nullptr || terminating->AsBool() == nullptr) {
    return MalformedMetadata("a delegation without a role's name or an end");
  }
  auto signers = Role::Read(&json);
  if (!signers) return signers.error();
  auto paths = ReadTexts(json, "paths");
  if (!paths) return paths.error();
  auto prefixes = ReadTexts(json, "path_hash_prefixes");
  if (!prefixes) return prefixes.error();
  if ((json.Find("paths") == nullptr) ==
      (json.Find("path_hash_prefixes") == nullptr)) {
    return MalformedMetadata("a delegation of neither or both kinds of paths");
  }
  return Delegation{*name, *std::move(signers), *std::move(paths),
                    *std::move(prefixes), *terminating->AsBool()};
}

Status ReadDelegations(const Json& content, Targets& targets) {
  const Json* json = content.Find("delegations");
  if (json == nullptr) return Ok();
  auto keys = ReadKeys(json->Find("keys"));
  if (!keys) return keys.error();
  targets.keys = *std::move(keys);
  const auto* roles = json->FindArray("roles");
  if (roles == nullptr) {
    return MalformedMetadata("delegations without a list of roles");
  }
  if (roles->size() > limits::kTufDelegations) {
    return Fail(Reason::kTufTooLarge, "too many delegations");
  }
  for (const Json& role : *roles) {
    auto delegation = ReadDelegation(role);
    if (!delegation) return delegation.error();
    targets.delegations.push_back(*std::move(delegation));
  }
  return Ok();
}

// One part of a path: `*` for any run, `?` for one character. Anything else,
// sets in brackets too, stands for itself.
bool PartMatches(std::string_view glob, std::string_view part) {
  std::size_t at = 0;
  std::size_t star = std::string_view::npos;
  std::size_t from = 0;
  for (std::size_t i = 0; i < part.size();) {
    if (at < glob.size() && glob[at] == '*') {
      star = at++;
      from = i;
    } else if (at < glob.size() && (glob[at] == '?' || glob[at] == part[i])) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++from;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', at) == std::string_view::npos;
}

// A wildcard never reaches over a slash.
bool PathMatches(std::string_view glob, std::string_view path) {
  for (;;) {
    const auto glob_end = glob.find('/');
    const auto path_end = path.find('/');
    if (!PartMatches(glob.substr(0, glob_end), path.substr(0, path_end))) {
      return false;
    }
    const bool last = glob_end == std::string_view::npos;
    if (last || path_end == std::string_view::npos) {
      return last && path_end == std::string_view::npos;
    }
    glob.remove_prefix(glob_end + 1);
    path.remove_prefix(path_end + 1);
  }
}

Result<std::vector<Signature>> ReadSignatures(const Json& document) {
  const auto* list = document.FindArray("signatures");
  if (list == nullptr) return MalformedMetadata("no list of signatures");
  if (list->size() > limits::kTufSignatures) {
    return Fail(Reason::kTufTooLarge, "too many signatures");
  }
  std::vector<Signature> signatures;
  for (const Json& one : *list) {
    const auto* id = one.FindString("keyid");
    const auto* hex = one.FindString("sig");
    if (id == nullptr || hex == nullptr) {
      return MalformedMetadata("a signature without keyid or sig");
    }
    // Whoever has not signed yet stands there with an empty one.
    auto bytes = HexDecode(*hex);
    if (bytes && !bytes->empty()) signatures.push_back({*id, *bytes});
  }
  return signatures;
}

}  // namespace

Result<Envelope> Envelope::Parse(std::string_view text, std::size_t most) {
  if (text.size() > most) {
    return Fail(Reason::kTufTooLarge, std::to_string(text.size()) +
                                          " bytes, at most " +
                                          std::to_string(most));
  }
  auto document = Json::Parse(text, most);
  if (!document) {
    return MalformedMetadata(
        std::string(Describe(document.error().reason).sentence) + ": " +
        document.error().detail);
  }
  const Json* content = document->Find("signed");
  if (content == nullptr) return MalformedMetadata("nothing is signed");
  auto signed_bytes = CanonicalJson(*content);
  if (!signed_bytes) return signed_bytes.error();
  auto signatures = ReadSignatures(*document);
  if (!signatures) return signatures.error();
  return Envelope{*content, *std::move(signed_bytes), *std::move(signatures)};
}

Status FileInfo::Check(std::string_view bytes) const {
  if (length && static_cast<std::size_t>(*length) != bytes.size()) {
    return Fail(Reason::kTufMismatch, std::to_string(bytes.size()) +
                                          " bytes, not " +
                                          std::to_string(*length));
  }
  for (const Digest& hash : hashes) {
    if (!hash.Matches(bytes)) {
      return Fail(Reason::kTufMismatch, "its digest is not " + hash.str());
    }
  }
  return Ok();
}

Result<Root> Root::Read(const Json& content) {
  const auto head = ReadHead(content, "root");
  if (!head) return head.error();
  Root root;
  root.head = *head;
  if (const Json* consistent = content.Find("consistent_snapshot")) {
    if (consistent->AsBool() == nullptr) {
      return MalformedMetadata("consistent_snapshot is no truth value");
    }
    root.consistent_snapshot = *consistent->AsBool();
  }
  auto keys = ReadKeys(content.Find("keys"));
  if (!keys) return keys.error();
  root.keys = *std::move(keys);
  const Json* roles = content.Find("roles");
  if (roles == nullptr) return MalformedMetadata("roles are absent");
  const std::array<std::pair<const char*, Role*>, 4> wanted = {
      {{"root", &root.root},
       {"timestamp", &root.timestamp},
       {"snapshot", &root.snapshot},
       {"targets", &root.targets}}};
  for (const auto& [name, role] : wanted) {
    auto read = Role::Read(roles->Find(name));
    if (!read) return WithContext(read.error(), name);
    *role = *std::move(read);
  }
  return root;
}

Result<Timestamp> Timestamp::Read(const Json& content) {
  const auto head = ReadHead(content, "timestamp");
  if (!head) return head.error();
  const Json* meta = content.Find("meta");
  const Json* entry = meta == nullptr ? nullptr : meta->Find("snapshot.json");
  if (entry == nullptr) return MalformedMetadata("it names no snapshot");
  auto snapshot = ReadMeta(*entry);
  if (!snapshot) return snapshot.error();
  return Timestamp{*head, *std::move(snapshot)};
}

Result<Snapshot> Snapshot::Read(const Json& content) {
  const auto head = ReadHead(content, "snapshot");
  if (!head) return head.error();
  const auto* meta = content.FindObject("meta");
  if (meta == nullptr) return MalformedMetadata("it names no files");
  Snapshot snapshot{*head, {}};
  for (const auto& [name, entry] : *meta) {
    if (!name.ends_with(kSuffix))
      return MalformedMetadata("a name without .json");
    auto info = ReadMeta(entry);
    if (!info) return info.error();
    snapshot.roles.emplace(name.substr(0, name.size() - kSuffix.size()),
                           *std::move(info));
  }
  if (!snapshot.roles.contains("targets")) {
    return MalformedMetadata("it names no targets");
  }
  return snapshot;
}

Result<Targets> Targets::Read(const Json& content) {
  const auto head = ReadHead(content, "targets");
  if (!head) return head.error();
  const auto* files = content.FindObject("targets");
  if (files == nullptr) return MalformedMetadata("it holds no targets");
  Targets targets;
  targets.head = *head;
  for (const auto& [name, entry] : *files) {
    auto info = ReadFileInfo(entry);
    if (!info) return info.error();
    if (!info->length || info->hashes.empty()) {
      return MalformedMetadata("a target without length or hashes");
    }
    targets.files.emplace(name, *std::move(info));
  }
  const Status delegations = ReadDelegations(content, targets);
  if (!delegations) return delegations.error();
  return targets;
}

bool Delegation::Covers(std::string_view target) const {
  const std::string hash = Digest::Of(target).hex();
  return std::any_of(
             paths.begin(), paths.end(),
             [&](const auto& glob) { return PathMatches(glob, target); }) ||
         std::any_of(
             hash_prefixes.begin(), hash_prefixes.end(),
             [&](const auto& prefix) { return hash.starts_with(prefix); });
}

}  // namespace assay::tuf
