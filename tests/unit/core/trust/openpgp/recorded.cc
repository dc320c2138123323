#include "tests/unit/core/trust/openpgp/recorded.h"

#include <zlib.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace assay {

std::string Recorded(const std::string& name) {
  const std::string path = std::string(ASSAY_OPENPGP_RECORDED) + "/" + name;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Time Day(const std::string& date) {
  return ParseRfc3339(date + "T00:00:00Z").value();
}

RecordedPackets PacketsOfRsa() {
  constexpr std::size_t kOnePass = 15;
  constexpr std::size_t kLiteral = 47;
  const std::string all = Recorded("rsa-plain.sig");
  return {all.substr(0, kOnePass), all.substr(kOnePass, kLiteral),
          all.substr(kOnePass + kLiteral)};
}

std::string PacketOf(unsigned tag, std::string_view body) {
  std::string packet(1, static_cast<char>(0xc0U | tag));
  packet += static_cast<char>(0xff);
  for (int shift = 24; shift >= 0; shift -= 8) {
    packet += static_cast<char>(body.size() >> shift & 0xffU);
  }
  return packet + std::string(body);
}

std::string LiteralOf(std::string_view content) {
  return PacketOf(11, std::string("b\0\0\0\0\0", 6) + std::string(content));
}

std::string Compressed(std::string_view inner) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib");
  }
  std::string input(inner);
  std::string packed(deflateBound(&stream, input.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return PacketOf(8, std::string(1, '\x01') + packed);
}

}  // namespace assay
