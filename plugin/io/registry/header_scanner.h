// A cursor over one header value: tokens, quoted strings, white space (RFC 9110
// section 5.6). Shared by the parsers of structured headers.
#ifndef ASSAY_IO_REGISTRY_HEADER_SCANNER_H_
#define ASSAY_IO_REGISTRY_HEADER_SCANNER_H_

#include <optional>
#include <string>
#include <string_view>

namespace assay::registry {

class HeaderScanner {
 public:
  explicit HeaderScanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char Peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  // Skips spaces and tabs, says whether there were any.
  bool SkipSpace();
  bool Take(char wanted);
  // The longest run of token characters; empty when there is none.
  std::string_view Token();
  // A quoted string without its quotes and escapes, or a token; nullopt when
  // there is neither or a control character inside.
  std::optional<std::string> Value();
  // Everything up to `end`, which is taken too; nullopt without one.
  std::optional<std::string_view> Until(char end);
  // token68 (RFC 9110 section 11.2) that ends the challenge; false and
  // nothing taken when what follows is no such thing.
  bool SkipToken68();

 private:
  std::optional<std::string> Quoted();

  std::string_view rest_;
};

std::string LowerAscii(std::string_view text);
std::string_view TrimSpace(std::string_view text);

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_HEADER_SCANNER_H_
