#include "core/policy/scope.h"

#include <algorithm>
#include <tuple>

#include "base/bytes.h"
#include "base/glob.h"
#include "base/limits.h"

namespace assay {
namespace {

constexpr std::string_view kAny = "**";
constexpr std::string_view kDefaultHost = "docker.io";

bool IsLiteral(std::string_view component) {
  return component.find('*') == std::string_view::npos;
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t slash = text.find('/');
    parts.emplace_back(text.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    text.remove_prefix(slash + 1);
  }
}

Error Refuse(std::string_view text, std::string_view why) {
  return Fail(Reason::kPolicyMalformed,
              "scope '" + Printable(text) + "': " + std::string(why));
}

std::string LowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// What the first component of a scope is.
enum class First { kHost, kPath, kUnclear };

// `alone` when there is no slash: then what follows a colon may be a tag, as
// in "busybox:1.36", and only the name before it tells.
First KindOfFirst(std::string_view first, bool alone) {
  if (first == "*" || first == kAny) return First::kHost;
  const std::string_view name = first.substr(0, first.find(':'));
  const bool upper = std::any_of(name.begin(), name.end(),
                                 [](char c) { return c >= 'A' && c <= 'Z'; });
  if (name == "localhost" || name.starts_with('[') || upper ||
      name.find('.') != std::string_view::npos ||
      (!alone && name.size() < first.size())) {
    return First::kHost;
  }
  return IsLiteral(name) ? First::kPath : First::kUnclear;
}

// A dot must follow the last `*` of a host name, so that the registered domain
// is literal. A port may be any.
bool IsSafeHostGlob(std::string_view host) {
  if (host == kAny) return true;
  const std::string_view name = host.substr(0, host.rfind(':'));
  const std::size_t star = name.rfind('*');
  return star == std::string_view::npos || name == "*" ||
         name.substr(star + 1).starts_with('.');
}

// The component with every `*` taken by one character, to check it by the
// grammar of references.
std::string Sample(std::string_view component) {
  std::string sample;
  for (const char c : component) sample += c == '*' ? '1' : c;
  return sample;
}

// For `**` and `*` there is always a component that fits.
Result<Reference> SampleReference(const std::vector<std::string>& components,
                                  const std::string& ending) {
  const bool any_host = components[0] == kAny || components[0] == "*";
  std::string text = any_host ? "any.invalid" : Sample(components[0]);
  if (components.size() == 1) text += "/1";
  for (std::size_t i = 1; i < components.size(); ++i) {
    text += "/" + Sample(components[i]);
  }
  return Reference::Parse(text + ending);
}

std::size_t LiteralCharacters(std::string_view component) {
  return component.size() - static_cast<std::size_t>(std::count(
                                component.begin(), component.end(), '*'));
}

// The text of a scope taken apart, before the components are normalised.
struct Parts {
  std::string_view name;
  std::string_view tag;
  std::string_view digest;
  bool has_tag = false;
  bool has_digest = false;
};

Parts TakeApart(std::string_view text) {
  Parts parts;
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    parts.digest = text.substr(at + 1);
    parts.has_digest = true;
    text = text.substr(0, at);
  }
  const std::size_t slash = text.rfind('/');
  const bool alone = slash == std::string_view::npos;
  const std::size_t colon = text.find(':', alone ? 0 : slash);
  // Alone, "localhost:5000" is a host with its port.
  const bool port = alone && KindOfFirst(text, true) == First::kHost;
  if (colon != std::string_view::npos && !port) {
    parts.tag = text.substr(colon + 1);
    parts.has_tag = true;
    text = text.substr(0, colon);
  }
  parts.name = text;
  return parts;
}

}  // namespace

Result<Scope> Scope::Parse(std::string_view text) {
  if (text.empty()) return Refuse(text, "empty; write \"**\" for every image");
  if (text.size() > limits::kReferenceBytes) return Refuse(text, "too long");
  const Parts parts = TakeApart(text);
  if (parts.has_tag && parts.has_digest) {
    return Refuse(text, "names a tag and a digest; the digest is enough");
  }
  if (!IsLiteral(parts.tag) || !IsLiteral(parts.digest)) {
    return Refuse(text, "'*' may not stand in a tag or digest");
  }
  Scope scope;
  scope.text_ = text;
  scope.tag_ = parts.tag;
  scope.digest_ = parts.digest;
  scope.components_ = Split(parts.name);
  for (const std::string& component : scope.components_) {
    if (component != kAny && component.find(kAny) != std::string::npos) {
      return Refuse(text, "'**' stands for whole components only");
    }
  }
  if (auto expanded = scope.Expand(); !expanded) return expanded.error();
  std::string ending;
  if (parts.has_tag) ending = ":" + scope.tag_;
  if (parts.has_digest) ending = "@" + scope.digest_;
  if (!SampleReference(scope.components_, ending)) {
    return Refuse(text, "not of the form host[/path][:tag|@digest]");
  }
  return scope;
}

