// Which of a runtime's events the plugin asks for. A runtime throws a plugin
// out that asks for one it does not know, and goes on without.
#ifndef ASSAY_IO_NRI_EVENTS_H_
#define ASSAY_IO_NRI_EVENTS_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace assay {

enum class NriKind : std::uint8_t { kOther = 0, kContainerd, kCrio };

// What a runtime says of itself when it configures a plugin.
struct NriRuntime {
  NriKind kind = NriKind::kOther;
  std::string name;
  std::string version;
  int major = 0;  // of `version`; 0.0 where it is not one
  int minor = 0;
  // Within which it wants each answer.
  std::chrono::milliseconds patience{2000};
};

// `patience_ms` of 0, which old runtimes say, is their default.
NriRuntime DescribeRuntime(const std::string& name, const std::string& version,
                           std::int64_t patience_ms);

// Whether it asks ValidateContainerAdjustment, whose failure stops a container:
// containerd from 2.2 on, CRI-O from 1.34 on (NRI 0.10). `nri_version` is "" or
// what the runtime says, from NRI 0.12 on.
bool AsksValidation(const NriRuntime& runtime, const std::string& nri_version);

// The mask for ConfigureResponse: CreateContainer and StartContainer, and
// ValidateContainerAdjustment where it is asked. CRI-O starts a container
// whatever it is told then (1.36), so it is not asked to tell.
std::int32_t EventMask(NriKind kind, bool validation);
// Whether that is in a mask.
bool HasValidation(std::int32_t mask);

}  // namespace assay

#endif  // ASSAY_IO_NRI_EVENTS_H_
