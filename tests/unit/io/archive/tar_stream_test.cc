#include "io/archive/tar_stream.h"

#include <vector>

#include "tests/support/catch.h"
#include "tests/support/memory_source.h"
#include "tests/support/tar_maker.h"

using namespace assay;
using namespace assay::testing;

namespace {

struct Read {
  std::vector<TarEntry> entries;
  std::vector<std::string> bodies;
  std::optional<Error> error;
};

Read ReadAll(const std::string& bytes, std::size_t part = 1U << 20) {
  TarStream stream(std::make_unique<MemorySource>(bytes, part));
  Read read;
  for (;;) {
    auto entry = stream.Next();
    if (!entry) {
      read.error = entry.error();
      return read;
    }
    if (!*entry) return read;
    std::string body;
    for (;;) {
      auto some = stream.Body();
      if (!some) {
        read.error = some.error();
        return read;
      }
      if (some->empty()) break;
      body += *some;
    }
    read.entries.push_back(**std::move(entry));
    read.bodies.push_back(body);
  }
}

// Why an archive is refused, without the position.
std::string WhyNot(const std::string& bytes) {
  const Read read = ReadAll(bytes);
  if (!read.error) return "";
  CHECK(read.error->reason == Reason::kArchiveMalformed);
  return read.error->detail.substr(0, read.error->detail.rfind(" at byte"));
}

TarBlock BlockOf(const TarMaker& maker) {
  TarBlock block{};
  maker.bytes().copy(block.data(), block.size());
  return block;
}

}  // namespace

TEST_CASE("every kind of entry is read, however the bytes come") {
  TarMaker maker;
  maker.Folder("etc/", 0700)
      .Add({.name = "etc/a", .mode = 04755, .owner = 7, .group = 8}, "content")
      .Symlink("etc/b", "../x")
      .Link("c", "etc/a")
      .Add({.name = "d", .type = '3', .device_major = 1, .device_minor = 3})
      .Add({.name = "e", .type = '4', .device_major = 8})
      .Add({.name = "f", .type = '6'})
      .File("empty", "");
  for (const std::size_t part : {1UL, 511UL, 513UL, 1UL << 20}) {
    const Read read = ReadAll(maker.Whole(), part);
    REQUIRE_FALSE(read.error);
    REQUIRE(read.entries.size() == 8);
    CHECK(read.entries[0].type == TarType::kFolder);
    CHECK(read.entries[0].mode == 0700);
    CHECK(read.entries[1].mode == 04755);
    CHECK(read.entries[1].owner == 7);
    CHECK(read.entries[1].group == 8);
    CHECK(read.bodies[1] == "content");
    CHECK(read.entries[2].link == "../x");
    CHECK(read.entries[3].type == TarType::kHardLink);
    CHECK(read.entries[4].device_major == 1);
    CHECK(read.entries[4].device_minor == 3);
    CHECK(read.entries[5].type == TarType::kBlockDevice);
    CHECK(read.entries[6].type == TarType::kFifo);
  }
}

TEST_CASE("names and numbers that a header has no room for") {
  const std::string longer(300, 'n');
  TarMaker maker;
  maker.Pax("path", longer).File("short", "1");
  maker.Add({.name = "././@LongLink", .type = 'L'}, longer + '\0')
      .Add({.name = "././@LongLink", .type = 'K'}, "target")
      .Symlink("short", "other");
  maker
      .Add({.name = "pax", .type = 'x'},
           TarMaker::PaxRecord("uid", "70000000") +
               TarMaker::PaxRecord("gid", "3000000") +
               TarMaker::PaxRecord("path", "") +
               TarMaker::PaxRecord("SCHILY.xattr.user.k", "v=1\n2") +
               TarMaker::PaxRecord("mtime", "1.5"))
      .File("kept", "2");
  TarBlock block = BlockOf(TarMaker().File("big owner", ""));
  TarMaker::Text(block, kTarOwner,
                 std::string_view("\x80\0\0\0\x12\x34\x56\x78", 8));
  maker.AddBlock(block);
  TarMaker::Text(block, kTarPrefix, "some/where");
  maker.AddBlock(block);
  const Read read = ReadAll(maker.Whole());
  REQUIRE_FALSE(read.error);
  REQUIRE(read.entries.size() == 5);
  CHECK(read.entries[0].name == longer);
  CHECK(read.bodies[0] == "1");
  CHECK(read.entries[1].name == longer);
  CHECK(read.entries[1].link == "target");
  CHECK(read.entries[2].name == "kept");
  CHECK(read.entries[2].owner == 70'000'000);
  CHECK(read.entries[2].group == 3'000'000);
  CHECK(read.entries[2].attributes ==
        std::map<std::string, std::string>{{"user.k", "v=1\n2"}});
  CHECK(read.entries[3].owner == 0x12345678);
  CHECK(read.entries[4].name == "some/where/big owner");
}

