#include "io/report/audit_search.h"

#include <fstream>
#include <string_view>

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
  std::ifstream lines(log);
  std::string line;
  std::optional<Json> last;
  while (std::getline(lines, line)) {
    if (line.find(text) == std::string::npos) continue;
    auto record = Json::Parse(line);
    if (record && matches(*record)) last = *std::move(record);
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
