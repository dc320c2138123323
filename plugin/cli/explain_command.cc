#include "cli/explain_command.h"

#include <fstream>
#include <optional>

#include "base/bytes.h"
#include "cli/decision_view.h"
#include "cli/verify_command.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr std::size_t kShortestPrefix = 6;

// Whether a line of the audit log is about this request or container; a prefix
// of the container's id is enough, as runtimes print it short.
bool IsAbout(const Json& record, std::string_view wanted) {
  const std::string* request = record.FindString("request");
  if (request != nullptr && *request == wanted) return true;
  const std::string* container = record.FindString("container_id");
  if (container == nullptr) return false;
  return *container == wanted ||
         (wanted.size() >= kShortestPrefix && container->starts_with(wanted));
}

// The last decision about it. The text is looked for before a line is parsed:
// logs are long and most lines are about others.
std::optional<Json> LastDecision(const std::string& path,
                                 const std::string& wanted) {
  std::ifstream log(path);
  std::string line;
  std::optional<Json> last;
  while (std::getline(log, line)) {
    if (line.find(wanted) == std::string::npos) continue;
    auto record = Json::Parse(line);
    if (record && IsAbout(*record, wanted)) last = *std::move(record);
  }
  return last;
}

ExitCode Run(Context& context, const Arguments& arguments) {
  const std::string& wanted = arguments.operands().front();
  const std::string log = context.paths.AuditLog();
  std::optional<Json> record = LastDecision(log, wanted);
  if (!record) {
    VerifyOptions options;
    options.offline = arguments.Has("offline");
    options.now = WallClock();
    auto decided = VerifyReference(context.paths, wanted, options);
    if (!decided && decided.error().reason == Reason::kReferenceMalformed) {
      return PrintError(context,
                        Fail(Reason::kNotFound,
                             "no decision about " + Printable(wanted) + " in " +
                                 log + ", and it is not an image reference"));
    }
    if (!decided) {
      PrintError(context, decided.error());
      return ExitCode::kUsage;
    }
    record = *std::move(decided);
  }
  return ShowDecision(context, *record);
}

constexpr Option kOptions[] = {
    {"offline", "", "For an image: decide from stored evidence alone"},
};

}  // namespace

const Command kExplainCommand = {
    .name = "explain",
    .operands = "REF|CONTAINER|REQUEST-ID",
    .operands_least = 1,
    .operands_most = 1,
    .help = "Tell why a container or an image was accepted or refused",
    .details =
        "A request id, a container id or its first characters name the last\n"
        "decision about it in the audit log. Anything else is an image\n"
        "reference; the decision about it is made now and not logged.\n",
    .options = kOptions,
    .run = &Run,
};

}  // namespace assay
