#include "cli/policy_exceptions.h"

#include <ostream>

#include "base/bytes.h"

namespace assay {
namespace {

// By the clock alone; "" while it is in force.
std::string OutOfTime(const PolicyException& exception, Time now) {
  if (now < exception.from) {
    return "not heeded before " + Rfc3339(exception.from);
  }
  return exception.IsActive(now) ? ""
                                 : "expired at " + Rfc3339(exception.until);
}

std::string WhyNotHeeded(const PolicyException& exception,
                         const Selection& selection, Time now) {
  if (std::string late = OutOfTime(exception, now); !late.empty()) return late;
  if (selection.mode == Mode::kAudit) {
    return "not needed: nothing is refused here";
  }
  if (!exception.Overrules(selection.rule)) {
    return "not heeded: the rule rejects, and the exception is not narrower";
  }
  return "";
}

std::string Joined(const std::vector<std::string>& namespaces) {
  std::string text;
  for (const std::string& one : namespaces) {
    text += (text.empty() ? "" : ", ") + one;
  }
  return text.empty() ? "-" : text;
}

Json::Object ExceptionAsJson(const PolicyException& exception) {
  Json::Array namespaces;
  for (const std::string& one : exception.namespaces) {
    namespaces.emplace_back(one);
  }
  return {{"where", Json(exception.Where())},
          {"scope", Json(exception.scope.str())},
          {"digest", Json(exception.digest ? exception.digest->str() : "")},
          {"namespaces", Json(std::move(namespaces))},
          {"reason", Json(exception.reason)},
          {"who", Json(exception.who)},
          {"not_before", Json(Rfc3339(exception.from))},
          {"expires", Json(Rfc3339(exception.until))}};
}

}  // namespace

std::vector<ExceptionFor> ExceptionsFor(
    std::span<const PolicyException> exceptions, const Reference& image,
    std::string_view pod_namespace, const Selection& selection, Time now) {
  std::vector<ExceptionFor> found;
  for (const PolicyException& exception : exceptions) {
    std::vector<Digest> content;
    if (image.digest()) {
      content.push_back(*image.digest());
    } else if (exception.digest) {
      content.push_back(*exception.digest);
    }
    if (!exception.Covers(image, pod_namespace, content)) continue;
    found.push_back({&exception, WhyNotHeeded(exception, selection, now)});
  }
  return found;
}

void AddExceptionRows(std::span<const ExceptionFor> exceptions, Table& table) {
  for (const ExceptionFor& one : exceptions) {
    const bool heeded = one.but.empty();
    table.Row({{"exception"},
               {heeded ? one.exception->Sentence()
                       : one.exception->Where() + ": " + one.but,
                heeded ? Tone::kUnsure : Tone::kPlain}});
  }
}

Json AsJson(std::span<const ExceptionFor> exceptions) {
  Json::Array rows;
  for (const ExceptionFor& one : exceptions) {
    Json::Object row = ExceptionAsJson(*one.exception);
    row.emplace("heeded", Json(one.but.empty()));
    row.emplace("but", Json(one.but));
    rows.emplace_back(std::move(row));
  }
  return Json(std::move(rows));
}

void PrintExceptions(Context& context,
                     std::span<const PolicyException> exceptions, Time now) {
  if (exceptions.empty()) return;
  Table table({"EXCEPTION", "NAMESPACES", "UNTIL", "WHO", "REASON", "AT"});
  for (const PolicyException& one : exceptions) {
    const std::string late = OutOfTime(one, now);
    const std::string& file = one.position.file;
    table.Row({{one.scope.str(), late.empty() ? Tone::kUnsure : Tone::kFaint},
               {Joined(one.namespaces)},
               {late.empty() ? Rfc3339(one.until) : late},
               {one.who},
               {one.reason},
               {file + ":" + std::to_string(one.position.line), Tone::kFaint}});
  }
  context.out << "\n";
  table.Print(context.out, context.color);
}

Json ExceptionsAsJson(std::span<const PolicyException> exceptions, Time now) {
  Json::Array rows;
  for (const PolicyException& one : exceptions) {
    Json::Object row = ExceptionAsJson(one);
    row.emplace("active", Json(one.IsActive(now)));
    rows.emplace_back(std::move(row));
  }
  return Json(std::move(rows));
}

void PrintExceptionProblems(Context& context, const Diagnostics& problems) {
  for (const Diagnostic& problem : problems) {
    context.err << Paint("break-glass:", Tone::kBad, context.color)
                << " no exception is made: " << Printable(problem.str(), 1000)
                << "\n";
  }
}

Json ExceptionProblemsAsJson(const Diagnostics& problems) {
  Json::Array rows;
  for (const Diagnostic& problem : problems) rows.emplace_back(problem.str());
  return Json(std::move(rows));
}

}  // namespace assay
