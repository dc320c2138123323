// Property: a line that is read as one of the chain is written as the same; a
// head likewise. Text put into an honest log, over a line of it or behind it,
// is found, whatever it is. No text is a checkpoint that the log's key signed.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "io/audit/chain_walk.h"
#include "io/audit/head.h"

namespace {

using assay::AuditHead;
using assay::ChainWalk;

void Require(bool holds) {
  if (!holds) std::abort();
}

const assay::SigningKey& Key() {
  static const assay::SigningKey key = *assay::SigningKey::Make();
  return key;
}

void RequireRoundTrips(std::string_view input) {
  if (const auto line = assay::ReadChainLine(input)) {
    const std::string again = std::string(line->body) + ",\"chain\":\"" +
                              assay::HexEncode(line->chain) + "\"}";
    Require(again == input);
    Require(line->sequence > 0);
  }
  if (const auto head = AuditHead::Decode(input)) {
    Require(head->Encode() == input);
  }
  Require(!assay::VerifyCheckpoint(Key().public_key(), input));
}

struct Honest {
  std::string lines[3];
  AuditHead head;
};

Honest MakeHonest() {
  Honest log;
  log.head.log = std::string(16, 'l');
  log.head.boot = assay::BootId();
  for (std::string& text : log.lines) {
    assay::ChainExtras extras;
    if (log.head.sequence == 0) {
      extras.checkpoint = *assay::SignCheckpoint(
          Key(), {log.head.log, 0, assay::StartOfChain()});
    }
    const auto line = assay::LinkLine(++log.head.sequence, log.head.chain,
                                      extras, "{\"verdict\":\"rejected\"}");
    text = line.text;
    log.head.chain = line.chain;
  }
  return log;
}

void Feed(ChainWalk& walk, std::string_view text) {
  for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
    walk.Line(text.substr(0, end), true);
    text.remove_prefix(end + 1);
  }
  if (!text.empty()) walk.Line(text, false);
}

// Of the honest log with one of its lines, or what is behind the last one, made
// to be `input`.
bool Holds(const Honest& log, std::size_t place, std::string_view input) {
  std::string text;
  for (std::size_t i = 0; i < 3; ++i) {
    text.append(i == place ? input : log.lines[i]).append("\n");
  }
  if (place >= 3) text.append(input);
  ChainWalk walk({});  // signatures are another property
  walk.StartFile("log");
  Feed(walk, text);
  return walk.Finish(log.head).findings.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const Honest log = MakeHonest();
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  RequireRoundTrips(input);
  const std::size_t place = size % 3;
  Require(Holds(log, place, input) == (input == log.lines[place]));
  Require(Holds(log, 3, input) == input.empty());
  return 0;
}
