#include "io/ask/frame.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/bytes.h"

namespace assay {
namespace {

static_assert(static_cast<std::uint32_t>(AskAnswer::kDeny) == 0,
              "a zeroed answer denies");

Error Malformed(std::string detail) {
  return Fail(Reason::kHookMalformed, std::move(detail));
}

bool IsKind(std::uint16_t kind) {
  return kind == ASSAY_ASK_CREATE || kind == ASSAY_ASK_RUN ||
         kind == ASSAY_ASK_RESTORE || kind == ASSAY_ASK_PULL;
}

// The fields in the order of the frame; Request is const or not.
template <typename Request>
auto FieldsOf(Request& request) {
  const bool pull = request.kind == AskKind::kPull;
  return std::array{pull ? &request.image : &request.container_id,
                    pull ? &request.image_digest : &request.bundle,
                    &request.runtime_root,
                    &request.runtime_namespace,
                    &request.runtime_address,
                    &request.runtime_name};
}

Status CheckContainer(const AskRequest& request) {
  if (request.container_id.empty()) return Malformed("no container id");
  if (request.runtime_name.empty()) return Malformed("no runtime name");
  if (!request.bundle.starts_with('/'))
    return Malformed("the bundle's path is not absolute");
  if (!request.image.empty() || !request.image_digest.empty())
    return Malformed("a container with an image");
  return Ok();
}

Status CheckPull(const AskRequest& request) {
  if (request.image.empty()) return Malformed("no reference");
  if (request.image_digest.empty()) return Malformed("no digest");
  for (const std::string* field :
       {&request.container_id, &request.bundle, &request.runtime_root,
        &request.runtime_namespace, &request.runtime_address,
        &request.runtime_name}) {
    if (!field->empty()) return Malformed("a pull with a container");
  }
  return Ok();
}

Status CheckRequest(const AskRequest& request) {
  if (!IsKind(static_cast<std::uint16_t>(request.kind)))
    return Malformed("unknown kind of request");
  const auto millis = request.patience.count();
  if (millis <= 0 || millis > UINT32_MAX)
    return Malformed("the deadline is not between 1 ms and 2^32 ms");
  for (const std::string* field : FieldsOf(request)) {
    if (field->size() > ASSAY_ASK_FIELD_BYTES)
      return Malformed("a field is too long");
    if (field->find('\0') != std::string::npos)
      return Malformed("a field holds a NUL");
  }
  return request.kind == AskKind::kPull ? CheckPull(request)
                                        : CheckContainer(request);
}

bool IsLine(std::string_view line) {
  return line.size() <= ASSAY_ASK_LINE_BYTES && IsUtf8(line) &&
         std::none_of(line.begin(), line.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < 0x20 || byte == 0x7f;
         });
}

Status CheckReply(const AskReply& reply) {
  if (!IsLine(reply.line)) return Malformed("the line is not one line of text");
  switch (reply.answer) {
    case AskAnswer::kDeny:
      if (reply.line.empty()) return Malformed("a deny without a reason");
      return Ok();
    case AskAnswer::kAllow:
      if (!reply.line.empty()) return Malformed("an allow with a line");
      return Ok();
  }
  return Malformed("unknown answer");
}

// A header at the front of `frame`; false when the frame is shorter.
template <typename Header>
bool ReadHeader(std::string_view frame, Header* header) {
  if (frame.size() < sizeof(Header)) return false;
  std::memcpy(header, frame.data(), sizeof(Header));
  return header->length == frame.size();
}

template <typename Header>
std::string HeaderBytes(const Header& header) {
  std::string bytes(sizeof(Header), '\0');
  std::memcpy(bytes.data(), &header, sizeof(Header));
  return bytes;
}

}  // namespace

std::string_view AskKindName(AskKind kind) {
  switch (kind) {
    case AskKind::kNone:
      return "none";
    case AskKind::kCreate:
      return "create";
    case AskKind::kRun:
      return "run";
    case AskKind::kRestore:
      return "restore";
    case AskKind::kPull:
      return "pull";
  }
  return "none";
}

