#include "io/report/audit_search.h"

#include <fstream>
#include <string_view>
#include <vector>

#include "io/audit/audit_files.h"

namespace assay {
namespace {

constexpr std::size_t kShortestPrefix = 6;

bool IsAbout(const Json& record, std::string_view wanted) {
  const std::string* request = record.FindString("request");
  if (request != nullptr && *request == wanted) return true;
  const std::string* container = record.FindString("container_id");
  if (container == nullptr) return false;
  return *container == wanted ||
         (wanted.size() >= kShortestPrefix && container->starts_with(wanted));
}

// The text is looked for before a line is parsed: logs are long and most lines
// are about others.
template <typename Matches>
std::optional<Json> LastOf(const std::string& log, const std::string& text,
                           const Matches& matches) {
  std::vector<std::string> paths = AuditFiles(log, {}).FullOnes();
  paths.push_back(log);
  std::optional<Json> last;
  // The newest file that knows of it has the last word.
  for (auto path = paths.rbegin(); path != paths.rend() && !last; ++path) {
    std::ifstream lines(*path);
    std::string line;
    while (std::getline(lines, line)) {
      if (line.find(text) == std::string::npos) continue;
      auto record = Json::Parse(line);
      if (record && matches(*record)) last = *std::move(record);
    }
  }
  return last;
}

}  // namespace

std::optional<Json> LastDecision(const std::string& log,
                                 const std::string& wanted) {
  return LastOf(log, wanted,
                [&](const Json& record) { return IsAbout(record, wanted); });
}

std::optional<Json> LastDecisionOfPod(const std::string& log,
                                      const std::string& pod) {
  return LastOf(log, pod, [&](const Json& record) {
    const std::string* name = record.FindString("pod");
    const std::string* container = record.FindString("container");
    return name != nullptr && *name == pod && container != nullptr;
  });
}

}  // namespace assay
