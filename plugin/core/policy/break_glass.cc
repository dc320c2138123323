#include "core/policy/break_glass.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/glob.h"
#include "core/policy/policy.h"
#include "core/policy/rule_reader.h"

namespace assay {
namespace {

constexpr std::int64_t kBreakGlassVersion = 1;
constexpr std::size_t kMostWordsBytes = 500;

// Of one host that is written out; all of a registry is the most there is.
std::optional<Scope> ReadExceptionScope(TomlReader& reader) {
  const auto text = reader.String("scope");
  if (!text) {
    if (reader.Value("scope") == nullptr) reader.Missing("scope");
    return std::nullopt;
  }
  auto scope = Scope::Parse(*text);
  if (!scope) {
    reader.Complain("scope", scope.error().detail);
    return std::nullopt;
  }
  const std::string full = scope->Normalized();
  if (full.substr(0, full.find('/')).find('*') != std::string::npos) {
    reader.Complain("scope", "an exception must write its registry out: '" +
                                 Printable(*text, 80) + "' is too wide");
    return std::nullopt;
  }
  return *std::move(scope);
}

// What somebody had to write down.
std::string CheckWords(TomlReader& reader, std::string_view key,
                       const std::optional<std::string>& text) {
  if (reader.Value(key) == nullptr) reader.Missing(key);
  if (!text) return {};
  if (text->find_first_not_of(" \t\r\n") == std::string::npos) {
    reader.Complain(key, "'" + std::string(key) + "' is empty");
  } else if (text->size() > kMostWordsBytes) {
    reader.Complain(key, "'" + std::string(key) + "' is over " +
                             std::to_string(kMostWordsBytes) + " bytes");
  }
  return *text;
}

Time CheckEnd(TomlReader& reader, std::string_view key,
              std::optional<Time> time) {
  if (reader.Value(key) == nullptr) reader.Missing(key);
  return time.value_or(Time{});
}

std::optional<Digest> ReadContent(TomlReader& reader) {
  const auto text = reader.String("digest");
  if (!text) return std::nullopt;
  auto digest = Digest::Parse(*text);
  if (digest) return *std::move(digest);
  reader.Complain("digest", "'" + Printable(*text, 100) + "' is no digest");
  return std::nullopt;
}

void ReadException(const Toml& table, Diagnostics& diagnostics,
                   std::vector<PolicyException>& exceptions) {
  const std::size_t before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  auto scope = ReadExceptionScope(reader);
  auto namespaces = ReadNamespaces(reader);
  auto digest = ReadContent(reader);
  std::string reason = CheckWords(reader, "reason", reader.String("reason"));
  std::string who = CheckWords(reader, "who", reader.String("who"));
  const Time from = CheckEnd(reader, "not_before", reader.When("not_before"));
  const Time until = CheckEnd(reader, "expires", reader.When("expires"));
  if (diagnostics.size() == before && until <= from) {
    reader.Complain("expires", "'expires' is not after 'not_before'");
  } else if (diagnostics.size() == before && until - from > kLongestException) {
    reader.Complain("expires",
                    "an exception lasts 7 days at most; what lasts is a rule");
  }
  reader.Finish();
  if (!scope || diagnostics.size() != before) return;
  exceptions.push_back({*std::move(scope), std::move(namespaces),
                        std::move(digest), std::move(reason), std::move(who),
                        from, until, table.position()});
}

std::vector<PolicyException> ReadBreakGlassFile(const PolicyFile& file,
                                                Diagnostics& diagnostics) {
  std::vector<PolicyException> exceptions;
  const std::size_t before = diagnostics.size();
  const auto document = Toml::Parse(file.text, file.name, diagnostics);
  for (std::size_t i = before; i < diagnostics.size(); ++i) {
    diagnostics[i].reason = Reason::kPolicyMalformed;
  }
  if (!document) return exceptions;
  TomlReader reader(*document, diagnostics, Reason::kPolicyMalformed);
  if (reader.Value("version") == nullptr) {
    reader.Complain({}, "'version = 1' is missing");
  }
  const auto version = reader.Int("version");
  if (version && *version != kBreakGlassVersion) {
    reader.Complain("version", Reason::kPolicyUnsupported,
                    "break-glass version " + std::to_string(*version) +
                        " is not supported; this program reads version 1");
  }
  for (const Toml* table : reader.Tables("exception")) {
    ReadException(*table, diagnostics, exceptions);
  }
  reader.Finish();
  if (diagnostics.size() != before) exceptions.clear();
  return exceptions;
}

}  // namespace

bool PolicyException::Covers(const Reference& name,
                             std::optional<std::string_view> pod_namespace,
                             std::span<const Digest> content) const {
  if (!scope.Matches(name, content)) return false;
  if (digest &&
      std::find(content.begin(), content.end(), *digest) == content.end()) {
    return false;
  }
  if (namespaces.empty() || !pod_namespace) return true;
  return !pod_namespace->empty() &&
         std::any_of(namespaces.begin(), namespaces.end(),
                     [&](const std::string& glob) {
                       return GlobMatches(glob, *pod_namespace);
                     });
}

bool PolicyException::Overrules(const Rule* rule) const {
  if (rule == nullptr || rule->action != Action::kReject) return true;
  if (!rule->namespaces.empty() && namespaces.empty()) return false;
  return scope.CompareSpecificity(rule->scope) > 0;
}

std::string PolicyException::Where() const {
  return position.str() + " (" + scope.str() + ")";
}

std::string PolicyException::Sentence() const {
  std::string sentence = "break-glass: " + Where() + ": runs unverified";
  if (digest) sentence += " as " + digest->str();
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    sentence += (i == 0 ? " in " : ", ") + namespaces[i];
  }
  return sentence + " from " + Rfc3339(from) + " until " + Rfc3339(until) +
         ", says " + Printable(who, 100) + ": " + Printable(reason, 200);
}

std::vector<PolicyException> ReadBreakGlass(std::span<const PolicyFile> files,
                                            Diagnostics& diagnostics) {
  std::vector<PolicyException> exceptions;
  for (const PolicyFile& file : files) {
    for (PolicyException& one : ReadBreakGlassFile(file, diagnostics)) {
      exceptions.push_back(std::move(one));
    }
  }
  return exceptions;
}

}  // namespace assay
