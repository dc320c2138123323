#include "cli/explain_command.h"

#include <unistd.h>

#include <cerrno>
#include <optional>

#include "base/bytes.h"
#include "cli/decision_view.h"
#include "cli/verify_command.h"
#include "io/report/audit_search.h"
#include "io/report/request.h"

namespace assay {
namespace {

// A bare word may be an id or an image of Docker Hub. No registry is asked for
// what is likely the id of a container that was never decided about.
bool IsBareWord(std::string_view text) {
  return text.find_first_of("/:@") == std::string_view::npos;
}

// Why the log told nothing.
Error NothingAbout(const std::string& wanted, const std::string& log) {
  if (::access(log.c_str(), R_OK) != 0 && errno == EACCES) {
    return Fail(Reason::kFileUnreadable, log + "; run as root");
  }
  return Fail(Reason::kNotFound,
              "no decision about " + Printable(wanted) + " in " + log +
                  ", and it is not an image reference (host/path:tag)");
}

ExitCode Run(Context& context, const Arguments& arguments) {
  const std::string& wanted = arguments.operands().front();
  const std::string log = context.paths.AuditLog();
  std::optional<Json> record = LastDecision(log, wanted);
  if (!record) {
    if (IsBareWord(wanted)) {
      return PrintError(context, NothingAbout(wanted, log));
    }
    VerifyOptions options;
    options.offline = arguments.Has("offline");
    options.now = WallClock();
    auto decided = VerifyReference(context.paths, wanted, options);
    if (!decided && decided.error().reason == Reason::kReferenceMalformed) {
      return PrintError(context, NothingAbout(wanted, log));
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
        "decision about it in the audit log. What has a slash, a colon or an\n"
        "@ may be an image reference, too; the decision about it is made now\n"
        "and not logged.\n",
    .options = kOptions,
    .run = &Run,
};

}  // namespace assay
