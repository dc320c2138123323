// `assay policy test`: which rule an image selects, held against a file of
// expectations.
#include <optional>
#include <ostream>
#include <set>

#include "base/bytes.h"
#include "base/limits.h"
#include "cli/policy_commands.h"
#include "cli/policy_exceptions.h"
#include "cli/policy_report.h"
#include "cli/table.h"
#include "io/files/files.h"
#include "io/policy/break_glass_loader.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr Option kOptions[] = {
    {"policy", "PATH", "a policy file or folder instead of policy.d"},
    {"image", "REF", "show the rule of this one image instead"},
    {"namespace", "NS", "as if for a pod of this Kubernetes namespace"},
};

// One [[case]]: an image and what is expected of it.
struct Case {
  Reference image;
  std::string pod_namespace;
  std::optional<std::string> rule;  // a normalised scope, or "default"
  std::optional<std::string> action;
  std::optional<std::set<std::string>> requires_signers;
  std::optional<std::set<std::string>> base_signers;
  std::optional<std::set<std::string>> attestations;
};

std::optional<std::string> ReadExpectedRule(TomlReader& reader) {
  const auto text = reader.String("rule");
  if (!text || *text == "default") return text;
  const auto scope = Scope::Parse(*text);
  if (scope) return scope->Normalized();
  reader.Complain("rule", scope.error().detail);
  return std::nullopt;
}

std::optional<std::set<std::string>> ReadSigners(TomlReader& reader,
                                                 std::string_view key) {
  const auto names = reader.Strings(key);
  if (!names) return std::nullopt;
  return std::set<std::string>(names->begin(), names->end());
}

std::optional<Case> ReadCase(const Toml& table, Diagnostics& problems) {
  const std::size_t before = problems.size();
  TomlReader reader(table, problems);
  std::optional<Reference> image;
  if (reader.Value("image") == nullptr) reader.Missing("image");
  if (const auto text = reader.String("image")) {
    auto parsed = Reference::Parse(*text);
    if (parsed) {
      image = *std::move(parsed);
    } else {
      reader.Complain("image", "no image reference: " + parsed.error().detail);
    }
  }
  const std::string pod_namespace = reader.String("namespace").value_or("");
  auto rule = ReadExpectedRule(reader);
  auto action = reader.String("action");
  if (action && *action != "allow" && *action != "reject" &&
      *action != "require") {
    reader.Complain("action", "must be allow, reject or require");
  }
  auto signers = ReadSigners(reader, "requires");
  auto base = ReadSigners(reader, "base");
  auto attestations = ReadSigners(reader, "attestations");
  reader.Finish();
  if (problems.size() == before && !rule && !action && !signers && !base &&
      !attestations) {
    reader.Complain({},
                    "expects nothing: give rule, action, requires, base or "
                    "attestations");
  }
  if (problems.size() != before || !image) return std::nullopt;
  return Case{*image,
              pod_namespace,
              std::move(rule),
              std::move(action),
              std::move(signers),
              std::move(base),
              std::move(attestations)};
}

std::vector<Case> ReadCases(const std::string& path, Diagnostics& problems) {
  std::vector<Case> cases;
  const auto text = ReadFile(path, limits::kPolicyFileBytes);
  if (!text) {
    problems.push_back(
        {text.error().reason, {path, 0, 0}, text.error().detail, ""});
    return cases;
  }
  const auto document = Toml::Parse(*text, path, problems);
  if (!document) return cases;
  TomlReader reader(*document, problems);
  for (const Toml* table : reader.Tables("case")) {
    if (auto one = ReadCase(*table, problems)) cases.push_back(*std::move(one));
  }
  reader.Finish();
  if (cases.empty() && problems.empty()) {
    reader.Complain({}, "holds no [[case]]");
  }
  return cases;
}

using Part = std::optional<Requirement> Rule::*;  // require or base

std::set<std::string> SignersOf(const Selection& selection, Part part) {
  std::set<std::string> names;
  if (selection.rule == nullptr || !(selection.rule->*part)) return names;
  for (const auto& signer : (selection.rule->*part)->Signers()) {
    names.insert(signer->name());
  }
  return names;
}

// Of require and of base.
std::set<std::string> AttestationsOf(const Selection& selection) {
  std::set<std::string> names;
  if (selection.rule == nullptr) return names;
  for (const Part part : {&Rule::require, &Rule::base}) {
    if (!(selection.rule->*part)) continue;
    for (const auto& one : (selection.rule->*part)->Attestations()) {
      names.insert(one->name());
    }
  }
  return names;
}

std::string Join(const std::set<std::string>& names,
                 std::string_view none = "nobody") {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text.empty() ? std::string(none) : text;
}

// "" when all is as expected.
std::string Mismatch(const Case& one, const Result<Selection>& selected) {
  if (!selected) return selected.error().detail;
  const Selection& selection = *selected;
  const std::string rule = selection.rule == nullptr
                               ? "default"
                               : selection.rule->scope.Normalized();
  if (one.rule && *one.rule != rule) return "expected rule " + *one.rule;
  const std::string_view action = ActionName(selection.action);
  if (one.action && *one.action != action) return "expected " + *one.action;
  if (one.requires_signers &&
      *one.requires_signers != SignersOf(selection, &Rule::require)) {
    return "expected signers " + Join(*one.requires_signers);
  }
  if (one.base_signers &&
      *one.base_signers != SignersOf(selection, &Rule::base)) {
    return "expected signers of the base " + Join(*one.base_signers);
  }
  if (one.attestations && *one.attestations != AttestationsOf(selection)) {
    return "expected attestations " + Join(*one.attestations, "none");
  }
  return "";
}

std::string Decision(const Selection& selection) {
  return selection.rule == nullptr ? std::string(ActionName(selection.action))
                                   : DecisionOf(*selection.rule);
}

