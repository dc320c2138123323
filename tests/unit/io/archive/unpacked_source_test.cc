#include <zlib.h>
#include <zstd.h>

#include <vector>

#include "base/digest.h"
#include "io/archive/byte_source.h"
#include "tests/support/catch.h"
#include "tests/support/memory_source.h"

using namespace assay;
using namespace assay::testing;

namespace {

std::string Gzip(const std::string& bytes) {
  z_stream stream{};
  REQUIRE(::deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8,
                         Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(::deflateBound(&stream, bytes.size()), '\0');
  std::string input = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  return packed;
}

std::string Zstd(const std::string& bytes) {
  std::string packed(::ZSTD_compressBound(bytes.size()), '\0');
  packed.resize(::ZSTD_compress(packed.data(), packed.size(), bytes.data(),
                                bytes.size(), 3));
  return packed;
}

Result<std::string> Unpack(const std::string& packed,
                           std::size_t part = 1U << 20) {
  const auto source =
      UnpackedSource(std::make_unique<MemorySource>(packed, part));
  std::string bytes;
  std::vector<char> buffer(3000);
  for (;;) {
    auto count = source->Read(buffer.data(), buffer.size());
    if (!count) return count.error();
    if (*count == 0) return bytes;
    CHECK(*count <= buffer.size());
    bytes.append(buffer.data(), *count);
  }
}

std::string Text(std::size_t size) {
  std::string text(size, 'a');
  for (std::size_t i = 0; i < size; i += 7) {
    text[i] = static_cast<char>(i * 31 % 251);
  }
  return text;
}

// A frame of zstd that carries no data.
std::string Skippable() { return {"\x5A\x2A\x4D\x18\x03\0\0\0abc", 11}; }

Reason WhyNot(const std::string& packed) {
  const auto bytes = Unpack(packed);
  REQUIRE_FALSE(bytes);
  return bytes.error().reason;
}

}  // namespace

TEST_CASE("what was packed comes out, however the bytes come") {
  for (const std::size_t size : {0UL, 1UL, 3000UL, 100'000UL, 1'000'000UL}) {
    const std::string text = Text(size);
    for (const std::string& packed : {text, Gzip(text), Zstd(text)}) {
      for (const std::size_t part : {1UL << 20, 1000UL}) {
        const auto bytes = Unpack(packed, part);
        REQUIRE(bytes);
        CHECK(*bytes == text);
      }
    }
  }
  CHECK(Unpack(Gzip("byte by byte"), 1).value() == "byte by byte");
  CHECK(Unpack(Zstd("byte by byte"), 1).value() == "byte by byte");
}

TEST_CASE("members and frames one after the other are one stream") {
  CHECK(Unpack(Gzip("one,") + Gzip("") + Gzip("two")).value() == "one,two");
  CHECK(
      Unpack(Zstd("one,") + Skippable() + Zstd("two") + Skippable()).value() ==
      "one,two");
  CHECK(Unpack(Skippable() + Zstd("x")).value() == "x");
}

TEST_CASE("a stream that is cut off, changed or goes on is refused") {
  const std::string text = Text(100'000);
  for (const std::string& packed : {Gzip(text), Zstd(text)}) {
    CHECK(WhyNot(packed.substr(0, packed.size() - 1)) ==
          Reason::kArchiveMalformed);
    CHECK(WhyNot(packed.substr(0, 12)) == Reason::kArchiveMalformed);
    CHECK(WhyNot(packed + "tail") == Reason::kArchiveMalformed);
    std::string changed = packed;
    changed[packed.size() / 2] ^= 1;
    const auto bytes = Unpack(changed);
    CHECK((!bytes || *bytes != text));
  }
}

TEST_CASE("a window larger than the limit is refused before it is allocated") {
  // A frame header that asks for a window of 2^31 bytes.
  const std::string frame("\x28\xB5\x2F\xFD\x00\xA8", 6);
  CHECK(WhyNot(frame + std::string(64, 'x')) == Reason::kArchiveMalformed);
}

TEST_CASE("a bomb is unpacked part by part, and stops when the reader does") {
  const std::string bomb = Gzip(std::string(64U << 20, '\0'));
  CHECK(bomb.size() < 100'000);
  const auto source = UnpackedSource(std::make_unique<MemorySource>(bomb));
  std::vector<char> buffer(4096);
  for (int i = 0; i < 10; ++i) {
    const auto count = source->Read(buffer.data(), buffer.size());
    REQUIRE(count);
    CHECK(*count <= buffer.size());
  }
}
