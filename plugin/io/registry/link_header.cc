#include "io/registry/link_header.h"

#include "base/bytes.h"
#include "io/registry/header_scanner.h"

namespace assay::registry {
namespace {

constexpr std::size_t kLineBytes = 8192;

Error Malformed(std::string_view line) {
  return Fail(Reason::kRegistryProtocol, "Link: " + Printable(line, 120));
}

bool HasNext(std::string_view relations) {
  while (!relations.empty()) {
    const std::size_t end = relations.find(' ');
    if (LowerAscii(relations.substr(0, end)) == "next") return true;
    if (end == std::string_view::npos) return false;
    relations.remove_prefix(end + 1);
  }
  return false;
}

// The parameters after a target. The first "rel" counts (section 3.3).
// nullopt when they are not of the grammar.
std::optional<bool> ReadsNext(HeaderScanner& scan) {
  bool next = false;
  bool seen = false;
  for (scan.SkipSpace(); scan.Take(';'); scan.SkipSpace()) {
    scan.SkipSpace();
    if (scan.Peek() == ';' || scan.Peek() == ',' || scan.done()) continue;
    const std::string name = LowerAscii(scan.Token());
    if (name.empty()) return std::nullopt;
    scan.SkipSpace();
    std::optional<std::string> value = std::string();
    if (scan.Take('=')) {
      scan.SkipSpace();
      value = scan.Value();
    }
    if (!value) return std::nullopt;
    if (name == "rel" && !seen) {
      seen = true;
      next = HasNext(*value);
    }
  }
  return next;
}

}  // namespace

Result<std::optional<std::string>> NextLink(std::string_view line) {
  if (line.size() > kLineBytes) return Malformed(line);
  std::optional<std::string> found;
  HeaderScanner scan(line);
  for (;;) {
    scan.SkipSpace();
    if (scan.done()) return found;
    if (scan.Take(',')) continue;
    const auto target =
        scan.Take('<') ? scan.Until('>') : std::optional<std::string_view>();
    if (!target) return Malformed(line);
    const auto next = ReadsNext(scan);
    if (!next || (!scan.done() && scan.Peek() != ',')) return Malformed(line);
    if (!*next) continue;
    if (found) return Malformed(line);
    found = std::string(*target);
  }
}

}  // namespace assay::registry
