#include "core/schemes/notation/cbor.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/bytes.h"
#include "base/limits.h"

namespace assay {
namespace {

// RFC 8949 section 3.1.
enum class Major : std::uint8_t {
  kUnsigned = 0,
  kNegative,
  kBytes,
  kText,
  kArray,
  kMap,
  kTag,
  kOther,
};

constexpr std::uint64_t kMostInt = std::numeric_limits<std::int64_t>::max();
constexpr unsigned kInlineMost = 23;  // values up to this are in the first byte
constexpr unsigned kOneByte = 24;     // 24..27: 1, 2, 4 or 8 bytes follow
constexpr unsigned kEightBytes = 27;

struct Head {
  Major major = Major::kOther;
  unsigned info = 0;  // the low five bits
  std::uint64_t value = 0;
};

void EncodeHead(Major major, std::uint64_t value, std::string& out) {
  const auto kind = static_cast<unsigned>(major) << 5U;
  if (value <= kInlineMost) {
    out += static_cast<char>(kind | value);
    return;
  }
  unsigned info = kOneByte;
  unsigned bytes = 1;
  while (bytes < 8 && value >> (8 * bytes) != 0) {
    bytes *= 2;
    ++info;
  }
  out += static_cast<char>(kind | info);
  for (unsigned i = bytes; i-- > 0;) {
    out += static_cast<char>((value >> (8 * i)) & 0xFFU);
  }
}

// One pass over the bytes. Every length is held against what is left before
// anything is allocated.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Result<Cbor> ReadWhole() {
    auto value = Read(0);
    if (value && at_ != bytes_.size()) return Bad("bytes follow");
    return value;
  }

 private:
  Error Bad(std::string_view what) const {
    return Fail(Reason::kCborMalformed,
                std::string(what) + " at byte " + std::to_string(at_));
  }

  std::size_t left() const { return bytes_.size() - at_; }

