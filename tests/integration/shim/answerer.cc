#include "tests/integration/shim/answerer.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

namespace assay::test {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

std::string ReadAll(int fd) {
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t got; (got = ::read(fd, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(got));
  return text;
}

std::string TargetOf(int fd) {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd),
                                       error);
}

// The frame of an allow with one thing wrong; empty for an unknown fault.
std::string Faulty(const std::string& fault, const AskNonce& nonce) {
  std::string frame = *WriteAskReply(AllowAsk(nonce));
  assay_ask_reply header{};
  std::memcpy(&header, frame.data(), sizeof header);
  std::string line;
  if (fault == "nonce") header.nonce[15] ^= 1;
  if (fault == "version") header.version = 2;
  if (fault == "magic") header.magic = ASSAY_ASK_REQUEST_MAGIC;
  if (fault == "unknown") header.answer = 1;
  if (fault == "silent") header.answer = ASSAY_ASK_DENY;
  if (fault == "zero") header = {};
  if (fault == "talkative") line = "signed: yes";
  header.line_length = static_cast<std::uint16_t>(line.size());
  if (fault != "zero")
    header.length = static_cast<std::uint32_t>(sizeof header + line.size());
  std::memcpy(frame.data(), &header, sizeof header);
  frame += line;
  if (fault == "short") frame.pop_back();
  if (fault == "long") frame.resize(ASSAY_ASK_REPLY_MOST + 100);
  return frame;
}

void Disturb(const std::string& manner, const std::string& bundle) {
  const std::string config = bundle + "/config.json";
  if (manner == "touch") {
    std::ofstream(config, std::ios::app) << " ";
  } else if (manner == "swap") {
    std::filesystem::copy_file(config, config + ".new");
    std::filesystem::rename(config + ".new", config);
  } else if (manner == "move") {
    std::filesystem::rename(bundle, bundle + ".old");
    std::filesystem::copy(bundle + ".old", bundle,
                          std::filesystem::copy_options::recursive);
  }
}

}  // namespace

Asked Answer(UniqueFd connection, const std::string& manner) {
  Asked asked;
  if (manner == "close") return asked;
  const UniqueFd raw(::fcntl(connection.get(), F_DUPFD_CLOEXEC, 0));
  AskConnection ask(std::move(connection));
  const auto call = ask.Receive(steady_clock::now() + seconds(5));
  if (!call) {
    asked.problem = call.error().reason;
    return asked;
  }
  asked.request = call->request;
  asked.config = ReadAll(call->config.get());
  asked.bundle = TargetOf(call->bundle.get());
  const AskNonce& nonce = call->request.nonce;
  if (manner == "drop") return asked;
  if (manner == "hang") {
    std::array<char, 1> byte{};  // until the asker gives up
    (void)::recv(raw.get(), byte.data(), byte.size(), 0);
  } else if (manner.starts_with("deny ")) {
    (void)ask.Reply(DenyAsk(nonce, manner.substr(5)));
  } else if (manner == "allow" || manner == "swap" || manner == "touch" ||
             manner == "move") {
    Disturb(manner, asked.request.bundle);
    (void)ask.Reply(AllowAsk(nonce));
  } else {
    const std::string frame = Faulty(manner, nonce);
    (void)::send(raw.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
  }
  return asked;
}

}  // namespace assay::test
