#include "core/schemes/dct/metadata.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/error_text.h"
#include "base/limits.h"
#include "core/trust/tuf/canonical_json.h"

namespace assay::dct {
namespace {

constexpr std::size_t kRoleBytes = 255;

Error NoDocument(std::string detail) {
  return Fail(Reason::kDctMalformed, std::move(detail));
}

// What all documents have in common.
Result<Head> ReadHead(const Json& content, std::string_view type) {
  const auto* is = content.FindString("_type");
  if (is == nullptr || *is != type) {
    return NoDocument("it is no " + std::string(type) + " document");
  }
  const auto* version = content.FindInt("version");
  if (version == nullptr || *version < 1) {
    return NoDocument("its version is no number from 1");
  }
  const auto* expires = content.FindString("expires");
  const auto time = expires == nullptr ? std::nullopt : ParseRfc3339(*expires);
  if (!time) return NoDocument("its expiry is no time");
  return Head{*version, *time};
}

Result<std::optional<Digest>> ReadHash(const Json& hashes,
                                       const std::string& name) {
  const auto* text = hashes.FindString(name);
  if (text == nullptr) return std::optional<Digest>();
  const auto bytes = Base64Decode(*text);
  if (!bytes) return NoDocument("a hash is no base64");
  auto digest = Digest::Parse(name + ":" + HexEncode(*bytes));
  if (!digest) return NoDocument("a hash of another length");
  return std::optional(*std::move(digest));
}

Result<FileInfo> ReadFileInfo(const Json& json) {
  const auto* length = json.FindInt("length");
  const Json* hashes = json.Find("hashes");
  if (length == nullptr || *length < 0 || hashes == nullptr) {
    return NoDocument("a file without length or hashes");
  }
  auto sha256 = ReadHash(*hashes, "sha256");
  if (!sha256) return sha256.error();
  auto sha512 = ReadHash(*hashes, "sha512");
  if (!sha512) return sha512.error();
  if (!*sha256) return NoDocument("a file without a sha256");
  return FileInfo{*length, **std::move(sha256), *std::move(sha512)};
}

Result<std::map<std::string, FileInfo, std::less<>>> ReadFiles(
    const Json* json) {
  const auto* members = json == nullptr ? nullptr : json->AsObject();
  if (members == nullptr) return NoDocument("it lists no files");
  std::map<std::string, FileInfo, std::less<>> files;
  for (const auto& [name, value] : *members) {
    auto info = ReadFileInfo(value);
    if (!info) return info.error();
    files.emplace(name, *std::move(info));
  }
  return files;
}

Result<Delegation> ReadDelegation(const Json& json) {
  const auto* name = json.FindString("name");
  if (name == nullptr || !IsDelegation(*name)) {
    return NoDocument("a delegation whose name is none");
  }
  auto signers = ReadRole(&json);
  if (!signers) return signers.error();
  Delegation delegation{*name, *std::move(signers), {}};
  const Json* paths = json.Find("paths");
  if (paths == nullptr || paths->IsNull()) return delegation;  // it covers none
  if (paths->AsArray() == nullptr) return NoDocument("paths is no list");
  for (const Json& path : *paths->AsArray()) {
    if (path.AsString() == nullptr) return NoDocument("a path is no text");
    delegation.paths.push_back(*path.AsString());
  }
  return delegation;
}

Status ReadDelegations(const Json& content, Targets& targets) {
  const Json* json = content.Find("delegations");
  if (json == nullptr || json->IsNull()) return Ok();
  auto keys = ReadKeys(json->Find("keys"));
  if (!keys) return keys.error();
  targets.keys = *std::move(keys);
  const auto* roles = json->FindArray("roles");
  if (roles == nullptr)
    return NoDocument("delegations without a list of roles");
  if (roles->size() > limits::kDctDelegations) {
    return NoDocument("too many delegations");
  }
  for (const Json& role : *roles) {
    auto delegation = ReadDelegation(role);
    if (!delegation) return delegation.error();
    if (targets.Find(delegation->name) != nullptr) {
      return NoDocument("two delegations of one name");
    }
    targets.delegations.push_back(*std::move(delegation));
  }
  return Ok();
}

Result<std::vector<Signature>> ReadSignatures(const Json& document) {
  const auto* list = document.FindArray("signatures");
  if (list == nullptr) return NoDocument("no list of signatures");
  if (list->size() > limits::kDctSignatures) {
    return NoDocument("too many signatures");
  }
  std::vector<Signature> signatures;
  for (const Json& one : *list) {
    const auto* id = one.FindString("keyid");
    const auto* method = one.FindString("method");
    const auto* text = one.FindString("sig");
    const auto bytes = text == nullptr ? std::nullopt : Base64Decode(*text);
    if (id == nullptr || method == nullptr || !bytes) {
      return NoDocument("a signature without keyid, method or sig");
    }
    signatures.push_back({*id, *method, *bytes});
  }
  return signatures;
}

}  // namespace

bool IsDelegation(std::string_view name) {
  constexpr std::string_view kPrefix = "targets/";
  if (!name.starts_with(kPrefix) || name.size() > kRoleBytes) return false;
  const auto last = name.substr(kPrefix.size());
  return !last.empty() && std::all_of(last.begin(), last.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

Result<Envelope> Envelope::Parse(std::string_view text, std::size_t most) {
  if (text.size() > most) return NoDocument("it is too large");
  auto document = Json::Parse(text, most);
  if (!document) {
    return NoDocument(ErrorText(document.error()));
  }
  const Json* content = document->Find("signed");
  if (content == nullptr || content->AsObject() == nullptr) {
    return NoDocument("nothing is signed");
  }
  auto signed_bytes = tuf::CanonicalJson(*content);
  if (!signed_bytes) return NoDocument(signed_bytes.error().detail);
  auto signatures = ReadSignatures(*document);
  if (!signatures) return signatures.error();
  return Envelope{*content, *std::move(signed_bytes), *std::move(signatures)};
}

Status FileInfo::Check(std::string_view bytes) const {
  if (static_cast<std::size_t>(length) != bytes.size()) {
    return Fail(
        Reason::kDctMismatch,
        std::to_string(bytes.size()) + " bytes, not " + std::to_string(length));
  }
  if (!sha256.Matches(bytes)) {
    return Fail(Reason::kDctMismatch, "its digest is not " + sha256.str());
  }
  if (sha512 && !sha512->Matches(bytes)) {
    return Fail(Reason::kDctMismatch, "its digest is not " + sha512->str());
  }
  return Ok();
}

Result<Root> Root::Read(const Json& content) {
  const auto head = ReadHead(content, "Root");
  if (!head) return head.error();
  Root root;
  root.head = *head;
  auto keys = ReadKeys(content.Find("keys"));
  if (!keys) return keys.error();
  root.keys = *std::move(keys);
  const Json* roles = content.Find("roles");
  if (roles == nullptr) return NoDocument("roles are absent");
  const std::array<std::pair<std::string_view, Role*>, 4> wanted = {
      {{kRootRole, &root.root},
       {kTimestampRole, &root.timestamp},
       {kSnapshotRole, &root.snapshot},
       {kTargetsRole, &root.targets}}};
  for (const auto& [name, role] : wanted) {
    auto read = ReadRole(roles->Find(name));
    if (!read) return WithContext(read.error(), name);
    *role = *std::move(read);
  }
  return root;
}

Result<Timestamp> Timestamp::Read(const Json& content) {
  const auto head = ReadHead(content, "Timestamp");
  if (!head) return head.error();
  const Json* meta = content.Find("meta");
  const Json* entry = meta == nullptr ? nullptr : meta->Find(kSnapshotRole);
  if (entry == nullptr) return NoDocument("it names no snapshot");
  auto snapshot = ReadFileInfo(*entry);
  if (!snapshot) return snapshot.error();
  return Timestamp{*head, *std::move(snapshot)};
}

Result<Snapshot> Snapshot::Read(const Json& content) {
  const auto head = ReadHead(content, "Snapshot");
  if (!head) return head.error();
  auto roles = ReadFiles(content.Find("meta"));
  if (!roles) return roles.error();
  if (!roles->contains(kRootRole) || !roles->contains(kTargetsRole)) {
    return NoDocument("it names no root or no targets");
  }
  return Snapshot{*head, *std::move(roles)};
}

Result<Targets> Targets::Read(const Json& content) {
  const auto head = ReadHead(content, "Targets");
  if (!head) return head.error();
  auto files = ReadFiles(content.Find("targets"));
  if (!files) return files.error();
  Targets targets{*head, *std::move(files), {}, {}};
  const Status delegations = ReadDelegations(content, targets);
  if (!delegations) return delegations.error();
  return targets;
}

const Delegation* Targets::Find(std::string_view role) const {
  const auto found =
      std::find_if(delegations.begin(), delegations.end(),
                   [&](const Delegation& one) { return one.name == role; });
  return found == delegations.end() ? nullptr : &*found;
}

bool Delegation::Covers(std::string_view target) const {
  return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
    return target.starts_with(path);
  });
}

}  // namespace assay::dct
