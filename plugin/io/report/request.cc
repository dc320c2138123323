#include "io/report/request.h"

#include <sys/random.h>

#include <array>
#include <cstdlib>

#include "base/bytes.h"

namespace assay {
namespace {

std::string NewRequestId() {
  std::array<char, 8> bytes{};
  const ssize_t size = ::getrandom(bytes.data(), bytes.size(), 0);
  if (size != static_cast<ssize_t>(bytes.size())) std::abort();
  return HexEncode({bytes.data(), bytes.size()});
}

}  // namespace

Time WallClock() {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

Question NewQuestion(Hook hook, std::chrono::milliseconds budget) {
  Question question;
  question.request_id = NewRequestId();
  question.hook = hook;
  question.now = WallClock();
  question.deadline = std::chrono::steady_clock::now() + budget;
  return question;
}

}  // namespace assay
