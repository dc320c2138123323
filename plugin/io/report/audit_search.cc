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

}  // namespace

// The text is looked for before a line is parsed: logs are long and most lines
// are about others.
std::optional<Json> LastDecision(const std::string& log,
                                 const std::string& wanted) {
  std::ifstream lines(log);
  std::string line;
  std::optional<Json> last;
  while (std::getline(lines, line)) {
    if (line.find(wanted) == std::string::npos) continue;
    auto record = Json::Parse(line);
    if (record && IsAbout(*record, wanted)) last = *std::move(record);
  }
  return last;
}

}  // namespace assay
