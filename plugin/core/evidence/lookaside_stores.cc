#include "core/evidence/lookaside_stores.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "core/subject/containers_scopes.h"

namespace assay {
namespace {

constexpr std::string_view kFileScheme = "file://";

Error BadAddress(std::string_view text, std::string_view what) {
  return Fail(Reason::kPolicyMalformed,
              "'" + Printable(text) + "' " + std::string(what));
}

bool IsPlainInAddress(char c) {
  return c > ' ' && c < '\x7f' && c != '"' && c != '<' && c != '>' &&
         c != '\\' && c != '?' && c != '#' && c != '%';
}

// What follows the scheme.
Status CheckWeb(std::string_view text, std::string_view rest) {
  const auto authority = rest.substr(0, rest.find('/'));
  if (authority.empty()) return BadAddress(text, "names no host");
  if (authority.find('@') != authority.npos)
    return BadAddress(text, "names a user");
  return Ok();
}

Status CheckFolder(std::string_view text, std::string_view path) {
  const std::string closed = std::string(path) + "/";
  if (path.starts_with('/') && closed.find("/../") == closed.npos) return Ok();
  return BadAddress(text, "must be file:// and an absolute path without '..'");
}

}  // namespace

Result<LookasideAddress> LookasideAddress::Parse(std::string_view text) {
  if (text.size() > limits::kLookasideUrlBytes ||
      !std::all_of(text.begin(), text.end(), IsPlainInAddress)) {
    return BadAddress(text,
                      "is too long, or has what a store's address has not");
  }
  Status checked =
      BadAddress(text, "is no file://, http:// or https:// address");
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.starts_with(scheme)) {
      checked = CheckWeb(text, text.substr(scheme.size()));
    }
  }
  if (text.starts_with(kFileScheme)) {
    checked = CheckFolder(text, text.substr(kFileScheme.size()));
  }
  if (!checked) return checked.error();
  return LookasideAddress(text);
}

bool LookasideAddress::IsFolder() const {
  return text_.starts_with(kFileScheme);
}

std::string LookasideAddress::Folder() const {
  return text_.substr(kFileScheme.size());
}

const LookasideAddress& LookasideStores::For(const Reference& name) const {
  for (const std::string& scope : ContainersScopes(name)) {
    const auto found = scopes_.find(scope);
    if (found != scopes_.end()) return found->second;
  }
  return rest_;
}

std::string LookasideStores::Summary() const {
  std::string text = "lookaside " + rest_.str();
  for (const auto& [scope, store] : scopes_) {
    text += ", of " + Printable(scope) + " " + store.str();
  }
  return text;
}

std::string LookasidePath(const Reference& name, const Digest& target,
                          std::size_t number) {
  return name.path() + "@" + std::string(HashName(target.algorithm())) + "=" +
         target.hex() + "/signature-" + std::to_string(number);
}

}  // namespace assay
