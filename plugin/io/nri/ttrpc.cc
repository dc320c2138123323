#include "io/nri/ttrpc.h"

#include <algorithm>
#include <utility>

#include "io/nri/big_endian.h"
#include "io/nri/limits.h"

namespace assay {
namespace {

constexpr std::size_t kTtrpcHeaderBytes = 10;

}  // namespace

Status TtrpcReader::Take(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    if (header_.size() < kTtrpcHeaderBytes) {
      const std::size_t wanted = kTtrpcHeaderBytes - header_.size();
      header_.append(bytes.substr(0, wanted));
      bytes.remove_prefix(std::min(wanted, bytes.size()));
      if (header_.size() < kTtrpcHeaderBytes) return Ok();
      if (Status begun = Begin(); !begun) return begun;
    }
    const std::string_view part = bytes.substr(0, left_);
    if (!message_.oversized) message_.data.append(part);
    left_ -= part.size();
    bytes.remove_prefix(part.size());
    if (left_ != 0) return Ok();
    header_.clear();
    if (Status taken = sink(std::exchange(message_, {})); !taken) return taken;
  }
  return Ok();
}

Status TtrpcReader::Begin() {
  const std::string_view header = header_;
  left_ = BigEndian32(header);
  message_.stream = BigEndian32(header.substr(4));
  const auto type = static_cast<unsigned char>(header[8]);
  const bool known = type == static_cast<unsigned char>(TtrpcType::kRequest) ||
                     type == static_cast<unsigned char>(TtrpcType::kResponse);
  if (!known || header[9] != 0) {
    return Fail(Reason::kHookMalformed,
                "a message of type " + std::to_string(type) + ", flags " +
                    std::to_string(static_cast<unsigned char>(header[9])));
  }
  if (message_.stream == 0) {
    return Fail(Reason::kHookMalformed, "a message of stream 0");
  }
  message_.type = static_cast<TtrpcType>(type);
  message_.oversized = left_ > limits::kNriMessageBytes;
  return Ok();
}

std::string WriteTtrpc(TtrpcType type, std::uint32_t stream,
                       std::string_view data) {
  std::string message;
  AppendBigEndian32(static_cast<std::uint32_t>(data.size()), message);
  AppendBigEndian32(stream, message);
  message.push_back(static_cast<char>(type));
  message.push_back(0);
  message.append(data);
  return message;
}

}  // namespace assay
