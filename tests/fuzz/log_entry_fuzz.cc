// Property: beside a signature that logs recorded, no entry counts for it but
// the recorded one: body, index and time are those that the log signed, and an
// entry of one signature never counts for another.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/schemes/sigstore/log_entry.h"
#include "core/schemes/sigstore/witnesses.h"
#include "tests/fuzz/recorded.h"

namespace {

using assay::InclusionRule;
using assay::LogEntry;
using assay::fuzz::Recorded;
using assay::fuzz::Require;

std::vector<LogEntry> Read(std::string_view json) {
  if (!json.starts_with('[')) {
    auto entry = assay::ReadLegacyLogEntry(json);
    return entry ? std::vector{*std::move(entry)} : std::vector<LogEntry>{};
  }
  const auto parsed = assay::Json::Parse(json);
  if (!parsed) return {};
  for (const auto rule : {InclusionRule::kProof, InclusionRule::kPromise}) {
    auto entries = assay::ReadLogEntries(&*parsed, rule);
    if (entries) return *std::move(entries);
  }
  return {};
}

// What the log signed: all of it in a promise, else the body and, in the
// second generation, the place in the tree.
bool SaysTheSame(const LogEntry& entry, const LogEntry& recorded) {
  const bool second = entry.version == "0.0.2";
  if (second) return entry.index == recorded.index;
  if (entry.body != recorded.body) return false;
  return entry.promise.empty() ||
         (entry.index == recorded.index &&
          entry.integrated_time == recorded.integrated_time);
}

void RequireRecorded(const Recorded& recorded,
                     const std::vector<LogEntry>& entries) {
  assay::Candidate candidate = recorded.candidate;
  candidate.material.timestamps.clear();
  candidate.material.log_entries = entries;
  const auto witnesses = assay::Witnesses::Of(
      {candidate, recorded.key, {}}, recorded.root, recorded.target.now);
  if (!witnesses || witnesses->logs == 0) return;
  const LogEntry& real = recorded.candidate.material.log_entries.front();
  for (const LogEntry& entry : entries) {
    if (recorded.root.FindLog(entry.log_id) == nullptr) continue;
    Require(entry.log_id == real.log_id && SaysTheSame(entry, real));
  }
  const assay::Time then{std::chrono::seconds(real.integrated_time)};
  Require(std::all_of(witnesses->times.begin(), witnesses->times.end(),
                      [&](assay::Time time) { return time == then; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const auto entries = Read(json);
  if (entries.empty()) return 0;
  RequireRecorded(assay::fuzz::FirstGeneration(), entries);
  RequireRecorded(assay::fuzz::SecondGeneration(), entries);
  RequireRecorded(assay::fuzz::Legacy(), entries);
  return 0;
}
