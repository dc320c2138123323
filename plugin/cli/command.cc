#include "cli/command.h"

#include <ostream>

#include "base/bytes.h"
#include "cli/table.h"

namespace assay {

ExitCode ExitFor(Reason reason) {
  if (reason == Reason::kUsage || reason == Reason::kConfigurationMalformed ||
      reason == Reason::kPolicyMalformed ||
      reason == Reason::kPolicyUnsupported ||
      reason == Reason::kReferenceMalformed) {
    return ExitCode::kUsage;
  }
  switch (Describe(reason).ending) {
    case Ending::kAccepted:
      return ExitCode::kAccepted;
    case Ending::kRejected:
      return ExitCode::kRejected;
    case Ending::kUndetermined:
      return ExitCode::kUndetermined;
  }
  return ExitCode::kUndetermined;
}

namespace {

// A failure is never a success, whatever reason it was given.
ExitCode ExitForFailure(Reason reason) {
  const ExitCode code = ExitFor(reason);
  return code == ExitCode::kAccepted ? ExitCode::kUndetermined : code;
}

}  // namespace

ExitCode PrintError(Context& context, const Error& error) {
  const ReasonInfo& info = Describe(error.reason);
  if (context.json) {
    PrintJson(context, {{"ending", Json(std::string(EndingName(info.ending)))},
                        {"reason", Json(std::string(info.id))},
                        {"detail", Json(error.detail)},
                        {"next", Json(std::string(info.remedy))}});
    return ExitForFailure(error.reason);
  }
  context.err << "assay: " << Paint(info.id, ToneOf(info.ending), context.color)
              << ": " << info.sentence;
  if (!error.detail.empty()) {
    context.err << ": " << Printable(error.detail, 1000);
  }
  context.err << "\n  next: " << info.remedy << "\n";
  return ExitForFailure(error.reason);
}

void PrintJson(Context& context, Json::Object object) {
  context.out << Json(std::move(object)).Dump() << "\n";
}

Json::Array JsonStrings(const std::vector<std::string>& texts) {
  Json::Array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

}  // namespace assay