Status Scope::Expand() {
  std::vector<std::string>& all = components_;
  const bool alone = all.size() == 1;
  switch (KindOfFirst(all[0], alone)) {
    case First::kUnclear:
      return Refuse(text_, "host or path? write docker.io/" + all[0] +
                               (alone ? "" : "/...") + " or a host with a dot");
    case First::kPath:
      all.insert(all.begin(), std::string(kDefaultHost));
      break;
    case First::kHost:
      break;
  }
  all[0] = LowerCase(all[0]);
  if (!IsSafeHostGlob(all[0])) {
    return Refuse(text_,
                  "this '*' would cover other people's hosts too; let a dot "
                  "follow it, as in *.example.com");
  }
  if (all[0] == "index.docker.io") all[0] = kDefaultHost;
  if (all.size() == 1 && all[0] != kAny) {
    if (!tag_.empty() || !digest_.empty()) {
      return Refuse(text_, "a host has no tag or digest");
    }
    all.emplace_back(kAny);
  }
  if (all.size() == 2 && all[0] == kDefaultHost && all[1] != kAny) {
    all.insert(all.begin() + 1, "library");
  }
  return Ok();
}

bool Scope::Matches(const Reference& name,
                    std::span<const Digest> content) const {
  const auto is_ours = [this](const Digest& digest) {
    return digest.str() == digest_;
  };
  if (!digest_.empty()) {
    const bool asked_for = name.digest() && is_ours(*name.digest());
    if (!asked_for && std::none_of(content.begin(), content.end(), is_ours)) {
      return false;
    }
  } else if (!tag_.empty()) {
    if (name.digest() || name.tag() != tag_) return false;
  }
  if (components_[0] != kAny && !GlobMatches(components_[0], name.host())) {
    return false;
  }
  std::vector<std::string> parts = Split(name.path());
  parts.insert(parts.begin(), name.host());
  // As in GlobMatches, with components for characters and `**` for `*`.
  std::size_t c = 0;
  std::size_t p = 0;
  std::size_t any = components_.size();
  std::size_t any_part = 0;
  while (p < parts.size()) {
    if (c < components_.size() && components_[c] == kAny) {
      any = c++;
      any_part = p;
    } else if (c < components_.size() &&
               GlobMatches(components_[c], parts[p])) {
      ++c;
      ++p;
    } else if (any < components_.size()) {
      c = any + 1;
      p = ++any_part;
    } else {
      return false;
    }
  }
  return std::all_of(components_.begin() + static_cast<std::ptrdiff_t>(c),
                     components_.end(),
                     [](const std::string& rest) { return rest == kAny; });
}

std::strong_ordering Scope::CompareSpecificity(const Scope& other) const {
  const auto key = [](const Scope& scope) {
    int literal = 0;
    int characters = 0;
    int any = 0;
    int stars = 0;
    for (const std::string& component : scope.components_) {
      literal += IsLiteral(component) ? 1 : 0;
      any += component == kAny ? 1 : 0;
      const std::size_t count = LiteralCharacters(component);
      characters += static_cast<int>(count);
      stars += static_cast<int>(component.size() - count);
    }
    const int components = static_cast<int>(scope.components_.size());
    return std::tuple(!scope.digest_.empty(), !scope.tag_.empty(), literal,
                      characters, -any, components, -stars);
  };
  return key(*this) <=> key(other);
}

bool Scope::Overlaps(const Scope& other) const {
  if (!digest_.empty() && !other.digest_.empty()) {
    if (digest_ != other.digest_) return false;
  } else if (tag_ != other.tag_ && !tag_.empty() && !other.tag_.empty()) {
    return false;
  }
  // A name with a digest matches no tag.
  if (!digest_.empty() && !other.tag_.empty()) return false;
  if (!tag_.empty() && !other.digest_.empty()) return false;
  const auto& a = components_;
  const auto& b = other.components_;
  // can[i][j]: the first i and the first j components can stand for one name.
  std::vector<std::vector<char>> can(a.size() + 1,
                                     std::vector<char>(b.size() + 1, 0));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      bool yes = i == 0 && j == 0;
      const bool any =
          (i > 0 && a[i - 1] == kAny) || (j > 0 && b[j - 1] == kAny);
      if (any) {
        yes = (i > 0 && can[i - 1][j] != 0) || (j > 0 && can[i][j - 1] != 0);
      } else if (i > 0 && j > 0) {
        yes = can[i - 1][j - 1] != 0 && GlobsOverlap(a[i - 1], b[j - 1]);
      }
      can[i][j] = static_cast<char>(yes);
    }
  }
  return can[a.size()][b.size()] != 0;
}

bool Scope::IsPlain() const {
  return std::all_of(components_.begin(), components_.end() - 1, IsLiteral) &&
         (components_.back() == kAny || IsLiteral(components_.back()));
}

std::string Scope::Normalized() const {
  std::string text = components_[0];
  for (std::size_t i = 1; i < components_.size(); ++i) {
    text += "/" + components_[i];
  }
  if (!tag_.empty()) text += ":" + tag_;
  if (!digest_.empty()) text += "@" + digest_;
  return text;
}

}  // namespace assay
