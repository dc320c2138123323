// What stands between containerd's pulls and the image verifier. Facts:
// containerd 2.0 to 2.3, pkg/imageverifier/bindir and internal/cri/config.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "io/files/files.h"
#include "io/wire/checks.h"
#include "io/wire/config_values.h"
#include "io/wire/runtimes.h"

namespace assay {
namespace {

constexpr std::size_t kMostVerifiers = 10;  // unless max_verifiers says
constexpr const char* kImages = "io.containerd.cri.v1.images";
constexpr const char* kCri = "io.containerd.grpc.v1.cri";
constexpr const char* kWireAgain = "sudo assay wire containerd";

bool IsNoEmptyTable(const Toml* value) {
  const auto* table = value ? value->AsTable() : nullptr;
  return table != nullptr && !table->empty();
}

// Settings for which CRI of containerd 2.1 and later pulls by itself, with a
// line in its log and without asking; "" when there is none.
std::string LocalPull(const ContainerdConfig& config) {
  const auto said = [&](const char* key, const auto& matches) {
    return matches(LastValue(config, {"plugins", kImages, key})) ||
           matches(LastValue(config, {"plugins", kCri, key})) ||
           matches(LastValue(config, {"plugins", kCri, "containerd", key}));
  };
  const auto on = [](const Toml* value) { return IsBool(value, true); };
  const auto off = [](const Toml* value) { return IsBool(value, false); };
  if (said("use_local_image_pull", on)) return "use_local_image_pull = true";
  if (said("disable_snapshot_annotations", off)) {
    return "disable_snapshot_annotations = false";
  }
  for (const char* key :
       {"discard_unpacked_layers", "image_pull_with_sync_fs"}) {
    if (said(key, on)) return std::string(key) + " = true";
  }
  if (said("max_concurrent_downloads", [](const Toml* value) {
        const auto* number = value ? value->AsInt() : nullptr;
        return number != nullptr && *number != 3;
      })) {
    return "max_concurrent_downloads is not 3";
  }
  for (const char* key : {"mirrors", "configs", "auths"}) {
    for (const char* section : {kImages, kCri}) {
      if (IsNoEmptyTable(
              LastValue(config, {"plugins", section, "registry", key}))) {
        return std::string("registry.") + key;
      }
    }
  }
  return {};
}

const Toml* Setting(const ContainerdConfig& config, const char* key) {
  return LastValue(config, {"plugins", ContainerdConfig::kVerifierKey, key});
}

// How many programs of the folder are asked; the others are skipped.
std::size_t MostVerifiers(const ContainerdConfig& config) {
  const Toml* value = Setting(config, "max_verifiers");
  const auto* most = value ? value->AsInt() : nullptr;
  if (most == nullptr) return kMostVerifiers;
  return *most < 0 ? SIZE_MAX : static_cast<std::size_t>(*most);
}

// Whether a program is ended before Assay's has answered in any case.
bool IsHurried(const ContainerdConfig& config) {
  const Toml* value = Setting(config, "per_verifier_timeout");
  const auto* text = value ? value->AsString() : nullptr;
  if (text == nullptr) return false;
  return ReadGoDuration(*text).value_or(std::chrono::milliseconds(0)) <
         std::chrono::seconds(10);
}

// What is wrong with a folder of verifiers that ours is in; nullopt for
// nothing.
std::optional<Check> FolderTrouble(const std::string& folder,
                                   const std::vector<std::string>& names,
                                   std::size_t ours, std::size_t most) {
  const std::string loose = WritableByOthers(folder);
  if (!loose.empty()) {
    return Check{"image-verifier", Health::kFailure,
                 loose + " may be written by others than root",
                 "chown root:root and chmod go-w " + loose};
  }
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    if (IsExecutable(path)) continue;
    return Check{"image-verifier", Health::kFailure,
                 path + " is no program: containerd blocks every pull",
                 "remove it"};
  }
  if (ours < most) return std::nullopt;
  return Check{"image-verifier", Health::kFailure,
               folder + "/" + names[ours] + " is not among the first " +
                   std::to_string(most) + ", and containerd asks no more",
               "remove what is not needed, or raise max_verifiers"};
}

Check VerifierCheck(const WireOptions& options,
                    const ContainerdConfig& config) {
  const std::string folder = config.VerifierDir();
  if (IsPluginDisabled(config, ContainerdConfig::kVerifierKey)) {
    return {"image-verifier", Health::kWarning,
            "the plugin is disabled: containerd pulls unasked",
            std::string("remove ") + ContainerdConfig::kVerifierKey +
                " from disabled_plugins"};
  }
  const auto listed = ListFolder(folder);
  const auto names = listed ? *listed : std::vector<std::string>();
  const std::string program = VerifierProgram(options.paths);
  const auto ours =
      std::find_if(names.begin(), names.end(), [&](const std::string& name) {
        return SameFile(folder + "/" + name, program);
      });
  if (ours == names.end()) {
    // Wired, and gone since: nobody would notice.
    const bool wired = folder == VerifierDir(options.paths);
    return {
        "image-verifier", wired ? Health::kFailure : Health::kWarning,
        folder + " does not hold Assay's verifier: containerd pulls unasked",
        wired ? "install assay" : kWireAgain};
  }
  const auto place = static_cast<std::size_t>(ours - names.begin());
  const std::size_t most = MostVerifiers(config);
  if (auto trouble = FolderTrouble(folder, names, place, most)) return *trouble;
  if (IsHurried(config)) {
    return {"image-verifier", Health::kWarning,
            "per_verifier_timeout: pulls may be blocked before Assay answers",
            "give it 10s or more"};
  }
  return {"image-verifier", Health::kOk,
          folder + "/" + *ours +
              ", asked by containerd 2.0, for CRI by 2.1, and later",
          ""};
}

}  // namespace

void CheckPulls(const WireOptions& options, Checks& checks) {
  const auto config = ContainerdConfig::Read(options.config);
  if (!config) return;  // CheckWiring says so
  if (config->version() < 2) {
    checks.push_back(
        {"image-verifier", Health::kOk, "containerd 1.x, which has none", ""});
    return;
  }
  checks.push_back(VerifierCheck(options, *config));
  const std::string local = LocalPull(*config);
  if (local.empty()) {
    checks.push_back({"pull-path", Health::kOk,
                      "nothing makes CRI pull past the image verifier", ""});
    return;
  }
  checks.push_back({"pull-path", Health::kWarning,
                    local + ": CRI pulls without asking the image verifier",
                    "remove it where you can; what was pulled is still "
                    "decided about when it starts"});
}

}  // namespace assay
