#include "cli/retire_command.h"

#include <array>
#include <ostream>

#include "io/wire/retire.h"

namespace assay {
namespace {

constexpr auto kRetireOptions = std::to_array<Option>({
    {"dry-run", "", "show what would change and touch nothing"},
});

void PrintReport(Context& context, const RetireReport& report, bool dry_run) {
  const std::string_view would = dry_run ? "would be " : "";
  for (const auto& link : report.handed_over) {
    context.out << link.path << ": " << would << "led to " << link.target
                << "\n";
  }
  for (const auto& path : report.restored) {
    context.out << path << ": " << would << "restored\n";
  }
  for (const auto& path : report.removed) {
    context.out << path << ": " << would << "removed\n";
  }
  if (!dry_run) context.out << "No runtime asks Assay any more.\n";
}

ExitCode RunRetire(Context& context, const Arguments& arguments) {
  const bool dry_run = arguments.Has("dry-run");
  const auto report = RetireWiring(context.paths, dry_run);
  if (!report) return PrintError(context, report.error());
  if (!context.json) {
    PrintReport(context, *report, dry_run);
    return ExitCode::kAccepted;
  }
  Json::Array handed_over;
  for (const auto& link : report->handed_over) {
    handed_over.emplace_back(
        Json::Object{{"path", Json(link.path)}, {"target", Json(link.target)}});
  }
  PrintJson(context, {{"dry_run", Json(dry_run)},
                      {"handed_over", Json(std::move(handed_over))},
                      {"restored", Json(JsonStrings(report->restored))},
                      {"removed", Json(JsonStrings(report->removed))}});
  return ExitCode::kAccepted;
}

}  // namespace

const Command kWireRetireCommand = {
    .name = "wire retire",
    .operands = "",
    .help = "Let every runtime go on without Assay, for its removal",
    .details =
        "Undoes the wiring of every runtime, and hands the links in\n"
        "/usr/lib/assay/bin over to the real runtimes: running containers "
        "were\n"
        "started with them, and a runtime that was not restarted still calls\n"
        "them. No start is refused from then on, and no restart is needed.\n"
        "\n"
        "Nothing changes where somebody edited a wired file since, or while\n"
        "a kubelet's configuration names the image proxy.\n"
        "\n"
        "The package assay-shim does this before it is removed. `assay wire\n"
        "containerd` and its like put Assay back.\n",
    .options = kRetireOptions,
    .run = &RunRetire,
};

}  // namespace assay
