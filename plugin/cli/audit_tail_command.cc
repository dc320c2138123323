#include <fcntl.h>
#include <sys/stat.h>

#include <charconv>
#include <deque>
#include <functional>
#include <limits>
#include <ostream>
#include <string>
#include <thread>

#include "base/bytes.h"
#include "base/unique_fd.h"
#include "cli/audit_command.h"
#include "cli/table.h"
#include "io/audit/audit_files.h"
#include "io/audit/line_reader.h"

namespace assay {
namespace {

constexpr std::chrono::milliseconds kLook{250};

struct TailFilter {
  bool refused = false;
  std::string reason;
  std::string pod_namespace;
  std::string image;

  bool Takes(const Json& record) const {
    const auto is = [&record](std::string_view key, const std::string& wanted) {
      const std::string* found = record.FindString(key);
      return wanted.empty() || (found != nullptr && *found == wanted);
    };
    const std::string* name = record.FindString("reference");
    const std::string* verdict = record.FindString("verdict");
    const bool bad = verdict == nullptr || *verdict != "accepted";
    return (!refused || bad) && is("reason", reason) &&
           is("namespace", pod_namespace) &&
           (image.empty() ||
            (name != nullptr && name->find(image) != std::string::npos));
  }
};

std::string TextOf(const Json& record, std::string_view key) {
  const std::string* text = record.FindString(key);
  return text == nullptr ? std::string() : *text;
}

Tone ToneOfLine(const Json& record) {
  const std::string verdict = TextOf(record, "verdict");
  if (verdict == "accepted") return Tone::kGood;
  return verdict == "rejected" ? Tone::kBad : Tone::kUnsure;
}

void ShowLine(Context& context, const std::string& line, const Json& record) {
  if (context.json) {
    context.out << line << std::endl;
    return;
  }
  std::string workload = TextOf(record, "namespace");
  if (!workload.empty()) {
    workload += "/" + TextOf(record, "pod") + "/" + TextOf(record, "container");
  }
  const bool* allowed = record.Find("allowed") == nullptr
                            ? nullptr
                            : record.Find("allowed")->AsBool();
  const bool accepted = TextOf(record, "verdict") == "accepted";
  context.out << Printable(TextOf(record, "time"), 40) << " "
              << Paint(Printable(TextOf(record, "verdict"), 20),
                       ToneOfLine(record), context.color)
              << " " << Printable(TextOf(record, "reason"), 60) << " "
              << Printable(TextOf(record, "hook"), 20);
  for (const auto& text : {workload, TextOf(record, "reference")}) {
    if (!text.empty()) context.out << " " << Printable(text, 300);
  }
  if (!accepted && allowed != nullptr && *allowed) {
    context.out << " (started all the same)";
  }
  context.out << " [request " << Printable(TextOf(record, "request"), 40) << "]"
              << std::endl;
}

UniqueFd OpenLog(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

// The whole lines from `from` on; returns where to go on.
std::uint64_t EachLine(
    int fd, std::uint64_t from,
    const std::function<void(const std::string&, const Json&)>& take) {
  LineReader lines(fd, from, std::numeric_limits<std::uint64_t>::max());
  std::uint64_t next = from;
  while (const auto line = lines.Next()) {
    if (!line->ended) break;
    next = lines.offset();
    const auto record = Json::Parse(line->text);
    if (record) take(std::string(line->text), *record);
  }
  return next;
}

bool IsStill(int fd, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(fd, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

// Goes on with the new file once the old one is full and read to its end.
void Follow(const std::string& path, UniqueFd fd, std::uint64_t from,
            const std::function<void(const std::string&, const Json&)>& take) {
  for (;;) {
    const bool same = fd.valid() && IsStill(fd.get(), path);
    if (fd.valid()) from = EachLine(fd.get(), from, take);
    if (!same) {
      fd = OpenLog(path);
      from = 0;
      if (fd.valid()) continue;
    }
    std::this_thread::sleep_for(kLook);
  }
}

Result<std::size_t> WantedLines(const Arguments& arguments) {
  const std::string text = arguments.Value("lines", "10");
  std::size_t lines = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, lines);
  if (error == std::errc() && stop == end) return lines;
  return Fail(Reason::kUsage, "--lines: not a number");
}

ExitCode RunAuditTail(Context& context, const Arguments& arguments) {
  const auto wanted = WantedLines(arguments);
  if (!wanted) return PrintError(context, wanted.error());
  const TailFilter filter{arguments.Has("refused"), arguments.Value("reason"),
                          arguments.Value("namespace"),
                          arguments.Value("image")};
  const AuditFiles files(context.paths);
  std::vector<std::string> paths = files.FullOnes();
  paths.push_back(files.log);
  std::deque<std::pair<std::string, Json>> last;
  UniqueFd fd;
  std::uint64_t end = 0;
  for (const std::string& path : paths) {
    fd = OpenLog(path);
    if (!fd.valid()) continue;
    end =
        EachLine(fd.get(), 0, [&](const std::string& line, const Json& record) {
          if (!filter.Takes(record)) return;
          last.emplace_back(line, record);
          if (last.size() > *wanted) last.pop_front();
        });
  }
  if (!fd.valid() && !arguments.Has("follow")) {
    return PrintError(context, Fail(Reason::kFileUnreadable, files.log));
  }
  for (const auto& [line, record] : last) ShowLine(context, line, record);
  if (!arguments.Has("follow")) return ExitCode::kAccepted;
  Follow(files.log, std::move(fd), end,
         [&](const std::string& line, const Json& record) {
           if (filter.Takes(record)) ShowLine(context, line, record);
         });
  return ExitCode::kAccepted;
}

constexpr Option kTailOptions[] = {
    {"lines", "N", "The last N decisions, 10 if not given"},
    {"follow", "", "Go on with what is decided from now on"},
    {"refused", "", "Only what was not accepted"},
    {"reason", "ID", "Only decisions with this reason"},
    {"namespace", "NS", "Only containers of this Kubernetes namespace"},
    {"image", "TEXT", "Only references that contain this text"},
};

}  // namespace

const Command kAuditTailCommand = {
    .name = "audit tail",
    .operands = "",
    .operands_least = 0,
    .operands_most = 0,
    .help = "Show the last decisions, and those to come",
    .details =
        "One line a decision, or with --json the lines of the audit log as\n"
        "they are. What was decided before a file was full counts, too.\n",
    .options = kTailOptions,
    .run = &RunAuditTail,
};

}  // namespace assay
