#include "cli/node_commands.h"

#include <array>
#include <chrono>
#include <ostream>

#include "base/bytes.h"
#include "base/clock.h"
#include "cli/daemon_client.h"
#include "cli/daemon_commands.h"
#include "cli/doctor_command.h"
#include "cli/survey_commands.h"
#include "cli/table.h"

namespace assay {
namespace {

std::string When(std::int64_t seconds) {
  if (seconds <= 0) return "never";
  return Rfc3339(Time(std::chrono::seconds(seconds)));
}

std::int64_t Signed(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

template <typename Texts>
Json TextsAsJson(const Texts& texts) {
  Json::Array array;
  for (const auto& text : texts) array.emplace_back(text);
  return Json(std::move(array));
}

Ending EndingOf(const v1::Decision& decision) {
  if (decision.ending() == v1::ENDING_ACCEPTED) return Ending::kAccepted;
  if (decision.ending() == v1::ENDING_REJECTED) return Ending::kRejected;
  return Ending::kUndetermined;
}

Json TufAsJson(const v1::TufStatus& tuf) {
  return Json(Json::Object{
      {"mirror", Json(tuf.mirror())},
      {"used", Json(tuf.used())},
      {"root_version", Json(std::int64_t{tuf.root_version()})},
      {"timestamp_version", Json(std::int64_t{tuf.timestamp_version()})},
      {"targets_version", Json(std::int64_t{tuf.targets_version()})},
      {"expires", Json(When(tuf.expires()))},
      {"fresh_until", Json(When(tuf.fresh_until()))},
      {"refreshed_at", Json(When(tuf.refreshed_at()))},
      {"problem", Json(tuf.problem())},
      {"files", TextsAsJson(tuf.files())},
  });
}

Json ClusterAsJson(const v1::StatusReply& status) {
  Json::Array objects;
  for (const auto& object : status.cluster()) {
    objects.push_back(Json(Json::Object{
        {"object", Json(object.object())},
        {"version", Json(object.version())},
        {"confirmed_at", Json(When(object.confirmed_at()))},
        {"problem", Json(object.problem())},
        {"lacking", TextsAsJson(object.lacking())},
    }));
  }
  return Json(std::move(objects));
}

Json NriAsJson(const v1::NriStatus& nri) {
  return Json(Json::Object{
      {"connected", Json(nri.connected())},
      {"runtime", Json(nri.runtime())},
      {"validates", Json(nri.validates())},
      {"problem", Json(nri.problem())},
      {"running", Json(Signed(nri.running()))},
      {"unwanted", Json(Signed(nri.unwanted()))},
  });
}

Json StatusAsJson(const v1::StatusReply& status) {
  const v1::PolicyStatus& policy = status.policy();
  return Json(Json::Object{
      {"version", Json(status.version())},
      {"started_at", Json(When(status.started_at()))},
      {"policy", Json(Json::Object{
                     {"in_force", Json(policy.in_force())},
                     {"fingerprint", Json(policy.fingerprint())},
                     {"mode", Json(policy.mode())},
                     {"default", Json(policy.default_action())},
                     {"rules", Json(std::int64_t{policy.rules()})},
                     {"signers", Json(std::int64_t{policy.signers()})},
                     {"loaded_at", Json(When(policy.loaded_at()))},
                     {"warnings", TextsAsJson(policy.warnings())},
                     {"problems", TextsAsJson(policy.problems())},
                 })},
      {"decisions", Json(Signed(status.decisions()))},
      {"refusals", Json(Signed(status.refusals()))},
      {"cached_verdicts", Json(Signed(status.cached_verdicts()))},
      {"in_flight", Json(Signed(status.in_flight()))},
      {"troubles", TextsAsJson(status.troubles())},
      {"runtime_reachable", Json(status.runtime_reachable())},
      {"tuf", status.has_tuf() ? TufAsJson(status.tuf()) : Json()},
      {"cluster", ClusterAsJson(status)},
      {"nri", status.has_nri() ? NriAsJson(status.nri()) : Json()},
  });
}

void PrintTuf(const v1::TufStatus& tuf, Table& table) {
  std::string known = "root " + std::to_string(tuf.root_version());
  if (tuf.timestamp_version() > 0) {
    known += ", timestamp " + std::to_string(tuf.timestamp_version()) +
             ", targets " + std::to_string(tuf.targets_version());
  }
  table.Row({{"trust"}, {tuf.mirror() + (tuf.used() ? "" : ", not used")}});
  if (!tuf.used()) return;
  table.Row({{""}, {known + ", refreshed " + When(tuf.refreshed_at())}});
  table.Row({{""},
             {tuf.files().empty()
                  ? "nothing fetched yet"
                  : "expires " + When(tuf.expires()) + ", relied on until " +
                        When(tuf.fresh_until()),
              tuf.files().empty() ? Tone::kBad : Tone::kPlain}});
  if (!tuf.problem().empty()) {
    table.Row({{"trust problem", Tone::kUnsure}, {tuf.problem()}});
  }
}

void PrintCluster(const v1::ClusterObjectStatus& object, Table& table) {
  const bool known = object.confirmed_at() > 0;
  const std::string since = ", heard of " + When(object.confirmed_at());
  const std::string version =
      object.version().empty() ? "no such object" : object.version();
  table.Row({{"keys"},
             {object.object() + ": " + (known ? version + since : "unknown"),
              known ? Tone::kPlain : Tone::kBad}});
  for (const auto& text : object.lacking()) {
    table.Row({{"", Tone::kBad}, {"no key: " + text}});
  }
  if (!object.problem().empty()) {
    table.Row({{"keys problem", Tone::kUnsure}, {object.problem()}});
  }
}

void PrintNri(const v1::NriStatus& nri, Table& table) {
  if (!nri.connected()) {
    table.Row({{"nri", Tone::kBad}, {"not connected: " + nri.problem()}});
    return;
  }
  const std::string kind =
      nri.validates() ? ", asks to validate" : ", goes on without an answer";
  table.Row({{"nri"}, {"plugin of " + nri.runtime() + kind, Tone::kGood}});
  if (nri.unwanted() > 0) {
    table.Row({{"", Tone::kUnsure},
               {std::to_string(nri.unwanted()) + " of " +
                std::to_string(nri.running()) +
                " containers that ran already would be refused"}});
  }
}

void PrintStatus(Context& context, const v1::StatusReply& status) {
  const v1::PolicyStatus& policy = status.policy();
  const bool enforces = policy.in_force() && policy.mode() == "enforce";
  Table table;
  table.Row(
      {{"daemon"},
       {"assayd " + status.version() + " since " + When(status.started_at())}});
  table.Row({{"policy"},
             {policy.in_force() ? "in force since " + When(policy.loaded_at())
                                : "none in force: everything is refused",
              policy.in_force() ? Tone::kGood : Tone::kBad}});
  if (policy.in_force()) {
    table.Row(
        {{"mode"}, {policy.mode(), enforces ? Tone::kGood : Tone::kUnsure}});
    table.Row({{"default"}, {policy.default_action()}});
    table.Row({{"rules"},
               {std::to_string(policy.rules()) + ", signers " +
                std::to_string(policy.signers())}});
    table.Row({{"fingerprint"}, {policy.fingerprint()}});
  }
  table.Row({{"decisions"},
             {std::to_string(status.decisions()) + ", refused " +
              std::to_string(status.refusals()) + ", in flight " +
              std::to_string(status.in_flight()) + ", cached " +
              std::to_string(status.cached_verdicts())}});
  table.Row({{"runtime"},
             {status.runtime_reachable() ? "reachable" : "not reachable",
              status.runtime_reachable() ? Tone::kGood : Tone::kBad}});
  if (status.has_tuf()) PrintTuf(status.tuf(), table);
  for (const auto& object : status.cluster()) PrintCluster(object, table);
  if (status.has_nri()) PrintNri(status.nri(), table);
  for (const auto& problem : policy.problems()) {
    table.Row({{"problem", Tone::kBad}, {problem}});
  }
  for (const auto& warning : policy.warnings()) {
    table.Row({{"open door", Tone::kUnsure}, {warning}});
  }
  for (const auto& trouble : status.troubles()) {
    table.Row({{"trouble", Tone::kUnsure}, {trouble}});
  }
  table.Print(context.out, context.color);
}

ExitCode RunStatus(Context& context, const Arguments&) {
  const auto status = DaemonClient(context.paths).Status();
  if (!status) return PrintError(context, status.error());
  if (context.json) {
    PrintJson(context, *StatusAsJson(*status).AsObject());
  } else {
    PrintStatus(context, *status);
  }
  return status->policy().in_force() ? ExitCode::kAccepted
                                     : ExitCode::kRejected;
}

Json ContainerAsJson(const v1::RunningContainer& container) {
  const auto decision = Json::Parse(container.decision().json());
  return Json(Json::Object{
      {"runtime_namespace", Json(container.runtime_namespace())},
      {"id", Json(container.id())},
      {"image", Json(container.image())},
      {"pod_namespace", Json(container.pod_namespace())},
      {"pod", Json(container.pod())},
      {"running", Json(container.running())},
      {"ending", Json(std::string(EndingName(EndingOf(container.decision()))))},
      {"reason", Json(container.decision().reason())},
      {"decision", decision ? *decision : Json()},
  });
}

// The worst ending of all containers: one that would not start today counts.
ExitCode WorstOf(const v1::RunningReply& reply) {
  ExitCode worst = ExitCode::kAccepted;
  for (const auto& container : reply.containers()) {
    const Ending ending = EndingOf(container.decision());
    if (ending == Ending::kRejected) return ExitCode::kRejected;
    if (ending == Ending::kUndetermined) worst = ExitCode::kUndetermined;
  }
  return worst;
}

ExitCode RunRunning(Context& context, const Arguments&) {
  const auto reply = DaemonClient(context.paths).Running();
  if (!reply) return PrintError(context, reply.error());
  if (context.json) {
    Json::Array rows;
    for (const auto& container : reply->containers()) {
      rows.push_back(ContainerAsJson(container));
    }
    PrintJson(context, {{"containers", Json(std::move(rows))}});
    return WorstOf(*reply);
  }
  Table table({"VERDICT", "REASON", "NAMESPACE", "CONTAINER", "POD", "IMAGE"});
  for (const auto& container : reply->containers()) {
    const Ending ending = EndingOf(container.decision());
    const std::string pod =
        container.pod().empty()
            ? "-"
            : container.pod_namespace() + "/" + container.pod();
    table.Row({{std::string(EndingName(ending)), ToneOf(ending)},
               {container.decision().reason()},
               {container.runtime_namespace()},
               {container.id().substr(0, 24)},
               {pod},
               {container.image()}});
  }
  if (table.empty()) {
    context.out << "The runtime holds no container.\n";
  } else {
    table.Print(context.out, context.color);
  }
  return WorstOf(*reply);
}

ExitCode RunReload(Context& context, const Arguments&) {
  const auto reply = DaemonClient(context.paths).Reload();
  if (!reply) return PrintError(context, reply.error());
  if (context.json) {
    PrintJson(context, {{"accepted", Json(reply->accepted())},
                        {"fingerprint", Json(reply->fingerprint())},
                        {"problems", TextsAsJson(reply->problems())}});
  } else if (reply->accepted()) {
    context.out << "The policy " << Printable(reply->fingerprint())
                << " is in force.\n";
  } else {
    for (const auto& problem : reply->problems()) {
      context.err << Printable(problem, 1000) << "\n";
    }
    context.err << "The new policy is refused; the one in force stays.\n";
  }
  return reply->accepted() ? ExitCode::kAccepted : ExitCode::kUsage;
}

Command With(Command row, ExitCode (*run)(Context&, const Arguments&)) {
  row.run = run;
  return row;
}

}  // namespace

std::span<const Command* const> NodeCommands() {
  static const Command status = With(kStatusCommand, &RunStatus);
  static const Command running = With(kRunningCommand, &RunRunning);
  static const Command reload = With(kReloadCommand, &RunReload);
  static const Command doctor = With(kDoctorCommand, &RunDoctor);
  static const Command learn = With(kPolicyLearnCommand, &RunPolicyLearn);
  static const Command rotate = With(kRotatePlanCommand, &RunRotatePlan);
  static const auto commands = std::to_array<const Command*>(
      {&status, &running, &reload, &doctor, &learn, &rotate});
  return commands;
}

}  // namespace assay
