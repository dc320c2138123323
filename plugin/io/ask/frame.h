// The ask protocol's two packets as values (api/ask.h is the contract). Strict
// both ways: what does not follow the contract to the byte is refused, and
// Write(Read(x)) is x. Pure functions, any thread.
#ifndef ASSAY_IO_ASK_FRAME_H_
#define ASSAY_IO_ASK_FRAME_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/ask.h"
#include "base/result.h"

namespace assay {

using AskNonce = std::array<std::uint8_t, ASSAY_ASK_NONCE_BYTES>;

// The runtime's verb, or a pull. Zero asks nothing and is refused.
enum class AskKind : std::uint16_t {
  kNone = 0,
  kCreate = ASSAY_ASK_CREATE,
  kRun = ASSAY_ASK_RUN,
  kRestore = ASSAY_ASK_RESTORE,
  kPull = ASSAY_ASK_PULL,
};

std::string_view AskKindName(AskKind kind);  // "create"; "none"

// What a hook asks. All strings are claims of whoever called the runtime. Those
// of a container are empty in a pull, those of an image in all else.
struct AskRequest {
  AskKind kind = AskKind::kNone;
  AskNonce nonce{};
  std::chrono::milliseconds patience{0};  // the asker waits so long
  std::string container_id;
  std::string bundle;             // absolute path
  std::string runtime_root;       // --root, may be empty
  std::string runtime_namespace;  // $NAMESPACE, may be empty
  std::string runtime_address;    // $GRPC_ADDRESS, may be empty
  std::string runtime_name;       // "runc"
  std::string image;              // the reference that is pulled
  std::string image_digest;       // "sha256:...", what it stands for

  friend bool operator==(const AskRequest&, const AskRequest&) = default;
};

enum class AskAnswer : std::uint32_t {
  kDeny = ASSAY_ASK_DENY,
  kAllow = ASSAY_ASK_ALLOW,
};

// The answer to one request. By default it denies.
struct AskReply {
  AskNonce nonce{};
  AskAnswer answer = AskAnswer::kDeny;
  std::string line;  // of a deny: "reason-id: ..."; of an allow: empty

  friend bool operator==(const AskReply&, const AskReply&) = default;
};

// All fail with kHookMalformed; the detail says which rule was broken.
Result<AskRequest> ReadAskRequest(std::string_view frame);
Result<std::string> WriteAskRequest(const AskRequest& request);
Result<AskReply> ReadAskReply(std::string_view frame);
Result<std::string> WriteAskReply(const AskReply& reply);

// A deny whose line obeys the contract whatever `line` holds: control bytes
// and invalid UTF-8 are escaped, what is too long is cut. Empty becomes the
// line of an unspecified reason.
AskReply DenyAsk(const AskNonce& nonce, std::string_view line);
AskReply AllowAsk(const AskNonce& nonce);

}  // namespace assay

#endif  // ASSAY_IO_ASK_FRAME_H_
