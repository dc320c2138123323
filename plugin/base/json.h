// Strict JSON (RFC 8259) into an immutable tree. Refused beyond the grammar:
// a duplicate key, depth over limits::kJsonDepth, size over the caller's cap,
// invalid UTF-8, trailing bytes, numbers that are not 64-bit integers where an
// integer is asked for. No exception leaves, no third-party type is visible.
#ifndef ASSAY_BASE_JSON_H_
#define ASSAY_BASE_JSON_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace assay {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;

  // Errors: kJsonMalformed, kJsonDuplicate, kJsonTooDeep, kTooLarge; the
  // detail names the byte offset.
  static Result<Json> Parse(std::string_view text,
                            std::size_t most = limits::kJsonBytes);

  Json() = default;  // null
  explicit Json(bool value) : value_(value) {}
  explicit Json(std::int64_t value) : value_(value) {}
  explicit Json(std::string value) : value_(std::move(value)) {}
  explicit Json(Array value) : value_(std::move(value)) {}
  explicit Json(Object value) : value_(std::move(value)) {}
  // A number with fraction, exponent or beyond int64 keeps its text.
  struct Number {
    std::string text;
  };
  explicit Json(Number value) : value_(std::move(value)) {}

  bool IsNull() const { return std::holds_alternative<std::monostate>(value_); }
  // Null pointers / empty where the value is of another kind.
  const bool* AsBool() const { return std::get_if<bool>(&value_); }
  const std::int64_t* AsInt() const {
    return std::get_if<std::int64_t>(&value_);
  }
  const Number* AsNumber() const { return std::get_if<Number>(&value_); }
  const std::string* AsString() const {
    return std::get_if<std::string>(&value_);
  }
  const Array* AsArray() const { return std::get_if<Array>(&value_); }
  const Object* AsObject() const { return std::get_if<Object>(&value_); }

  // The member of an object; null when this is no object or has no such key.
  const Json* Find(std::string_view key) const;
  // Shorthand: the member as string, null when absent or of another kind.
  const std::string* FindString(std::string_view key) const;
  const std::int64_t* FindInt(std::string_view key) const;
  const Object* FindObject(std::string_view key) const;
  const Array* FindArray(std::string_view key) const;

  // Compact, keys sorted, one line. Text that is not UTF-8 is replaced.
  std::string Dump() const;
  void DumpTo(std::string& out) const;  // appends that line

 private:
  std::variant<std::monostate, bool, std::int64_t, Number, std::string, Array,
               Object>
      value_;
};

}  // namespace assay

#endif  // ASSAY_BASE_JSON_H_
