// Property: whatever a runtime sends, each call that is whole has one answer,
// under its own number and in its order, a refusal by the plugin is never told
// as a yes, and it is all the same where the bytes break off.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/support/nri_runtime.h"

namespace {

using assay::NriContainer;
using assay::NriMoment;

void Require(bool holds) {
  if (!holds) std::abort();
}

struct Refusing : assay::NriPort {
  assay::Result<std::int32_t> Configure(const assay::NriRuntime& runtime,
                                        const std::string& version) override {
    return assay::EventMask(runtime.kind,
                            assay::AsksValidation(runtime, version));
  }
  void Synchronize(std::vector<NriContainer> /*containers*/) override {}
  std::optional<std::string> Decide(NriMoment /*moment*/,
                                    const NriContainer& container) override {
    Require(!container.id.empty());
    ++refused;
    return "refused";
  }
  std::size_t refused = 0;
};

bool IsRefusal(const ttrpc::Response& answer) {
  assay::testing::api::ValidateContainerAdjustmentResponse validated;
  return answer.status().message() == "refused" ||
         (validated.ParseFromString(answer.payload()) && validated.reject());
}

// What the runtime hears when the bytes come in pieces of `step`.
std::string Answers(std::string_view bytes, std::size_t step) {
  Refusing plugin;
  std::string sent;
  assay::NriSession session(plugin, [&sent](const std::string& answer) {
    sent += answer;
    return assay::Ok();
  });
  Require(session.Register("assay", "10").has_value());
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    if (!session.Take(bytes.substr(at, step))) break;
  }
  assay::testing::NriRuntimeSide runtime;
  Require(runtime.Take(sent).has_value());
  std::uint32_t last = 0;
  for (const std::uint32_t stream : runtime.streams) {
    Require(stream > last && stream % 2 == 1);
    last = stream;
  }
  std::size_t refusals = 0;
  for (const auto& answer : runtime.answers) refusals += IsRefusal(answer);
  Require(refusals == plugin.refused);
  return sent;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Require(Answers(bytes, 7) == Answers(bytes, size + 1));
  return 0;
}
