// Property: what reads as challenges is written back, in the plainest form, as
// a line that reads as the same challenges; no parameter holds a control
// character that could end a header line.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "io/registry/www_authenticate.h"

namespace {

using assay::registry::Challenge;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string Quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    Require(c != '\r' && c != '\n' && c != '\0');
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string Write(const Challenge& challenge) {
  std::string line = challenge.scheme + " ";
  for (const auto& [name, value] : challenge.params) {
    line += name + "=" + Quote(value) + ",";
  }
  return line + ",";
}

bool Same(const Challenge& a, const Challenge& b) {
  return a.scheme == b.scheme && a.params == b.params;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto read = assay::registry::ParseWwwAuthenticate(line);
  if (!read) return 0;
  std::string written;
  for (const Challenge& challenge : *read) written += Write(challenge);
  if (written.size() > 8192) return 0;  // Escapes may lengthen it over the cap.
  const auto again = assay::registry::ParseWwwAuthenticate(written);
  Require(again.has_value());
  Require(std::equal(read->begin(), read->end(), again->begin(), again->end(),
                     Same));
  return 0;
}
