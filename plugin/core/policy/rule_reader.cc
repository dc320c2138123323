#include "core/policy/rule_reader.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "core/policy/requirement_reader.h"

namespace assay {
namespace {

// A Kubernetes namespace, or a glob over them (RFC 1123 label: lower case).
bool IsNamespaceGlob(std::string_view text) {
  return !text.empty() && text.size() <= 63 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-*") ==
             std::string_view::npos;
}

Integrity ReadIntegrity(TomlReader& reader) {
  return ReadWord<Integrity>(reader, "integrity",
                             {{"layers", Integrity::kLayers},
                              {"manifest", Integrity::kManifest},
                              {"rootfs", Integrity::kRootfs}})
      .value_or(Integrity::kLayers);
}

// Sets the action and, where it is kRequire, the requirement.
void ReadAction(TomlReader& reader, RequirementReader requirements,
                Rule& rule) {
  const Toml* require = reader.Value("require");
  const bool has_action = reader.Value("action") != nullptr;
  if (has_action && require != nullptr) {
    reader.Complain("action", "'action' and 'require' exclude each other");
    return;
  }
  if (require != nullptr) {
    rule.action = Action::kRequire;
    rule.require = requirements.Read(*require);
  } else if (has_action) {
    rule.action = ReadWord<Action>(
                      reader, "action",
                      {{"reject", Action::kReject}, {"allow", Action::kAllow}})
                      .value_or(Action::kReject);
  } else {
    reader.Complain({}, "a rule needs 'require' or 'action' (reject or allow)");
  }
}

// Whether the rule asks for a base; then rule.base is set or could not be read.
bool ReadBase(TomlReader& reader, RequirementReader requirements, Rule& rule) {
  const Toml* base = reader.Value("base");
  if (base == nullptr) return false;
  if (reader.Value("require") == nullptr) {
    reader.Complain("base",
                    "'base' goes with 'require': a rule that allows or rejects "
                    "looks at no signature");
  }
  rule.base = requirements.Read(*base);
  return true;
}

}  // namespace

std::vector<std::string> ReadNamespaces(TomlReader& reader) {
  const auto names = reader.Strings("namespaces");
  if (!names) return {};
  if (names->empty()) {
    reader.Complain("namespaces",
                    "names no namespace; leave it out to mean any workload");
  }
  for (const std::string& name : *names) {
    if (!IsNamespaceGlob(name)) {
      reader.Complain("namespaces", "'" + Printable(name, 80) +
                                        "' is no namespace, nor a glob of one");
    }
  }
  return *names;
}

std::optional<Mode> ReadMode(TomlReader& reader) {
  return ReadWord<Mode>(reader, "mode",
                        {{"enforce", Mode::kEnforce}, {"audit", Mode::kAudit}});
}

std::optional<Rule> ReadRule(const Toml& table, const SignerMap& signers,
                             const AttestationMap& attestations, Mode mode,
                             Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  TomlReader reader(table, diagnostics, Reason::kPolicyMalformed);
  // Stands in where the rule's own cannot be read; then no rule comes out.
  std::optional<Scope> scope;
  if (const auto text = reader.String("scope")) {
    auto parsed = Scope::Parse(*text);
    if (parsed) {
      scope = *std::move(parsed);
    } else {
      reader.Complain("scope", parsed.error().detail);
    }
  } else if (reader.Value("scope") == nullptr) {
    reader.Missing("scope");
  }
  Rule rule{scope ? *scope : Scope::Parse("**").value(),
            ReadNamespaces(reader),
            Action::kReject,
            std::nullopt,
            std::nullopt,
            ReadIntegrity(reader),
            mode,
            table.position()};
  const RequirementReader requirements(signers, attestations, diagnostics);
  ReadAction(reader, requirements, rule);
  rule.mode = ReadMode(reader).value_or(mode);
  const bool has_base = ReadBase(reader, requirements, rule);
  reader.Finish();
  const bool whole =
      rule.require.has_value() == (rule.action == Action::kRequire) &&
      rule.base.has_value() == has_base;
  if (diagnostics.size() != before || !scope || !whole) return std::nullopt;
  return rule;
}

}  // namespace assay
