// Property: a packet that reads as a request or a reply is written back as
// the same bytes, no packet reads as both, and only the one allow constant
// reads as an allow.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "io/ask/frame.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::uint32_t AnswerIn(std::string_view frame) {
  std::uint32_t answer = 0;
  std::memcpy(&answer, frame.data() + offsetof(assay_ask_reply, answer),
              sizeof answer);
  return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view frame(reinterpret_cast<const char*>(data), size);
  const auto request = assay::ReadAskRequest(frame);
  if (request) {
    const auto written = assay::WriteAskRequest(*request);
    Require(written && *written == frame);
  }
  const auto reply = assay::ReadAskReply(frame);
  if (reply) {
    const auto written = assay::WriteAskReply(*reply);
    Require(written && *written == frame);
    Require((reply->answer == assay::AskAnswer::kAllow) ==
            (AnswerIn(frame) == ASSAY_ASK_ALLOW));
  }
  Require(!(request && reply));
  // Whatever is said, a deny made of it can be sent.
  Require(assay::WriteAskReply(assay::DenyAsk({}, frame)).has_value());
  return 0;
}
