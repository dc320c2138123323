// Property: what is read as YAML is, written as JSON, read again as JSON and,
// where it is plain ASCII, as YAML, and all of them are one; what is read as
// one document is read as several, too.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/yaml.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto several = assay::ParseYamlDocuments(text);
  const auto one = assay::ParseYaml(text);
  Require(several.has_value() || !one.has_value());
  if (!one) return 0;
  Require(several->size() == (one->IsNull() ? 0 : 1));
  const std::string written = one->Dump();
  const auto json = assay::Json::Parse(written);
  Require(json.has_value() && json->Dump() == written);
  // Line breaks of YAML and what it calls unprintable stand in JSON as they
  // are.
  const bool plain = std::all_of(written.begin(), written.end(),
                                 [](char c) { return c >= 0x20 && c < 0x7F; });
  if (!plain) return 0;
  const auto yaml = assay::ParseYaml(written);
  // Behind a key of over 1024 characters YAML looks for no colon.
  Require(yaml.has_value() ? yaml->Dump() == written : written.size() > 1024);
  return 0;
}
