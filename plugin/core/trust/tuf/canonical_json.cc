#include "core/trust/tuf/canonical_json.h"

namespace assay::tuf {
namespace {

void AppendText(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

// False where a number has a fraction, an exponent or too many digits.
bool Append(std::string& out, const Json& value) {
  if (const auto* object = value.AsObject()) {
    char before = '{';
    for (const auto& [key, member] : *object) {
      out += before;
      AppendText(out, key);
      out += ':';
      if (!Append(out, member)) return false;
      before = ',';
    }
    out += object->empty() ? "{}" : "}";
    return true;
  }
  if (const auto* array = value.AsArray()) {
    char before = '[';
    for (const Json& element : *array) {
      out += before;
      if (!Append(out, element)) return false;
      before = ',';
    }
    out += array->empty() ? "[]" : "]";
    return true;
  }
  if (const auto* text = value.AsString()) {
    AppendText(out, *text);
    return true;
  }
  const bool plain =
      value.IsNull() || value.AsBool() != nullptr || value.AsInt() != nullptr;
  if (plain) value.DumpTo(out);
  return plain;
}

}  // namespace

Result<std::string> CanonicalJson(const Json& value) {
  std::string out;
  if (Append(out, value)) return out;
  return Fail(Reason::kTufMalformed, "a number that is no 64-bit integer");
}

}  // namespace assay::tuf
