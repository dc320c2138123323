// Both framings of NRI against what a runtime, or somebody in its place, may
// send: cut anywhere, too long, of nobody's connection, of no known type.
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "io/nri/limits.h"
#include "io/nri/mux.h"
#include "io/nri/ttrpc.h"
#include "tests/support/catch.h"

using namespace assay;
using namespace std::string_literals;

namespace {

// "1:abc" for each part that a mux hands on; neighbours of one connection
// joined.
struct Parts {
  Status Take(std::string_view bytes) {
    return reader.Take(bytes,
                       [this](std::uint32_t connection, std::string_view part) {
                         got[connection].append(part);
                         return Ok();
                       });
  }
  MuxReader reader;
  std::map<std::uint32_t, std::string> got;
};

struct Messages {
  Status Take(std::string_view bytes) {
    return reader.Take(bytes, [this](TtrpcMessage message) {
      got.push_back(std::move(message));
      return Ok();
    });
  }
  TtrpcReader reader;
  std::vector<TtrpcMessage> got;
};

// A frame of a length and type that no writer of ours makes.
std::string Header(std::uint32_t length, std::uint32_t stream, char type,
                   char flags) {
  std::string bytes = WriteTtrpc(TtrpcType::kRequest, stream, "");
  for (int i = 0; i < 4; ++i) {
    bytes[static_cast<std::size_t>(i)] =
        static_cast<char>(length >> (24 - 8 * i) & 0xff);
  }
  bytes[8] = type;
  bytes[9] = flags;
  return bytes;
}

}  // namespace

TEST_CASE("a mux frame is a connection, a length and so many bytes") {
  CHECK(MuxFrames(2, "abc") == "\0\0\0\2\0\0\0\3abc"s);
  CHECK(MuxFrames(1, "").empty());
}

TEST_CASE("no frame is longer than a runtime reads at once") {
  const std::string frames = MuxFrames(1, std::string(10'000, 'x'));
  CHECK(frames.size() == 10'000 + 3 * 8);
  CHECK(frames.substr(4, 4) == "\0\0\x10\0"s);
  CHECK(frames.substr(2 * (8 + 4096) + 4, 4) == "\0\0\7\x10"s);
}

TEST_CASE("frames are put apart wherever they break off") {
  const std::string bytes = MuxFrames(1, "one") + MuxFrames(2, "two") +
                            MuxFrames(1, std::string(5000, 'x'));
  for (const std::size_t step : {1U, 3U, 7U, 4096U, 6000U}) {
    Parts parts;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      REQUIRE(parts.Take(std::string_view(bytes).substr(at, step)));
    }
    CHECK(parts.got[1] == "one" + std::string(5000, 'x'));
    CHECK(parts.got[2] == "two");
  }
}

TEST_CASE("connections that nobody knows are dropped with what they carry") {
  Parts parts;
  CHECK(parts.Take("\0\0\0\0\0\0\0\2no"s + "\0\0\0\3\0\0\0\2no"s +
                   "\xff\xff\xff\xff\0\0\0\2no"s + MuxFrames(1, "yes")));
  CHECK(parts.got.size() == 1);
  CHECK(parts.got[1] == "yes");
}

TEST_CASE("a frame without bytes is one") {
  Parts parts;
  CHECK(parts.Take("\0\0\0\1\0\0\0\0"s + MuxFrames(1, "yes")));
  CHECK(parts.got[1] == "yes");
}

TEST_CASE("a frame longer than any runtime sends ends the stream") {
  Parts parts;
  const auto taken = parts.Take("\0\0\0\1\xff\xff\xff\xff"s);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().reason == Reason::kHookMalformed);
  CHECK(Parts().Take("\0\0\0\1\1\0\0\0"s));  // 16 MiB, of NRI 0.3
}

TEST_CASE("messages are put together wherever they break off") {
  const std::string bytes = WriteTtrpc(TtrpcType::kRequest, 1, "one") +
                            WriteTtrpc(TtrpcType::kResponse, 4, "") +
                            WriteTtrpc(TtrpcType::kRequest, 3, "three");
  for (const std::size_t step : {1U, 2U, 9U, 11U, 100U}) {
    Messages messages;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      REQUIRE(messages.Take(std::string_view(bytes).substr(at, step)));
    }
    REQUIRE(messages.got.size() == 3);
    CHECK(messages.got[0].data == "one");
    CHECK(messages.got[1].type == TtrpcType::kResponse);
    CHECK(messages.got[1].stream == 4);
    CHECK(messages.got[2].data == "three");
  }
}

TEST_CASE("a message over ttrpc's limit is told, without its bytes") {
  Messages messages;
  const auto most = static_cast<std::uint32_t>(limits::kNriMessageBytes);
  CHECK(messages.Take(Header(most + 1, 1, 1, 0)));
  const std::string mebibyte(1U << 20, 'x');
  for (int i = 0; i < 4; ++i) CHECK(messages.Take(mebibyte));
  CHECK(messages.got.empty());
  CHECK(messages.Take("x" + WriteTtrpc(TtrpcType::kRequest, 3, "after")));
  REQUIRE(messages.got.size() == 2);
  CHECK(messages.got[0].oversized);
  CHECK(messages.got[0].data.empty());
  CHECK(messages.got[1].data == "after");
  CHECK_FALSE(messages.got[1].oversized);
}

TEST_CASE("what is no unary call ends the stream") {
  for (const auto& [type, flags, stream] :
       std::vector<std::tuple<char, char, std::uint32_t>>{
           {0, 0, 1}, {3, 0, 1}, {4, 0, 1}, {1, 1, 1}, {2, 2, 1}, {1, 0, 0}}) {
    Messages messages;
    const auto taken = messages.Take(Header(0, stream, type, flags));
    REQUIRE_FALSE(taken);
    CHECK(taken.error().reason == Reason::kHookMalformed);
  }
}
