#include "io/canary/canary.h"

#include <filesystem>

#include "core/subject/image_config.h"
#include "core/subject/manifest.h"
#include "io/canary/canary_image.h"
#include "io/files/files.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

namespace assay {
namespace {

const std::string kNoProgram =
    R"(exec: "/assay-canary": stat /assay-canary: no such file or directory)";

std::optional<Json> Record(const std::string& text) {
  return *Json::Parse(text);
}

TEST_CASE("a canary is an image that nobody has seen before") {
  const CanaryImage image = CanaryImage::Make();
  const auto manifest = ImageManifest::Parse(image.manifest.bytes);
  REQUIRE(manifest);
  CHECK(manifest->config.digest == image.config.digest);
  REQUIRE(manifest->layers.size() == 1);
  CHECK(manifest->layers[0].digest == image.layer.digest);
  const auto config = ImageConfig::Parse(image.config.bytes);
  REQUIRE(config);
  CHECK(config->platform.architecture == HostPlatform().architecture);
  CHECK(config->entrypoint == std::vector<std::string>{"/assay-canary"});
  CHECK(CanaryImage::Make().manifest.digest != image.manifest.digest);
}

TEST_CASE("only a refusal that the audit log has proves anything") {
  const auto refused =
      Record(R"({"allowed":false,"reason":"no-signature","mode":"enforce"})");
  CHECK(JudgeStart("runc", refused, "no-signature: ...").health == Health::kOk);
  CHECK(JudgeStart("runc", refused, std::nullopt).health == Health::kFailure);

  const auto allowed = Record(R"({"allowed":true,"mode":"audit"})");
  CHECK(JudgeStart("runc", allowed, kNoProgram).health == Health::kFailure);
  const auto odd = Record(R"({"allowed":"false"})");
  CHECK(JudgeStart("runc", odd, kNoProgram).health == Health::kFailure);

  // The same words from somebody else are no refusal of Assay's.
  CHECK(JudgeStart("runc", std::nullopt, "no-signature: ...").health ==
        Health::kUnknown);
  CHECK(JudgeStart("runc", std::nullopt, kNoProgram).health ==
        Health::kFailure);
  CHECK(JudgeStart("runc", std::nullopt, std::nullopt).health ==
        Health::kFailure);
}

TEST_CASE("a proof gets old, and one from the future is none") {
  const testing::TempFolder folder;
  const Paths paths(folder.path());
  Checks checks;
  const Time now{std::chrono::seconds{1'790'000'000}};
  CheckLastProof(paths, now, checks);
  CHECK(checks.empty());

  const auto health_of = [&](std::int64_t proven_at) {
    REQUIRE(MakeFolders(paths.StateDir()));
    REQUIRE(WriteFileAtomically(
        paths.Proof(), R"({"proven_at":)" + std::to_string(proven_at) + "}"));
    checks.clear();
    CheckLastProof(paths, now, checks);
    REQUIRE(checks.size() == 1);
    return checks[0].health;
  };
  CHECK(health_of(1'789'999'000) == Health::kOk);
  CHECK(health_of(1'790'000'000 - 86'400) == Health::kWarning);
  CHECK(health_of(1'790'000'001) == Health::kWarning);
}

}  // namespace
}  // namespace assay
