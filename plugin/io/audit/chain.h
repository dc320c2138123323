// The chain of the audit log: each line carries its sequence number and a hash
// over the line before it and itself, so that none can be changed, removed,
// added or moved unseen.
//
//   chain(n) = SHA-256(chain(n-1) || body(n)),  chain(0) = 32 zero bytes
//
// body(n) is the line's text up to `,"chain":"HEX"}`, which is how every line
// ends; `{"seq":N` is how it starts. Text in, text out: no file is touched.
#ifndef ASSAY_IO_AUDIT_CHAIN_H_
#define ASSAY_IO_AUDIT_CHAIN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace assay {

inline constexpr std::size_t kChainBytes = 32;

// Raw: what stands for the line before the first one.
std::string StartOfChain();

// What a line has to say about the log itself.
struct ChainExtras {
  std::string checkpoint;  // a signed note, "" for none
  Json::Object note;       // what its writer met, empty for none
};

struct LinkedLine {
  std::string text;   // without a newline
  std::string chain;  // raw
};

// The line of a JSON object that was dumped. `before` is raw.
LinkedLine LinkLine(std::uint64_t sequence, std::string_view before,
                    const ChainExtras& extras, std::string_view object);

// A line of that form; what it says is not believed yet.
struct ClaimedLine {
  std::uint64_t sequence = 0;
  std::string chain;      // raw
  std::string_view body;  // of the text that was read
  ChainExtras extras;
};

// nullopt for everything that is no such line.
std::optional<ClaimedLine> ReadChainLine(std::string_view line);

std::string ChainOf(std::string_view before, std::string_view body);  // raw

}  // namespace assay

#endif  // ASSAY_IO_AUDIT_CHAIN_H_
