// tuf_probe ROOT MIRROR NOW FILE...: one refresh below ROOT, whose trust folder
// holds the pinned `pin.json`, and what signers see afterwards, as JSON.
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>

#include "base/json.h"
#include "io/tuf/tuf_client.h"

namespace assay {
namespace {

std::string ReasonOf(const Status& outcome) {
  if (outcome) return "ok";
  return std::string(Describe(outcome.error().reason).id);
}

int Main(int argc, char* argv[]) {
  if (argc < 4) return 2;
  const Paths paths(argv[1]);
  TufSettings settings;
  settings.mirror = argv[2];
  settings.root = "pin.json";
  if (const char* ca = std::getenv("MIRROR_CA")) settings.ca = ca;
  const Time now{std::chrono::seconds(std::atoll(argv[3]))};
  const std::set<std::string> files(argv + 4, argv + argc);

  const auto mirror = TufMirror::Open(settings);
  if (!mirror) return 2;
  const TufStore store(paths, settings);
  const auto report = TufClient(**mirror, store).Refresh(files, now);
  Json::Object out{{"outcome", Json(ReasonOf(report.outcome))},
                   {"changed", Json(report.changed)},
                   {"dropped", Json(!report.dropped.empty())}};
  if (!report.outcome) {
    out.emplace("detail", Json(report.outcome.error().detail));
  }
  if (const auto state = store.Load()) {
    const auto* timestamp = state->trusted.timestamp();
    out.emplace("root", Json(state->trusted.root().head.version));
    out.emplace(
        "timestamp",
        Json(timestamp == nullptr ? std::int64_t{0} : timestamp->head.version));
    Json::Object seen;
    for (const auto& [name, text] : state->files)
      seen.emplace(name, Json(text));
    out.emplace("files", Json(std::move(seen)));
  }
  std::cout << Json(std::move(out)).Dump() << "\n";
  return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char* argv[]) { return assay::Main(argc, argv); }
