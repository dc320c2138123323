#include "core/trust/transparency_log.h"

#include <algorithm>
#include <utility>

namespace assay {
namespace {

constexpr std::size_t kHintBytes = 4;

std::string NameOf(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != url.npos) url.remove_prefix(scheme + 3);
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string(url);
}

// Logs hash with SHA-256 whatever their curve (C2SP signed-note; RFC 6962
// section 2.1.4).
constexpr SignatureAlgorithm kLogAlgorithm{HashAlgorithm::kSha256,
                                           Padding::kPkcs1, false};

}  // namespace

TransparencyLog::TransparencyLog(std::string url, std::string id, PublicKey key,
                                 Validity validity)
    : url_(std::move(url)),
      name_(NameOf(url_)),
      id_(std::move(id)),
      key_(std::move(key)),
      validity_(validity) {}

bool TransparencyLog::Signed(std::string_view message,
                             std::string_view signature) const {
  return key_.Verify(kLogAlgorithm, message, signature);
}

Status TransparencyLog::VerifyCheckpoint(const Checkpoint& checkpoint,
                                         LogNaming naming) const {
  const bool named = naming == LogNaming::kByName;
  if (named && checkpoint.origin != name_) {
    return Fail(Reason::kCheckpointInvalid,
                "its origin is '" + checkpoint.origin + "', the log is '" +
                    name_ + "'");
  }
  const bool holds =
      std::any_of(checkpoint.signatures.begin(), checkpoint.signatures.end(),
                  [&](const NoteSignature& line) {
                    return line.key_hint == id_.substr(0, kHintBytes) &&
                           (!named || line.name == name_) &&
                           Signed(checkpoint.body, line.signature);
                  });
  if (holds) return Ok();
  return Fail(Reason::kCheckpointInvalid, "no signature is of " + url_);
}

}  // namespace assay
