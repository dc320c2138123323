#include "cli/doctor_command.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <ostream>
#include <set>

#include "cli/daemon_client.h"
#include "cli/table.h"
#include "cli/trust_check.h"
#include "io/canary/canary.h"
#include "io/config/node_config.h"
#include "io/policy/break_glass_loader.h"
#include "io/policy/policy_loader.h"
#include "io/report/request.h"
#include "io/wire/containerd_config.h"
#include "io/wire/peer.h"

namespace assay {
namespace {

constexpr std::string_view kPolicyCheck = "sudo assay policy check";

std::string_view HealthName(Health health) {
  switch (health) {
    case Health::kUnknown:
      return "unknown";
    case Health::kOk:
      return "ok";
    case Health::kWarning:
      return "warn";
    case Health::kFailure:
      return "fail";
  }
  return "unknown";
}

Tone ToneOf(Health health) {
  switch (health) {
    case Health::kUnknown:
    case Health::kWarning:
      return Tone::kUnsure;
    case Health::kOk:
      return Tone::kGood;
    case Health::kFailure:
      return Tone::kBad;
  }
  return Tone::kUnsure;
}

// What the daemon says about the policy in force.
void CheckPolicy(const v1::PolicyStatus& policy, Checks& checks) {
  for (const std::string& problem : policy.problems()) {
    checks.push_back({"policy-problem", Health::kFailure, problem,
                      std::string(kPolicyCheck)});
  }
  if (!policy.in_force()) {
    checks.push_back({"policy", Health::kFailure,
                      "no policy is in force, so every container is refused",
                      std::string(kPolicyCheck)});
    return;
  }
  checks.push_back({"policy", Health::kOk,
                    std::to_string(policy.rules()) + " rules, " +
                        std::to_string(policy.signers()) + " signers, mode " +
                        policy.mode() + ", " + policy.fingerprint(),
                    ""});
  const bool audits = policy.mode() != "enforce";
  if (audits) {
    checks.push_back({"policy-mode", Health::kFailure,
                      "mode is " + policy.mode() + ": nothing is refused",
                      "set mode = \"enforce\" when the audit log is clean"});
  }
  for (const std::string& warning : policy.warnings()) {
    checks.push_back({"policy-door", Health::kWarning, warning,
                      "close this door when you can"});
  }
}

// Without a daemon: what the decider would read.
void CheckPolicyFiles(const Paths& paths, Checks& checks) {
  Diagnostics diagnostics;
  const auto policy =
      WithBreakGlass(PolicyLoader(paths).Load(diagnostics), paths, diagnostics);
  if (policy) {
    v1::PolicyStatus status;
    status.set_in_force(true);
    status.set_fingerprint(policy->fingerprint().str());
    status.set_mode(std::string(ModeName(policy->mode())));
    status.set_rules(static_cast<std::uint32_t>(policy->rules().size()));
    status.set_signers(static_cast<std::uint32_t>(policy->signers().size()));
    const auto config = NodeConfig::Load(paths, diagnostics);
    for (const auto& door : config.value_or(NodeConfig{}).Doors()) {
      status.add_warnings(door);
    }
    for (const Diagnostic& problem : diagnostics) {
      status.add_problems(problem.str());
    }
    for (const auto& warning : policy->warnings()) {
      status.add_warnings(warning);
    }
    for (const auto& open : policy->ActiveExceptions(WallClock())) {
      status.add_warnings(open);
    }
    CheckPolicy(status, checks);
    return;
  }
  for (const Diagnostic& problem : diagnostics) {
    const bool missing = problem.reason == Reason::kPolicyMissing ||
                         problem.reason == Reason::kNotFound;
    checks.push_back(
        {"policy", Health::kFailure,
         (missing ? paths.PolicyDir() + " holds no policy" : problem.str()) +
             ", so every container is refused",
         missing ? "write a policy: assay-policy(5)"
                 : std::string(kPolicyCheck)});
  }
}

void CheckDaemon(const Paths& paths, Checks& checks) {
  const auto ask = FindPeer(paths.AskSocket(), true);
  checks.push_back(
      ask ? Check{"ask-socket", Health::kOk, paths.AskSocket(), ""}
          : Check{"ask-socket", Health::kWarning,
                  ask.error().detail +
                      "; each container asks the one-shot decider",
                  "sudo systemctl start assayd.socket assayd.service"});
  DaemonClient client(paths);
  const auto status = client.Status();
  if (!status) {
    checks.push_back({"daemon", Health::kWarning, status.error().detail,
                      "sudo systemctl start assayd"});
    CheckPolicyFiles(paths, checks);
    return;
  }
  checks.push_back({"daemon", Health::kOk,
                    "assayd " + status->version() + ", " +
                        std::to_string(status->decisions()) + " decisions",
                    ""});
  for (const std::string& trouble : status->troubles()) {
    checks.push_back(
        {"daemon-trouble", Health::kWarning, trouble, "journalctl -u assayd"});
  }
  CheckPolicy(status->policy(), checks);
}

// [nri] of this node, and what the daemon says of it.
std::optional<NriExpectation> ExpectedNri(const Paths& paths,
                                          const Result<NodeConfig>& config) {
  if (!config || !config->nri) return std::nullopt;
  NriExpectation nri;
  nri.socket = config->nri->socket;
  DaemonClient client(paths);
  const auto status = client.Status();
  if (!status) return nri;
  nri.connected = status->nri().connected();
  nri.runtime = status->nri().runtime();
  nri.validates = status->nri().validates();
  nri.problem = status->nri().problem();
  return nri;
}

const Check* FirstOf(const Checks& checks, Health health) {
  for (const Check& check : checks) {
    if (check.health == health) return &check;
  }
  return nullptr;
}

Json AsJson(const Checks& checks) {
  Json::Array rows;
  for (const Check& check : checks) {
    rows.emplace_back(
        Json::Object{{"id", Json(check.id)},
                     {"health", Json(std::string(HealthName(check.health)))},
                     {"found", Json(check.found)},
                     {"next", Json(check.remedy)}});
  }
  return Json(std::move(rows));
}

bool IsWell(const Checks& checks, std::string_view id) {
  return std::any_of(checks.begin(), checks.end(), [&](const Check& check) {
    return check.id == id && check.health == Health::kOk;
  });
}

// Those that were looked at and found well.
std::string WiredNames(const Checks& checks) {
  std::string names;
  for (const WiredRuntime runtime : kWiredRuntimes) {
    if (!IsWell(checks, RuntimeName(runtime))) continue;
    names += (names.empty() ? "" : ", ") + std::string(RuntimeName(runtime));
  }
  return names;
}

// A node of CRI-O's or podman's need not have containerd; one on which nothing
// is wired is judged as one of containerd's.
bool ConcernsContainerd(const WireOptions& options, const Checks& others) {
  return IsContainerdHere(options) || WiredNames(others).empty();
}

void PrintSummary(Context& context, const Checks& checks) {
  const Check* failure = FirstOf(checks, Health::kFailure);
  const Check* unknown = FirstOf(checks, Health::kUnknown);
  if (failure != nullptr) {
    context.out << Paint("Not enforcing yet", Tone::kBad, context.color)
                << ", because " << failure->found
                << "\n  next: " << failure->remedy << "\n";
  } else if (unknown != nullptr) {
    context.out << Paint("Could not tell", Tone::kUnsure, context.color)
                << " whether this node enforces: " << unknown->found
                << "\n  next: " << unknown->remedy << "\n";
  } else {
    context.out << Paint("Enforcing", Tone::kGood, context.color)
                << ": every container of " << WiredNames(checks)
                << " asks Assay first.\n";
  }
}

// Each handler whose containers a program like runc makes; others have no
// shim, and what is before them is not to be had by asking.
void AskByCanary(const WireOptions& options, Time now, Checks& checks) {
  const auto config = ContainerdConfig::Read(options.config);
  if (!config || config->CriDisabled()) {
    checks.push_back({"canary", Health::kUnknown,
                      config ? "containerd's CRI plugin is disabled, and the "
                               "canary asks as a kubelet does"
                             : config.error().detail,
                      "sudo assay doctor"});
    return;
  }
  std::set<std::string> names;
  for (const RuntimeHandler& handler : config->Handlers()) {
    if (handler.IsRuncType()) names.insert(handler.name);
  }
  CheckByCanary({.paths = options.paths,
                 .socket = config->Address(),
                 .handlers = {names.begin(), names.end()},
                 .now = now},
                checks);
}

}  // namespace

ExitCode ExitForChecks(const Checks& checks) {
  if (FirstOf(checks, Health::kFailure) != nullptr) return ExitCode::kRejected;
  if (checks.empty() || FirstOf(checks, Health::kUnknown) != nullptr) {
    return ExitCode::kUndetermined;
  }
  return ExitCode::kAccepted;
}

ExitCode PrintChecks(Context& context, const Checks& checks) {
  const ExitCode code = ExitForChecks(checks);
  if (context.json) {
    PrintJson(context, {{"enforcing", Json(code == ExitCode::kAccepted)},
                        {"checks", AsJson(checks)}});
    return code;
  }
  Table table;
  for (const Check& check : checks) {
    table.Row({{std::string(HealthName(check.health)), ToneOf(check.health)},
               {check.id},
               {check.found}});
    if (!check.remedy.empty()) {
      table.Row({{""}, {""}, {"next: " + check.remedy, Tone::kFaint}});
    }
  }
  table.Print(context.out, context.color);
  context.out << "\n";
  PrintSummary(context, checks);
  return code;
}

ExitCode RunDoctor(Context& context, const Arguments& arguments) {
  WireOptions options = WireOptions::For(context.paths);
  if (arguments.Has("config")) {
    options.config = std::filesystem::absolute(arguments.Value("config"))
                         .lexically_normal()
                         .string();
  }
  Checks checks;
  CheckInstallation(context.paths, checks);
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(
      std::chrono::system_clock::now());
  CheckState(context.paths, now, checks);
  CheckPublishedTrust(context.paths, now, checks);
  CheckClusterKeys(context.paths, now, checks);
  CheckDaemon(context.paths, checks);
  Checks others;
  CheckDropIns(options.paths, options.search_path, others);
  const bool containerd =
      arguments.Has("config") || ConcernsContainerd(options, others);
  if (containerd) {
    CheckWiring(options, checks);
    CheckPulls(options, checks);
  }
  const auto config = NodeConfig::Read(context.paths);
  CheckImageProxy(context.paths, config && config->image_proxy, checks);
  CheckNri(options, ExpectedNri(context.paths, config), checks);
  checks.insert(checks.end(), others.begin(), others.end());
  if (containerd) CheckContainerd(options, checks);
  CheckOtherRuntimes(options, checks);
  if (arguments.Has("canary")) {
    AskByCanary(options, now, checks);
  } else {
    CheckLastProof(context.paths, now, checks);
  }
  return PrintChecks(context, checks);
}

}  // namespace assay