Result<AskRequest> ReadAskRequest(std::string_view frame) {
  assay_ask_request header{};
  if (!ReadHeader(frame, &header))
    return Malformed("the request's length is wrong");
  if (header.magic != ASSAY_ASK_REQUEST_MAGIC)
    return Malformed("the request has another magic");
  if (header.version != ASSAY_ASK_VERSION) {
    return Malformed("the request has version " +
                     std::to_string(header.version));
  }
  AskRequest request;
  request.kind = static_cast<AskKind>(header.kind);
  request.patience = std::chrono::milliseconds(header.deadline_ms);
  std::copy(std::begin(header.nonce), std::end(header.nonce),
            request.nonce.begin());
  std::string_view rest = frame.substr(sizeof header);
  const auto fields = FieldsOf(request);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t length = header.field_length[i];
    if (length > rest.size()) return Malformed("a field ends behind the frame");
    fields[i]->assign(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  if (!rest.empty()) return Malformed("bytes after the last field");
  if (auto checked = CheckRequest(request); !checked) return checked.error();
  return request;
}

Result<std::string> WriteAskRequest(const AskRequest& request) {
  if (auto checked = CheckRequest(request); !checked) return checked.error();
  assay_ask_request header{};
  header.magic = ASSAY_ASK_REQUEST_MAGIC;
  header.version = ASSAY_ASK_VERSION;
  header.kind = static_cast<std::uint16_t>(request.kind);
  header.deadline_ms = static_cast<std::uint32_t>(request.patience.count());
  std::copy(request.nonce.begin(), request.nonce.end(),
            std::begin(header.nonce));
  std::string fields_bytes;
  const auto fields = FieldsOf(request);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    header.field_length[i] = static_cast<std::uint16_t>(fields[i]->size());
    fields_bytes += *fields[i];
  }
  header.length =
      static_cast<std::uint32_t>(sizeof header + fields_bytes.size());
  return HeaderBytes(header) + fields_bytes;
}

Result<AskReply> ReadAskReply(std::string_view frame) {
  assay_ask_reply header{};
  if (!ReadHeader(frame, &header))
    return Malformed("the reply's length is wrong");
  if (header.magic != ASSAY_ASK_REPLY_MAGIC)
    return Malformed("the reply has another magic");
  if (header.version != ASSAY_ASK_VERSION)
    return Malformed("the reply has version " + std::to_string(header.version));
  AskReply reply;
  reply.answer = static_cast<AskAnswer>(header.answer);
  std::copy(std::begin(header.nonce), std::end(header.nonce),
            reply.nonce.begin());
  reply.line = frame.substr(sizeof header);
  if (header.line_length != reply.line.size())
    return Malformed("the line's length is wrong");
  if (auto checked = CheckReply(reply); !checked) return checked.error();
  return reply;
}

Result<std::string> WriteAskReply(const AskReply& reply) {
  if (auto checked = CheckReply(reply); !checked) return checked.error();
  assay_ask_reply header{};
  header.magic = ASSAY_ASK_REPLY_MAGIC;
  header.version = ASSAY_ASK_VERSION;
  header.line_length = static_cast<std::uint16_t>(reply.line.size());
  header.length = static_cast<std::uint32_t>(sizeof header + reply.line.size());
  header.answer = static_cast<std::uint32_t>(reply.answer);
  std::copy(reply.nonce.begin(), reply.nonce.end(), std::begin(header.nonce));
  return HeaderBytes(header) + reply.line;
}

AskReply DenyAsk(const AskNonce& nonce, std::string_view line) {
  AskReply reply{nonce, AskAnswer::kDeny, std::string(line)};
  // Printable overshoots by one character (4 bytes, less one) and "...".
  if (!IsLine(reply.line))
    reply.line = Printable(line, ASSAY_ASK_LINE_BYTES - 6);
  if (reply.line.empty()) {
    reply.line = std::string(Describe(Reason::kUnspecified).id) + ": " +
                 std::string(Describe(Reason::kUnspecified).sentence);
  }
  return reply;
}

AskReply AllowAsk(const AskNonce& nonce) {
  return AskReply{nonce, AskAnswer::kAllow, {}};
}

}  // namespace assay
