#include "io/layers/layer_memory.h"

#include "tests/support/catch.h"

using namespace assay;

namespace {

LayerRecord Record(std::uint64_t inode, std::int64_t hashed_at,
                   std::string_view content = "x") {
  return {
      Digest::Of(content),
      {2, inode, 10, 1'700'000'000'123'456'789, 1'700'000'001'000'000'001, ""},
      Time(std::chrono::seconds(hashed_at))};
}

Reason WhyNot(const std::string& text) {
  const auto records = ReadLayerRecords(text);
  REQUIRE_FALSE(records);
  return records.error().reason;
}

}  // namespace

TEST_CASE("layer records survive writing and reading") {
  auto verity = Record(7, 1'700'000'002);
  verity.identity.verity = "1:00ff";
  auto odd = Record(~std::uint64_t{0}, -5);
  odd.identity.modified_ns = -1;
  const std::vector<LayerRecord> records = {Record(1, 0), verity, odd};
  const std::string text = WriteLayerRecords(records);
  const auto again = ReadLayerRecords(text);
  REQUIRE(again);
  CHECK(*again == records);
  CHECK(ReadLayerRecords(WriteLayerRecords({})).has_value());
}

TEST_CASE("a layer memory that is not exactly one is refused whole") {
  const std::string good = WriteLayerRecords({Record(1, 5), Record(2, 6)});
  for (std::size_t length = 0; length < good.size(); ++length) {
    INFO(length);
    CHECK(WhyNot(good.substr(0, length)) == Reason::kFileUnreadable);
  }
  CHECK(WhyNot(good + "x") == Reason::kFileUnreadable);
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  CHECK(WhyNot(with("layers 1", "layers 2")) == Reason::kFileUnreadable);
  CHECK(WhyNot(with("sha256:", "sha257:")) == Reason::kFileUnreadable);
  CHECK(WhyNot(with(" 2 1 ", " 02 1 ")) == Reason::kFileUnreadable);
  CHECK(WhyNot(with(" 2 1 ", " +2 1 ")) == Reason::kFileUnreadable);
  CHECK(WhyNot(with(" 2 1 10 ", " 2 1 -10 ")) == Reason::kFileUnreadable);
  CHECK(WhyNot(with(" -\n", " 1:XY\n")) == Reason::kFileUnreadable);
  CHECK(WhyNot(with("end 2", "end 3")) == Reason::kFileUnreadable);
  CHECK(WhyNot(with("\nend", "\n\nend")) == Reason::kFileUnreadable);
}

TEST_CASE("any difference of identity hides a record") {
  LayerMemory memory;
  const LayerRecord record = Record(1, 5);
  memory.Remember(record);
  CHECK(memory.Find(record.identity) == record);
  const auto changed = [&](auto change) {
    FileIdentity other = record.identity;
    change(other);
    return memory.Find(other);
  };
  CHECK_FALSE(changed([](auto& file) { file.device++; }));
  CHECK_FALSE(changed([](auto& file) { file.inode++; }));
  CHECK_FALSE(changed([](auto& file) { file.size++; }));
  CHECK_FALSE(changed([](auto& file) { file.modified_ns++; }));
  CHECK_FALSE(changed([](auto& file) { file.changed_ns++; }));
  CHECK_FALSE(changed([](auto& file) { file.verity = "1:00"; }));
  memory.Forget(record.digest);
  CHECK_FALSE(memory.Find(record.identity));
}

TEST_CASE("a full layer memory drops its oldest records") {
  LayerMemory memory;
  for (std::size_t i = 0; i <= kLayerRecords; ++i) {
    memory.Remember(Record(i, static_cast<std::int64_t>(i)));
  }
  CHECK(memory.Records().size() == kLayerRecords + 1 - kLayerRecords / 8);
  CHECK_FALSE(memory.Find(Record(0, 0).identity));
  CHECK(memory.Find(Record(kLayerRecords, 0).identity));
}
