// What the fuzz targets of revocation hold accepted input against: all that an
// authority ever said, made by revocation/make.py, which forgot its keys.
#ifndef ASSAY_TESTS_FUZZ_RECORDED_AUTHORITY_H_
#define ASSAY_TESTS_FUZZ_RECORDED_AUTHORITY_H_

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/trust/certificate.h"

namespace assay::fuzz {

// 2026-01-01T00:00:00Z
inline constexpr Time kRecordedNow{std::chrono::seconds(1'767'225'600)};

// Ends the process where a property breaks; libFuzzer keeps the input.
void Require(bool holds);

struct RecordedAuthority {
  RecordedAuthority();

  Certificate issuer;
  Certificate revoked;
  Certificate good;
  std::vector<std::string> lists;    // DER
  std::vector<std::string> answers;  // DER
};

const RecordedAuthority& Authority();

}  // namespace assay::fuzz

#endif  // ASSAY_TESTS_FUZZ_RECORDED_AUTHORITY_H_
