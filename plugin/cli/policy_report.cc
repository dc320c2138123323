#include "cli/policy_report.h"

#include <map>
#include <optional>
#include <ostream>

#include "base/bytes.h"
#include "base/limits.h"
#include "cli/cluster_fetch.h"
#include "cli/table.h"
#include "io/files/files.h"
#include "io/policy/policy_loader.h"

namespace assay {
namespace {

constexpr std::size_t kWidest = 160;

// The line of a file that a problem is about, as far as it can be shown.
class Sources {
 public:
  std::optional<std::string> Line(const TomlPosition& place) {
    if (place.line < 1) return std::nullopt;
    auto [known, fresh] = texts_.try_emplace(place.file);
    if (fresh) {
      auto text = ReadFile(place.file, limits::kPolicyFileBytes);
      if (text) known->second = *std::move(text);
    }
    std::string_view rest = known->second;
    for (int line = 1; line < place.line; ++line) {
      const std::size_t end = rest.find('\n');
      if (end == std::string_view::npos) return std::nullopt;
      rest.remove_prefix(end + 1);
    }
    std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return std::string(line);
  }

 private:
  std::map<std::string, std::string> texts_;
};

// Tabs become spaces, so that the caret stands under its character.
std::string OneWidth(std::string line) {
  for (char& c : line) {
    if (c == '\t') c = ' ';
  }
  return line;
}

void PrintPlace(Context& context, const Diagnostic& problem,
                const std::string& line) {
  const auto column = static_cast<std::size_t>(problem.position.column);
  if (line.size() > kWidest || column < 1 || column > line.size() + 1) return;
  // What does not print as one character a byte would misplace the caret.
  const std::string shown = Printable(OneWidth(line), kWidest);
  if (shown.size() != line.size()) return;
  const std::string number = std::to_string(problem.position.line);
  context.err << "  " << number << " | " << shown << "\n  "
              << std::string(number.size(), ' ') << " | "
              << std::string(column - 1, ' ')
              << Paint("^", Tone::kBad, context.color) << "\n";
}

Json AsJson(const Diagnostic& problem) {
  return Json(Json::Object{
      {"reason", Json(std::string(Describe(problem.reason).id))},
      {"file", Json(problem.position.file)},
      {"line", Json(std::int64_t{problem.position.line})},
      {"column", Json(std::int64_t{problem.position.column})},
      {"message", Json(problem.message)},
      {"suggestion", Json(problem.suggestion)},
  });
}

}  // namespace

ExitCode PrintProblems(Context& context, const Diagnostics& problems) {
  if (context.json) {
    Json::Array all;
    for (const Diagnostic& problem : problems) all.push_back(AsJson(problem));
    PrintJson(context,
              {{"valid", Json(false)}, {"problems", Json(std::move(all))}});
    return ExitCode::kUsage;
  }
  Sources sources;
  for (const Diagnostic& problem : problems) {
    const std::string_view id = Describe(problem.reason).id;
    context.err << Paint(id, Tone::kBad, context.color) << " "
                << Printable(problem.str(), 1000) << "\n";
    if (const auto line = sources.Line(problem.position)) {
      PrintPlace(context, problem, *line);
    }
    // The grammar's own problems are told whole; for others there is a way.
    const std::string_view remedy = Describe(problem.reason).remedy;
    if (remedy != Describe(Reason::kPolicyMalformed).remedy) {
      context.err << "  next: " << remedy << "\n";
    }
  }
  context.err << "assay: the policy is not valid (" << problems.size()
              << (problems.size() == 1 ? " problem)\n" : " problems)\n");
  return ExitCode::kUsage;
}

std::shared_ptr<const Policy> LoadPolicy(Context& context,
                                         const std::string& path) {
  Diagnostics problems;
  const PolicyLoader loader(context.paths, FetchFromCluster(context.paths));
  auto policy =
      path.empty() ? loader.Load(problems) : loader.LoadFrom(path, problems);
  if (policy == nullptr) PrintProblems(context, problems);
  return policy;
}

void PrintWarnings(Context& context, const Policy& policy) {
  for (const std::string& warning : policy.warnings()) {
    context.out << Paint("warning:", Tone::kUnsure, context.color) << " "
                << warning << "\n";
  }
}

Json WarningsAsJson(const Policy& policy) {
  Json::Array warnings;
  for (const std::string& warning : policy.warnings()) {
    warnings.emplace_back(warning);
  }
  return Json(std::move(warnings));
}

std::string DecisionOf(const Rule& rule) {
  std::string text(ActionName(rule.action));
  if (rule.require) text += " " + rule.require->str();
  if (rule.base) text += ", upon a base of " + rule.base->str();
  return text;
}

std::string NameOf(const Selection& selection) {
  return selection.rule == nullptr ? "default" : selection.rule->scope.str();
}

Json AsJson(const Rule& rule) {
  Json::Array namespaces;
  for (const std::string& name : rule.namespaces) namespaces.emplace_back(name);
  Json::Object object = {
      {"scope", Json(rule.scope.str())},
      {"namespaces", Json(std::move(namespaces))},
      {"action", Json(std::string(ActionName(rule.action)))},
      {"integrity", Json(std::string(IntegrityName(rule.integrity)))},
      {"mode", Json(std::string(ModeName(rule.mode)))},
      {"file", Json(rule.position.file)},
      {"line", Json(std::int64_t{rule.position.line})},
  };
  if (rule.require) object.emplace("require", Json(rule.require->str()));
  if (rule.base) object.emplace("base", Json(rule.base->str()));
  return Json(std::move(object));
}

}  // namespace assay
