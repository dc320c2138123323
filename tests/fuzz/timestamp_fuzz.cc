// Property: no input is a time stamp over a message that nobody stamped, and of
// the authority's stamps of a recorded signature each says the recorded time.
#include <cstdint>
#include <optional>
#include <string_view>

#include "tests/fuzz/recorded.h"

namespace {

using assay::fuzz::Recorded;
using assay::fuzz::Require;

std::optional<assay::Time> Stamped(const Recorded& recorded,
                                   std::string_view token,
                                   std::string_view message) {
  for (const auto& authority : recorded.root.timestamp_authorities()) {
    const auto time = authority.Verify(token, message);
    if (time) return *time;
  }
  return std::nullopt;
}

void RequireRecorded(const Recorded& recorded, assay::Time real,
                     std::string_view token) {
  const auto time = Stamped(recorded, token, recorded.candidate.signature);
  Require(!time || *time == real);
}

assay::Time TimeOf(const Recorded& recorded) {
  const auto& token = recorded.candidate.material.timestamps.front();
  return Stamped(recorded, token, recorded.candidate.signature).value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const auto first = TimeOf(assay::fuzz::FirstGeneration());
  static const auto second = TimeOf(assay::fuzz::SecondGeneration());
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  RequireRecorded(assay::fuzz::FirstGeneration(), first, token);
  RequireRecorded(assay::fuzz::SecondGeneration(), second, token);
  Require(!Stamped(assay::fuzz::FirstGeneration(), token,
                   "a message nobody stamped"));
  return 0;
}
