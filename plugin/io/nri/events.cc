#include "io/nri/events.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "api/nri/nri.pb.h"

namespace assay {
namespace {

namespace api = nri::pkg::api::v1alpha1;

// What is believed of a runtime that says less than nothing, or a day.
constexpr std::int64_t kShortestPatience = 100;
constexpr std::int64_t kLongestPatience = 60'000;
constexpr std::int64_t kDefaultPatience = 2000;

using Version = std::pair<int, int>;

std::optional<int> TakeNumber(std::string_view& text) {
  int number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// "v2.1.9+unknown", "1.36.3", "0.12.0-rc.1"
std::optional<Version> ReadVersion(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  const auto major = TakeNumber(text);
  if (!major || !text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  const auto minor = TakeNumber(text);
  if (!minor) return std::nullopt;
  return Version(*major, *minor);
}

NriKind KindOf(std::string_view name) {
  if (name == "containerd") return NriKind::kContainerd;
  if (name == "cri-o") return NriKind::kCrio;
  return NriKind::kOther;
}

constexpr std::int32_t Bit(api::Event event) {
  return std::int32_t{1} << (static_cast<int>(event) - 1);
}

}  // namespace

NriRuntime DescribeRuntime(const std::string& name, const std::string& version,
                           std::int64_t patience_ms) {
  const Version number = ReadVersion(version).value_or(Version(0, 0));
  if (patience_ms == 0) patience_ms = kDefaultPatience;
  return {KindOf(name),
          name,
          version,
          number.first,
          number.second,
          std::chrono::milliseconds(
              std::clamp(patience_ms, kShortestPatience, kLongestPatience))};
}

bool AsksValidation(const NriRuntime& runtime, const std::string& nri_version) {
  if (const auto spoken = ReadVersion(nri_version)) {
    return *spoken >= Version(0, 10);
  }
  const Version version(runtime.major, runtime.minor);
  if (runtime.kind == NriKind::kContainerd) return version >= Version(2, 2);
  return runtime.kind == NriKind::kCrio && version >= Version(1, 34);
}

std::int32_t EventMask(NriKind kind, bool validation) {
  std::int32_t mask = Bit(api::CREATE_CONTAINER);
  if (kind != NriKind::kCrio) mask |= Bit(api::START_CONTAINER);
  if (validation) mask |= Bit(api::VALIDATE_CONTAINER_ADJUSTMENT);
  return mask;
}

bool HasValidation(std::int32_t mask) {
  return (mask & Bit(api::VALIDATE_CONTAINER_ADJUSTMENT)) != 0;
}

}  // namespace assay
