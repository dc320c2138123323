#include "io/audit/audit_key.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "core/trust/checkpoint.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::string_view kOrigin = "assay-audit/";
constexpr std::string_view kSigner = "assay-audit";
constexpr std::size_t kLogIdBytes = 16;
constexpr std::size_t kKeyHintBytes = 4;

std::string KeyHint(const PublicKey& key) {
  return key.fingerprint().bytes().substr(0, kKeyHintBytes);
}

Error InvalidCheckpoint(std::string detail) {
  return Fail(Reason::kCheckpointInvalid, std::move(detail));
}

}  // namespace

Result<std::string> SignCheckpoint(const SigningKey& key,
                                   const AuditCheckpoint& checkpoint) {
  std::string note = std::string(kOrigin) + HexEncode(checkpoint.log) + "\n" +
                     std::to_string(checkpoint.sequence) + "\n" +
                     Base64Encode(checkpoint.chain) + "\n";
  const auto signature = key.Sign(note);
  if (!signature) return signature.error();
  note.append("\n\u2014 ").append(kSigner).append(" ");
  note += Base64Encode(KeyHint(key.public_key()) + *signature) + "\n";
  return note;
}

Result<AuditCheckpoint> VerifyCheckpoint(const PublicKey& key,
                                         std::string_view note) {
  const auto parsed = Checkpoint::Parse(note);
  if (!parsed) return parsed.error();
  std::string_view origin = parsed->origin;
  if (!origin.starts_with(kOrigin)) {
    return InvalidCheckpoint("it is not of an audit log");
  }
  origin.remove_prefix(kOrigin.size());
  auto log = HexDecode(origin);
  if (!log || log->size() != kLogIdBytes) {
    return InvalidCheckpoint("its log has no id");
  }
  for (const NoteSignature& one : parsed->signatures) {
    if (one.name == kSigner && one.key_hint == KeyHint(key) &&
        key.Verify({}, parsed->body, one.signature)) {
      return AuditCheckpoint{*std::move(log),
                             static_cast<std::uint64_t>(parsed->tree_size),
                             parsed->root};
    }
  }
  return InvalidCheckpoint("it is not signed with this node's audit key");
}

Result<SigningKey> LoadAuditKey(const std::string& folder) {
  const std::string path = folder + "/key.pem";
  const auto pem =
      ReadFile(path, limits::kKeyFileBytes, FileTrust::kOwnerOrRoot);
  if (!pem) return pem.error();
  auto key = SigningKey::ParsePem(*pem);
  if (!key) return WithContext(key.error(), path);
  return key;
}

// The public half comes first: where the disk is full in between, both are made
// anew.
Result<SigningKey> LoadOrMakeAuditKey(const std::string& folder) {
  auto key = LoadAuditKey(folder);
  if (key || key.error().reason != Reason::kNotFound) return key;
  key = SigningKey::Make();
  if (!key) return key;
  Status kept =
      WriteFileAtomically(folder + "/key.pub", key->PublicPem(), 0644);
  if (kept) {
    kept = WriteFileAtomically(folder + "/key.pem", key->PrivatePem(), 0600);
  }
  if (!kept) return kept.error();
  return key;
}

Result<PublicKey> LoadAuditPublicKey(const std::string& path) {
  const auto pem = ReadFile(path, limits::kKeyFileBytes);
  if (!pem) return pem.error();
  auto keys = PublicKey::ParsePem(*pem);
  if (!keys) return WithContext(keys.error(), path);
  if (keys->size() != 1) {
    return Fail(Reason::kKeyMalformed, path + ": more than one key");
  }
  return keys->front();
}

}  // namespace assay