TEST_CASE("a size that pax gives is the size") {
  TarMaker maker;
  const std::string body(700, 'b');
  TarBlock block = BlockOf(TarMaker().File("a", ""));
  maker.Pax("size", "700").AddBlock(block, body);
  maker.File("b", "next");
  const Read read = ReadAll(maker.Whole());
  REQUIRE_FALSE(read.error);
  REQUIRE(read.entries.size() == 2);
  CHECK(read.bodies[0] == body);
  CHECK(read.bodies[1] == "next");
}

TEST_CASE("a folder's size is no body, an old file's slash makes a folder") {
  TarBlock folder = BlockOf(TarMaker().Folder("d"));
  TarMaker::Octal(folder, kTarSize, 4096);
  TarMaker maker;
  maker.AddBlock(folder)
      .Add({.name = "old/", .type = '\0'})
      .Add({.name = "old/file", .type = '\0'}, "x");
  const Read read = ReadAll(maker.Whole());
  REQUIRE_FALSE(read.error);
  REQUIRE(read.entries.size() == 3);
  CHECK(read.entries[0].size == 0);
  CHECK(read.entries[1].type == TarType::kFolder);
  CHECK(read.entries[2].type == TarType::kFile);
}

TEST_CASE("where an archive ends") {
  const TarMaker one = TarMaker().File("a", "1");
  CHECK(WhyNot("").empty());
  CHECK(WhyNot(one.bytes()).empty());
  CHECK(WhyNot(one.bytes() + std::string(512, '\0')).empty());
  CHECK(WhyNot(one.Whole() + "anything behind it").empty());
  CHECK(WhyNot(one.bytes() + std::string(512, '\0') + one.bytes()) ==
        "a lone zero block");
  CHECK(WhyNot(one.Whole().substr(0, 500)) == "truncated");
  CHECK(WhyNot(one.Whole().substr(0, 512)) == "truncated");
  CHECK(WhyNot(one.Whole().substr(0, 600)) == "truncated");
  CHECK(WhyNot(TarMaker().Pax("path", "x").Whole()) ==
        "a header without entry");
}

TEST_CASE("what is no archive, or could be read in two ways, is refused") {
  const auto extra = [](char type, std::string_view body) {
    return TarMaker().Add({.name = "x", .type = type}, body);
  };
  const auto pax = [&](const std::string& records) {
    return WhyNot(extra('x', records).File("a", "").Whole());
  };
  CHECK(WhyNot(std::string(512, 'a')) == "no tar header");
  std::string flipped = TarMaker().File("a", "").Whole();
  flipped[0] = 'b';
  CHECK(WhyNot(flipped) == "no tar header");
  for (const char type : {'7', 'S', 'D', 'V', '9', 'a'}) {
    CHECK(WhyNot(TarMaker().Add({.name = "a", .type = type}).Whole()) ==
          "an entry of an unknown type");
  }
  CHECK(pax("no record") == "a pax header");
  CHECK(pax("99 path=a\n") == "a pax header");
  CHECK(pax("3 =\n") == "a pax header");
  CHECK(pax(TarMaker::PaxRecord("path", "a") +
            TarMaker::PaxRecord("path", "b")) == "a pax header");
  CHECK(pax(TarMaker::PaxRecord("path", std::string("a\0b", 3))) ==
        "a pax header");
  CHECK(pax(TarMaker::PaxRecord("uid", "-1")) == "a pax header");
  CHECK(pax(TarMaker::PaxRecord("size", "99999999999999999999")) ==
        "a pax header");
  CHECK(pax(TarMaker::PaxRecord("GNU.sparse.map", "0,1")) == "a pax header");
  CHECK(WhyNot(extra('x', TarMaker::PaxRecord("path", "a"))
                   .Pax("path", "b")
                   .File("c", "")
                   .Whole()) == "a pax header");
  CHECK(WhyNot(TarMaker()
                   .Pax("path", "a")
                   .Add({.name = "x", .type = 'L'}, "b")
                   .File("c", "")
                   .Whole()) == "a long name");
  CHECK(WhyNot(TarMaker()
                   .Pax("path", "a")
                   .Add({.name = "x", .type = 'g'}, "")
                   .File("c", "")
                   .Whole()) == "a global pax header");
}

TEST_CASE("numbers that are none, and sizes nobody has, are refused") {
  const auto with = [](TarField field, std::string_view text) {
    TarBlock block = BlockOf(TarMaker().File("a", ""));
    TarMaker::Text(block, field, text);
    return WhyNot(TarMaker().AddBlock(block).Whole());
  };
  CHECK(with(kTarMode, "00x0644") == "a number");
  CHECK(with(kTarOwner, "-000001") == "a number");
  CHECK(with(kTarSize, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF") ==
        "a number");
  CHECK(with(kTarSize, std::string_view(
                           "\x80\0\0\0\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 12)) ==
        "a number");
  CHECK(with(kTarSize, "77777777777") == "truncated");
  // A header that is said to be huge is not read into memory.
  TarBlock huge = BlockOf(TarMaker().Add({.name = "x", .type = 'x'}));
  TarMaker::Octal(huge, kTarSize, TarStream::kMostExtraBytes + 1);
  CHECK(WhyNot(TarMaker().AddBlock(huge).Whole()) == "a huge header");
}