  Result<Head> ReadHead() {
    if (left() == 0) return Bad("it ends early");
    const auto first = static_cast<unsigned char>(bytes_[at_]);
    Head head{static_cast<Major>(first >> 5U), first & 0x1FU, 0};
    if (head.info > kEightBytes) return Bad("an indefinite length");
    ++at_;
    head.value = head.info;
    if (head.info < kOneByte) return head;
    const std::size_t size = std::size_t{1} << (head.info - kOneByte);
    if (left() < size) return Bad("it ends early");
    head.value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      head.value =
          head.value << 8U | static_cast<unsigned char>(bytes_[at_ + i]);
    }
    at_ += size;
    return head;
  }

  // A number's or length's head in its one shortest form.
  Status CheckShortest(const Head& head, std::size_t start) const {
    std::string shortest;
    EncodeHead(head.major, head.value, shortest);
    if (bytes_.substr(start, at_ - start) == shortest) return Ok();
    return Bad("a head that is not the shortest");
  }

  Result<Cbor> Read(std::size_t depth) {
    if (depth > limits::kCborDepth) return Bad("nested too deep");
    const std::size_t start = at_;
    const auto head = ReadHead();
    if (!head) return head.error();
    if (head->major == Major::kOther) {
      return Cbor(Cbor::Other{std::string(bytes_.substr(start, at_ - start))});
    }
    const auto shortest = CheckShortest(*head, start);
    if (!shortest) return shortest.error();
    switch (head->major) {
      case Major::kUnsigned:
      case Major::kNegative:
        return ReadInt(*head);
      case Major::kBytes:
      case Major::kText:
        return ReadString(*head);
      case Major::kArray:
        return ReadArray(*head, depth);
      case Major::kMap:
        return ReadMap(*head, depth);
      case Major::kTag:
        return ReadTag(*head, depth);
      case Major::kOther:
        break;
    }
    return Bad("no CBOR");
  }

  Result<Cbor> ReadInt(const Head& head) const {
    if (head.value > kMostInt) return Bad("a number beyond 64 bits");
    const auto value = static_cast<std::int64_t>(head.value);
    return Cbor(head.major == Major::kUnsigned ? value : -1 - value);
  }

  Result<Cbor> ReadString(const Head& head) {
    if (head.value > left()) return Bad("a string longer than the rest");
    std::string text(bytes_.substr(at_, head.value));
    at_ += head.value;
    if (head.major == Major::kBytes) return Cbor(Cbor::Bytes{std::move(text)});
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t length = Utf8Length(rest);
      if (length == 0) return Bad("text that is not UTF-8");
      rest.remove_prefix(length);
    }
    return Cbor(std::move(text));
  }

  Result<Cbor> ReadArray(const Head& head, std::size_t depth) {
    if (head.value > left()) return Bad("an array longer than the rest");
    Cbor::Array elements;
    for (std::uint64_t i = 0; i < head.value; ++i) {
      auto element = Read(depth + 1);
      if (!element) return element.error();
      elements.push_back(*std::move(element));
    }
    return Cbor(std::move(elements));
  }

  Result<Cbor> ReadMap(const Head& head, std::size_t depth) {
    if (head.value > limits::kCborMembers) return Bad("too many members");
    Cbor::Map members;
    for (std::uint64_t i = 0; i < head.value; ++i) {
      const auto label = ReadLabel(depth);
      if (!label) return label.error();
      const bool twice =
          std::any_of(members.begin(), members.end(),
                      [&](const auto& one) { return one.first == *label; });
      if (twice) return Bad("a label that occurs twice");
      auto value = Read(depth + 1);
      if (!value) return value.error();
      members.emplace_back(*label, *std::move(value));
    }
    return Cbor(std::move(members));
  }

  Result<CborLabel> ReadLabel(std::size_t depth) {
    const auto label = Read(depth + 1);
    if (!label) return label.error();
    if (const auto* number = label->AsInt()) return CborLabel(*number);
    if (const auto* text = label->AsText()) return CborLabel(*text);
    return Bad("a label that is neither number nor text");
  }

  Result<Cbor> ReadTag(const Head& head, std::size_t depth) {
    auto value = Read(depth + 1);
    if (!value) return value.error();
    return Cbor(
        Cbor::Tag{head.value, std::make_shared<const Cbor>(*std::move(value))});
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

void EncodeInt(std::int64_t value, std::string& out) {
  if (value >= 0) {
    EncodeHead(Major::kUnsigned, static_cast<std::uint64_t>(value), out);
  } else {
    EncodeHead(Major::kNegative, static_cast<std::uint64_t>(-1 - value), out);
  }
}

void EncodeText(std::string_view text, std::string& out) {
  EncodeHead(Major::kText, text.size(), out);
  out += text;
}

struct Encoder {
  std::string& out;

  void operator()(std::int64_t value) const { EncodeInt(value, out); }
  void operator()(const Cbor::Bytes& bytes) const {
    EncodeHead(Major::kBytes, bytes.value.size(), out);
    out += bytes.value;
  }
  void operator()(const std::string& text) const { EncodeText(text, out); }
  void operator()(const Cbor::Array& elements) const {
    EncodeHead(Major::kArray, elements.size(), out);
    for (const Cbor& element : elements) element.EncodeTo(out);
  }
  void operator()(const Cbor::Map& members) const {
    EncodeHead(Major::kMap, members.size(), out);
    for (const auto& [label, value] : members) {
      if (const auto* number = std::get_if<std::int64_t>(&label)) {
        EncodeInt(*number, out);
      } else {
        EncodeText(std::get<std::string>(label), out);
      }
      value.EncodeTo(out);
    }
  }
  void operator()(const Cbor::Tag& tag) const {
    EncodeHead(Major::kTag, tag.number, out);
    tag.value->EncodeTo(out);
  }
  void operator()(const Cbor::Other& other) const { out += other.encoded; }
};

}  // namespace

Result<Cbor> Cbor::Parse(std::string_view bytes) {
  return Reader(bytes).ReadWhole();
}

const std::string* Cbor::AsBytes() const {
  const auto* bytes = std::get_if<Bytes>(&value_);
  return bytes == nullptr ? nullptr : &bytes->value;
}

const Cbor* Cbor::Find(const CborLabel& label) const {
  const auto* members = AsMap();
  if (members == nullptr) return nullptr;
  const auto found =
      std::find_if(members->begin(), members->end(),
                   [&](const auto& one) { return one.first == label; });
  return found == members->end() ? nullptr : &found->second;
}

void Cbor::EncodeTo(std::string& out) const {
  std::visit(Encoder{out}, value_);
}

std::string Cbor::Encode() const {
  std::string out;
  EncodeTo(out);
  return out;
}

}  // namespace assay
