#include "core/schemes/signer_window.h"

#include <algorithm>

namespace assay {

SignerWindow SignerWindow::Read(TomlReader& table) {
  const SignerWindow window{table.When("valid_from"),
                            table.When("valid_until")};
  if (window.from && window.until && *window.from >= *window.until) {
    table.Complain("valid_until", "valid_until is not after valid_from");
  }
  return window;
}

Status SignerWindow::Judge(Time now) const {
  if (from && now < *from) {
    return Fail(Reason::kKeyNotYetValid, "valid from " + Rfc3339(*from));
  }
  if (until && now >= *until) {
    return Fail(Reason::kKeyExpired, "valid until " + Rfc3339(*until));
  }
  return Ok();
}

std::string SignerWindow::Summary() const {
  std::string text;
  if (from) text += ", valid from " + Rfc3339(*from);
  if (until) text += ", valid until " + Rfc3339(*until);
  return text;
}

std::optional<Time> Earlier(const std::optional<Time>& a,
                            const std::optional<Time>& b) {
  if (a && b) return std::min(*a, *b);
  return a ? a : b;
}

}  // namespace assay