Json::Object Row(const Reference& image, const std::string& pod_namespace,
                 const Result<Selection>& selected) {
  Json::Object row = {{"image", Json(image.str())},
                      {"namespace", Json(pod_namespace)}};
  if (!selected) {
    row.emplace("reason",
                Json(std::string(Describe(selected.error().reason).id)));
    return row;
  }
  row.emplace("rule", Json(NameOf(*selected)));
  row.emplace("action", Json(std::string(ActionName(selected->action))));
  row.emplace("mode", Json(std::string(ModeName(selected->mode))));
  if (selected->rule != nullptr) {
    row.emplace("at", Json(selected->rule->position.str()));
    row.emplace("decision", Json(Decision(*selected)));
  }
  return row;
}

ExitCode TestOne(Context& context, const Policy& policy,
                 const Arguments& arguments) {
  const auto image = Reference::Parse(arguments.Value("image"));
  if (!image) return PrintError(context, image.error());
  const std::string pod_namespace = arguments.Value("namespace");
  const auto selected = policy.Select(*image, pod_namespace);
  if (!selected) return PrintError(context, selected.error());
  // Exceptions are the node's, as its policy is.
  Diagnostics problems;
  std::vector<PolicyException> exceptions;
  if (!arguments.Has("policy")) {
    exceptions = LoadBreakGlass(context.paths, problems);
  }
  const std::vector<ExceptionFor> for_image =
      ExceptionsFor(exceptions, *image, pod_namespace, *selected, WallClock());
  if (context.json) {
    Json::Object row = Row(*image, pod_namespace, selected);
    row.emplace("exceptions", AsJson(for_image));
    PrintJson(context, std::move(row));
    return ExitCode::kAccepted;
  }
  Table table;
  table.Row({{"image"}, {image->str(), Tone::kStrong}});
  table.Row({{"rule"}, {NameOf(*selected)}});
  if (selected->rule != nullptr) {
    table.Row({{"at"}, {selected->rule->position.str()}});
  }
  table.Row({{"decision"}, {Decision(*selected)}});
  table.Row({{"mode"}, {std::string(ModeName(selected->mode))}});
  AddExceptionRows(for_image, table);
  table.Print(context.out, context.color);
  PrintExceptionProblems(context, problems);
  return ExitCode::kAccepted;
}

ExitCode TestFile(Context& context, const Policy& policy,
                  const std::string& path) {
  Diagnostics problems;
  const std::vector<Case> cases = ReadCases(path, problems);
  if (!problems.empty()) return PrintProblems(context, problems);
  Table table({"", "IMAGE", "NAMESPACE", "RULE", "DECISION", "BUT"});
  Json::Array rows;
  std::int64_t wrong = 0;
  for (const Case& one : cases) {
    const auto selected = policy.Select(one.image, one.pod_namespace);
    const std::string but = Mismatch(one, selected);
    const bool good = but.empty();
    if (!good) ++wrong;
    Json::Object row = Row(one.image, one.pod_namespace, selected);
    row.emplace("passed", Json(good));
    row.emplace("but", Json(but));
    rows.emplace_back(std::move(row));
    table.Row({{good ? "ok" : "WRONG", good ? Tone::kGood : Tone::kBad},
               {one.image.str()},
               {one.pod_namespace.empty() ? "-" : one.pod_namespace},
               {selected ? NameOf(*selected) : "-"},
               {selected ? Decision(*selected) : "-"},
               {but}});
  }
  if (context.json) {
    PrintJson(context, {{"passed", Json(wrong == 0)},
                        {"wrong", Json(wrong)},
                        {"cases", Json(std::move(rows))}});
  } else {
    table.Print(context.out, context.color);
    context.out << cases.size() << " cases, " << wrong << " wrong\n";
  }
  return wrong == 0 ? ExitCode::kAccepted : ExitCode::kRejected;
}

ExitCode Run(Context& context, const Arguments& arguments) {
  const bool file = !arguments.operands().empty();
  if (file == arguments.Has("image")) {
    return PrintError(context,
                      Fail(Reason::kUsage, "give either FILE or --image REF"));
  }
  if (file && arguments.Has("namespace")) {
    return PrintError(context,
                      Fail(Reason::kUsage, "--namespace goes with --image"));
  }
  const auto policy = LoadPolicy(context, arguments.Value("policy"));
  if (policy == nullptr) return ExitCode::kUsage;
  return file ? TestFile(context, *policy, arguments.operands().front())
              : TestOne(context, *policy, arguments);
}

}  // namespace

const Command kPolicyTestCommand = {
    .name = "policy test",
    .operands = "[FILE]",
    .operands_most = 1,
    .help = "Tell which rule images select, and whether it is the expected one",
    .details =
        "FILE is TOML, one table an expectation:\n"
        "\n"
        "  [[case]]\n"
        "  image     = \"registry.example.com/payments/api:1\"\n"
        "  namespace = \"payments\"                  # optional\n"
        "  rule      = \"registry.example.com/**\"   # a scope, or "
        "\"default\"\n"
        "  action    = \"require\"                   # require, allow, reject\n"
        "  requires  = [\"release-2026\"]            # all signers it names\n"
        "  base      = [\"base-team\"]               # all it names for a "
        "base\n"
        "  attestations = [\"built-by-us\"]          # all that it asks for\n"
        "\n"
        "No signature is verified; see assay verify for that. Exit code 1\n"
        "when an expectation is not met.\n"
        "\n"
        "With --image the exceptions of break-glass for that image are told,\n"
        "with why one of them is not heeded. Expectations are about rules\n"
        "alone.\n",
    .options = kOptions,
    .run = &Run,
};

}  // namespace assay
