#include "cli/policy_commands.h"

#include <ostream>

#include "cli/policy_exceptions.h"
#include "cli/policy_report.h"
#include "cli/table.h"
#include "io/policy/break_glass_loader.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr Option kShowOptions[] = {
    {"policy", "PATH", "a policy file or folder instead of policy.d"},
};

ExitCode Check(Context& context, const Arguments& arguments) {
  const std::string path =
      arguments.operands().empty() ? "" : arguments.operands().front();
  const auto policy = LoadPolicy(context, path);
  if (policy == nullptr) return ExitCode::kUsage;
  // A wrong exception is none; the policy is in force all the same.
  Diagnostics problems;
  if (path.empty()) static_cast<void>(LoadBreakGlass(context.paths, problems));
  const ExitCode code =
      problems.empty() ? ExitCode::kAccepted : ExitCode::kUsage;
  if (context.json) {
    PrintJson(
        context,
        {{"valid", Json(true)},
         {"break_glass_problems", ExceptionProblemsAsJson(problems)},
         {"fingerprint", Json(policy->fingerprint().str())},
         {"rules", Json(static_cast<std::int64_t>(policy->rules().size()))},
         {"signers", Json(static_cast<std::int64_t>(policy->signers().size()))},
         {"warnings", WarningsAsJson(*policy)}});
    return code;
  }
  context.out << Paint("valid", Tone::kGood, context.color) << ": "
              << policy->rules().size() << " rules, "
              << policy->signers().size() << " signers, default "
              << ActionName(policy->default_action()) << ", mode "
              << ModeName(policy->mode()) << "\n"
              << policy->fingerprint().str() << "\n";
  PrintWarnings(context, *policy);
  PrintExceptionProblems(context, problems);
  return code;
}

std::string Join(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) {
    joined += (joined.empty() ? "" : ", ") + text;
  }
  return joined.empty() ? "-" : joined;
}

Tone ToneOfAction(Action action) {
  return action == Action::kAllow ? Tone::kUnsure : Tone::kPlain;
}

void ShowTables(Context& context, const Policy& policy) {
  Table rules({"SCOPE", "NAMESPACES", "DECISION", "INTEGRITY", "MODE", "AT"});
  for (const Rule& rule : policy.rules()) {
    rules.Row({{rule.scope.str()},
               {Join(rule.namespaces)},
               {DecisionOf(rule), ToneOfAction(rule.action)},
               {std::string(IntegrityName(rule.integrity))},
               {std::string(ModeName(rule.mode))},
               {rule.position.file + ":" + std::to_string(rule.position.line),
                Tone::kFaint}});
  }
  rules.Row({{"default"},
             {"-"},
             {std::string(ActionName(policy.default_action())),
              ToneOfAction(policy.default_action())},
             {"-"},
             {std::string(ModeName(policy.mode()))},
             {"-"}});
  rules.Print(context.out, context.color);
  if (!policy.signers().empty()) {
    context.out << "\n";
    Table signers({"SIGNER", "TYPE", "TRUSTS"});
    for (const auto& [name, signer] : policy.signers()) {
      signers.Row({{name}, {signer->scheme()}, {signer->Summary()}});
    }
    signers.Print(context.out, context.color);
  }
  if (!policy.attestations().empty()) {
    context.out << "\n";
    Table attestations({"ATTESTATION", "ASKS FOR"});
    for (const auto& [name, attestation] : policy.attestations()) {
      attestations.Row({{name}, {attestation->Summary()}});
    }
    attestations.Print(context.out, context.color);
  }
  context.out << "\npolicy " << policy.fingerprint().str() << "\ntrust  "
              << policy.trust_fingerprint().str() << "\n";
  PrintWarnings(context, policy);
}

ExitCode Show(Context& context, const Arguments& arguments) {
  const auto policy = LoadPolicy(context, arguments.Value("policy"));
  if (policy == nullptr) return ExitCode::kUsage;
  Diagnostics problems;
  std::vector<PolicyException> exceptions;
  if (!arguments.Has("policy")) {
    exceptions = LoadBreakGlass(context.paths, problems);
  }
  if (!context.json) {
    ShowTables(context, *policy);
    PrintExceptions(context, exceptions, WallClock());
    PrintExceptionProblems(context, problems);
    return ExitCode::kAccepted;
  }
  Json::Array rules;
  for (const Rule& rule : policy->rules()) rules.push_back(AsJson(rule));
  Json::Object signers;
  for (const auto& [name, signer] : policy->signers()) {
    signers.emplace(name,
                    Json(Json::Object{{"type", Json(signer->scheme())},
                                      {"trusts", Json(signer->Summary())}}));
  }
  Json::Object attestations;
  for (const auto& [name, attestation] : policy->attestations()) {
    attestations.emplace(name, Json(attestation->Summary()));
  }
  PrintJson(
      context,
      {{"fingerprint", Json(policy->fingerprint().str())},
       {"trust_fingerprint", Json(policy->trust_fingerprint().str())},
       {"mode", Json(std::string(ModeName(policy->mode())))},
       {"default", Json(std::string(ActionName(policy->default_action())))},
       {"rules", Json(std::move(rules))},
       {"signers", Json(std::move(signers))},
       {"attestations", Json(std::move(attestations))},
       {"exceptions", ExceptionsAsJson(exceptions, WallClock())},
       {"warnings", WarningsAsJson(*policy)}});
  return ExitCode::kAccepted;
}

}  // namespace

const Command kPolicyCheckCommand = {
    .name = "policy check",
    .operands = "[PATH]",
    .operands_most = 1,
    .help = "Hold the policy files against the grammar",
    .details =
        "Reads a policy file, or every *.toml of a folder, and the keys they\n"
        "name. Every problem is told with its place. Without PATH, the\n"
        "policy of this node is read, and its exceptions of break-glass.\n"
        "Exit code 0 or 2.\n",
    .options = {},
    .run = &Check,
};

const Command kPolicyShowCommand = {
    .name = "policy show",
    .operands = "",
    .help = "Show rules in the order they are matched, and signers",
    .details =
        "The rule that stands first of those that match decides. Signers are\n"
        "shown with the fingerprints of their keys. Exceptions of break-glass\n"
        "are the node's, and not shown with --policy.\n",
    .options = kShowOptions,
    .run = &Show,
};

}  // namespace assay
