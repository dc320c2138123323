// Strict CBOR (RFC 8949) into an immutable tree, as COSE needs it. Refused
// beyond the grammar: indefinite lengths, heads that are not the shortest,
// labels that are neither integers nor text, a label that occurs twice,
// invalid UTF-8, values beyond 64 bits signed, depth, size and trailing bytes.
// So one text alone stands for a value: what is read and written again is the
// same bytes.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_CBOR_H_
#define ASSAY_CORE_SCHEMES_NOTATION_CBOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace assay {

// A member's name in a map: an integer, or text.
using CborLabel = std::variant<std::int64_t, std::string>;

class Cbor {
 public:
  using Array = std::vector<Cbor>;
  using Map = std::vector<std::pair<CborLabel, Cbor>>;  // in order of the bytes
  struct Bytes {
    std::string value;
  };
  struct Tag {
    std::uint64_t number = 0;
    std::shared_ptr<const Cbor> value;
  };
  // false, true, null, undefined, other simple values and floating point: the
  // bytes as they came. Nothing that Assay reads is any of these.
  struct Other {
    std::string encoded;
  };
  using Value =
      std::variant<std::int64_t, Bytes, std::string, Array, Map, Tag, Other>;

  // Errors: kCborMalformed; the detail names the byte offset.
  static Result<Cbor> Parse(std::string_view bytes);

  explicit Cbor(Value value) : value_(std::move(value)) {}

  // Null where the value is of another kind.
  const std::int64_t* AsInt() const {
    return std::get_if<std::int64_t>(&value_);
  }
  const std::string* AsText() const {
    return std::get_if<std::string>(&value_);
  }
  const std::string* AsBytes() const;
  const Array* AsArray() const { return std::get_if<Array>(&value_); }
  const Map* AsMap() const { return std::get_if<Map>(&value_); }
  const Tag* AsTag() const { return std::get_if<Tag>(&value_); }

  // The member of a map; null when this is no map or has no such label.
  const Cbor* Find(const CborLabel& label) const;

  void EncodeTo(std::string& out) const;
  std::string Encode() const;

 private:
  Value value_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_CBOR_H_
