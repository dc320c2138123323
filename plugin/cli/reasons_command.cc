#include "cli/reasons_command.h"

#include <ostream>
#include <set>

#include "base/bytes.h"
#include "base/toml.h"
#include "cli/table.h"

namespace assay {
namespace {

Json AsJson(const ReasonInfo& info) {
  return Json(Json::Object{
      {"id", Json(std::string(info.id))},
      {"ending", Json(std::string(EndingName(info.ending)))},
      {"stage", Json(std::string(StageName(info.stage)))},
      {"sentence", Json(std::string(info.sentence))},
      {"next", Json(std::string(info.remedy))},
  });
}

Error UnknownReason(std::string_view id) {
  std::set<std::string, std::less<>> ids;
  for (const ReasonInfo& info : AllReasons()) ids.emplace(info.id);
  std::string detail = "no reason is called " + Printable(id);
  const std::string near = NearMiss(id, ids);
  if (!near.empty()) detail += "; did you mean " + near + "?";
  return Fail(Reason::kUsage, std::move(detail));
}

ExitCode ShowOne(Context& context, const ReasonInfo& info) {
  if (context.json) {
    PrintJson(context, *AsJson(info).AsObject());
    return ExitCode::kAccepted;
  }
  Table table;
  table.Row({{"id"}, {std::string(info.id), ToneOf(info.ending)}});
  table.Row({{"ending"}, {std::string(EndingName(info.ending))}});
  table.Row({{"stage"}, {std::string(StageName(info.stage))}});
  table.Row({{"means"}, {std::string(info.sentence)}});
  table.Row({{"next"}, {std::string(info.remedy)}});
  table.Print(context.out, context.color);
  return ExitCode::kAccepted;
}

ExitCode RunReasons(Context& context, const Arguments& arguments) {
  if (!arguments.operands().empty()) {
    const std::string& id = arguments.operands().front();
    const auto reason = FindReason(id);
    if (!reason) return PrintError(context, UnknownReason(id));
    return ShowOne(context, Describe(*reason));
  }
  if (context.json) {
    Json::Array rows;
    for (const ReasonInfo& info : AllReasons()) rows.push_back(AsJson(info));
    PrintJson(context, {{"reasons", Json(std::move(rows))}});
    return ExitCode::kAccepted;
  }
  Table table({"REASON", "ENDING", "MEANS"});
  for (const ReasonInfo& info : AllReasons()) {
    table.Row({{std::string(info.id), ToneOf(info.ending)},
               {std::string(EndingName(info.ending))},
               {std::string(info.sentence)}});
  }
  table.Print(context.out, context.color);
  return ExitCode::kAccepted;
}

}  // namespace

const Command kReasonsCommand = {
    .name = "reasons",
    .operands = "[ID]",
    .operands_most = 1,
    .help = "Tell what a reason id means and what to do about it",
    .details =
        "Without an ID, lists every reason Assay can give. Ids are stable:\n"
        "scripts, audit lines and alerts may rely on them. See also\n"
        "assay-reasons(7).\n",
    .options = {},
    .run = &RunReasons,
};

}  // namespace assay
