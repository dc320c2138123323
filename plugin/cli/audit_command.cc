#include "cli/audit_command.h"

#include <algorithm>
#include <charconv>
#include <ostream>

#include "base/bytes.h"
#include "cli/table.h"
#include "io/audit/verify_log.h"

namespace assay {
namespace {

Json AuditNumber(std::uint64_t value) {
  return Json(static_cast<std::int64_t>(value));
}

Json FindingAsJson(const ChainFinding& finding) {
  return Json(Json::Object{
      {"flaw", Json(std::string(ChainFlawName(finding.flaw)))},
      {"file", Json(finding.file)},
      {"line", AuditNumber(finding.line)},
      {"seq", AuditNumber(finding.sequence)},
      {"text", Json(finding.text)},
  });
}

void PrintVerdictJson(Context& context, const AuditVerdict& verdict) {
  const ChainReport& report = verdict.report;
  Json::Array findings;
  for (const ChainFinding& one : report.findings) {
    findings.push_back(FindingAsJson(one));
  }
  Json::Array remarks;
  for (const std::string& one : report.remarks) remarks.emplace_back(one);
  PrintJson(context, {{"whole", Json(report.findings.empty())},
                      {"findings", Json(std::move(findings))},
                      {"more_findings", AuditNumber(report.more)},
                      {"remarks", Json(std::move(remarks))},
                      {"first", AuditNumber(report.first)},
                      {"last", AuditNumber(report.last)},
                      {"checkpoints", AuditNumber(report.checkpoints)},
                      {"signed_to", AuditNumber(report.signed_to)},
                      {"no_head", Json(verdict.no_head)},
                      {"no_key", Json(verdict.no_key)}});
}

void PrintVerdict(Context& context, const AuditVerdict& verdict) {
  const ChainReport& report = verdict.report;
  Table table;
  for (const ChainFinding& one : report.findings) {
    table.Row({{std::string(ChainFlawName(one.flaw)), Tone::kBad},
               {one.file + ":" + std::to_string(one.line)},
               {one.text}});
  }
  if (!table.empty()) table.Print(context.out, context.color);
  if (report.more > 0) {
    context.out << "and " << report.more << " more\n";
  }
  for (const std::string& remark : report.remarks) {
    context.out << "note: " << Printable(remark, 400) << "\n";
  }
  if (!verdict.no_head.empty()) {
    context.out << "The end was not judged: " << Printable(verdict.no_head, 400)
                << "\n";
  }
  if (!verdict.no_key.empty()) {
    context.out << "Checkpoints were not judged: "
                << Printable(verdict.no_key, 400) << "\n";
  }
  const std::string lines = report.last == 0
                                ? "No line"
                                : "Lines " + std::to_string(report.first) +
                                      " to " + std::to_string(report.last);
  const std::string verified =
      report.findings.empty() ? " hold" : " do not all hold";
  context.out << Paint(lines + verified,
                       report.findings.empty() ? Tone::kGood : Tone::kBad,
                       context.color)
              << "; " << report.checkpoints
              << " checkpoints are signed, the last up to line "
              << report.signed_to << ".\n";
}

// What was found before that line was looked into already.
Status DropBefore(const Arguments& arguments, ChainReport& report) {
  const std::string text = arguments.Value("from");
  if (text.empty()) return Ok();
  std::uint64_t from = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, from);
  if (error != std::errc() || stop != end) {
    return Fail(Reason::kUsage, "--from: not a sequence number");
  }
  std::erase_if(report.findings, [from](const ChainFinding& one) {
    return one.sequence < from;
  });
  return Ok();
}

ExitCode RunAuditVerify(Context& context, const Arguments& arguments) {
  AuditVerification what;
  what.files = arguments.operands();
  what.key = arguments.Value("key");
  what.checkpoints = arguments.Values("checkpoint");
  auto verdict = VerifyAuditLog(AuditFiles(context.paths), what);
  if (!verdict) return PrintError(context, verdict.error());
  if (const Status dropped = DropBefore(arguments, verdict->report); !dropped) {
    return PrintError(context, dropped.error());
  }
  if (context.json) {
    PrintVerdictJson(context, *verdict);
  } else {
    PrintVerdict(context, *verdict);
  }
  if (!verdict->report.findings.empty() || verdict->report.more > 0) {
    return ExitCode::kRejected;
  }
  // Files that are named have no head; a checkpoint that was kept stands in.
  const bool end_judged = verdict->no_head.empty() ||
                          (!what.files.empty() && !what.checkpoints.empty());
  return end_judged && verdict->no_key.empty() ? ExitCode::kAccepted
                                               : ExitCode::kUndetermined;
}

ExitCode RunAuditCheckpoint(Context& context, const Arguments&) {
  const auto note = ExportCheckpoint(AuditFiles(context.paths));
  if (!note) return PrintError(context, note.error());
  if (context.json) {
    PrintJson(context, {{"checkpoint", Json(*note)}});
  } else {
    context.out << *note;
  }
  return ExitCode::kAccepted;
}

constexpr Option kAuditVerifyOptions[] = {
    {"key", "FILE", "The public key that signs checkpoints, kept elsewhere"},
    {"checkpoint", "FILE", "A checkpoint that was kept elsewhere", true},
    {"from", "SEQ", "Leave out what is found before this line"},
};

}  // namespace

const Command kAuditVerifyCommand = {
    .name = "audit verify",
    .operands = "[FILE ...]",
    .operands_least = 0,
    .operands_most = 1000,
    .help = "Tell whether every line of the audit log is what was written",
    .details =
        "Follows the chain over all files of the log, compares its end with\n"
        "the head in /var/lib/assay/audit and verifies the checkpoints. Each\n"
        "line that was changed, removed, added or moved is named. The head is\n"
        "root's; without it, a log that was cut at its end looks whole.\n"
        "\n"
        "Who is root on the node can write the log anew and sign it. Against\n"
        "that helps what was kept elsewhere: key.pub once, and checkpoints,\n"
        "which assay audit checkpoint prints and assayd logs. FILEs, oldest\n"
        "first, are verified in place of the node's own log.\n"
        "\n"
        "Exit status: 0 all lines hold, 1 they do not, 3 the end or the\n"
        "checkpoints could not be judged.\n",
    .options = kAuditVerifyOptions,
    .run = &RunAuditVerify,
};

const Command kAuditCheckpointCommand = {
    .name = "audit checkpoint",
    .operands = "",
    .operands_least = 0,
    .operands_most = 0,
    .help = "Print a signed checkpoint of the audit log, to keep elsewhere",
    .details =
        "It is a signed note over the last line. A log that was written anew\n"
        "later cannot have it: see assay audit verify --checkpoint.\n",
    .options = {},
    .run = &RunAuditCheckpoint,
};

}  // namespace assay
