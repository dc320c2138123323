// Property: a next page that is found is found again in a line with it alone,
// and resolves to nothing but an address of the web.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "io/registry/link_header.h"
#include "io/registry/url.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto next = assay::registry::NextLink(line);
  if (!next || !*next) return 0;
  Require((*next)->find('>') == std::string::npos);
  const auto again = assay::registry::NextLink("<" + **next + ">; rel=next");
  Require(again.has_value() ? *again == *next : (*next)->size() > 8000);
  const auto page =
      assay::registry::Url::Parse("https://registry.example.com/v2/");
  const auto url = page->Resolve(**next);
  if (!url) return 0;
  Require(url->str().starts_with("https://") ||
          url->str().starts_with("http://"));
  Require(url->str().find_first_of("\r\n #") == std::string::npos);
  return 0;
}
