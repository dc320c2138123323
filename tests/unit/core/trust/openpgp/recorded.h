// What gpg wrote (see record), and what attackers make of it.
#ifndef ASSAY_TESTS_UNIT_CORE_TRUST_OPENPGP_RECORDED_H_
#define ASSAY_TESTS_UNIT_CORE_TRUST_OPENPGP_RECORDED_H_

#include <string>
#include <string_view>

#include "base/clock.h"

namespace assay {

inline constexpr std::string_view kRecordedPayload =
    R"({"critical":{"payload":"of the tests"}})";

// A file of the folder recorded/.
std::string Recorded(const std::string& name);

// "2026-01-15" and the like.
Time Day(const std::string& date);

// The three packets of a message that is not compressed.
struct RecordedPackets {
  std::string one_pass;
  std::string literal;
  std::string signature;

  std::string All() const { return one_pass + literal + signature; }
};
RecordedPackets PacketsOfRsa();

// A packet with a new header (RFC 4880 section 4.2.2), of any size.
std::string PacketOf(unsigned tag, std::string_view body);
// A literal packet of kind binary.
std::string LiteralOf(std::string_view content);
// A compressed packet, ZIP, around `inner`.
std::string Compressed(std::string_view inner);

}  // namespace assay

#endif  // ASSAY_TESTS_UNIT_CORE_TRUST_OPENPGP_RECORDED_H_
