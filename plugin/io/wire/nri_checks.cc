// What stands between containerd and the daemon as its NRI plugin. Facts:
// containerd 1.7 to 2.3, the NRI plugin's configuration.
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "io/wire/checks.h"
#include "io/wire/config_values.h"

namespace assay {
namespace {

constexpr const char* kNriKey = "io.containerd.nri.v1.nri";
constexpr const char* kNriSocket = "/var/run/nri/nri.sock";
// containerd's own. Assay takes a quarter of it.
constexpr std::chrono::seconds kUsualPatience{2};

const Toml* NriSetting(const ContainerdConfig& config, const char* key) {
  return LastValue(config, {"plugins", kNriKey, key});
}

std::string NriText(const ContainerdConfig& config, const char* key) {
  const Toml* value = NriSetting(config, key);
  const auto* text = value ? value->AsString() : nullptr;
  return text == nullptr ? std::string() : *text;
}

// Why containerd takes no plugin; "" when nothing in its files says so. Without
// a word about it containerd 1.7 takes none and 2.x does.
std::pair<std::string, std::string> WhyOff(const ContainerdConfig& config) {
  const std::string section = std::string("[plugins.'") + kNriKey + "']";
  if (IsPluginDisabled(config, kNriKey)) {
    return {"disabled_plugins names it",
            std::string("remove ") + kNriKey + " from disabled_plugins"};
  }
  if (IsBool(NriSetting(config, "disable"), true)) {
    return {"disable = true", "set disable = false in " + section};
  }
  if (IsBool(NriSetting(config, "disable_connections"), true)) {
    return {"disable_connections = true", "remove it from " + section};
  }
  return {};
}

bool IsHasty(const ContainerdConfig& config) {
  const std::string text = NriText(config, "plugin_request_timeout");
  return !text.empty() && ReadGoDuration(text).value_or(
                              std::chrono::milliseconds(0)) < kUsualPatience;
}

bool IsRequired(const ContainerdConfig& config) {
  const std::vector<std::string> place{"plugins", kNriKey, "default_validator"};
  const auto at = [&](const char* key) {
    auto path = place;
    path.emplace_back(key);
    return LastValue(config, path);
  };
  const Toml* required = at("required_plugins");
  const auto* names = required ? required->AsArray() : nullptr;
  if (names == nullptr || !IsBool(at("enable"), true)) return false;
  return std::any_of(names->begin(), names->end(), [](const Toml& name) {
    const auto* text = name.AsString();
    return text != nullptr && (*text == "assay" || *text == "10-assay");
  });
}

// /var/run is /run wherever systemd is.
std::string_view WithoutVar(std::string_view path) {
  if (path.starts_with("/var/run/")) path.remove_prefix(4);
  return path;
}

Check ConnectionCheck(const ContainerdConfig& config,
                      const NriExpectation& nri) {
  const auto [off, remedy] = WhyOff(config);
  if (!off.empty()) {
    return {"nri", Health::kFailure, "containerd takes no NRI plugin: " + off,
            remedy + ", and restart containerd"};
  }
  std::string theirs = NriText(config, "socket_path");
  if (theirs.empty()) theirs = kNriSocket;
  if (WithoutVar(theirs) != WithoutVar(nri.socket)) {
    return {"nri", Health::kFailure,
            "containerd's NRI socket is " + theirs + ", not " + nri.socket,
            "set socket of [nri] in assayd.toml to it"};
  }
  if (!nri.connected) {
    return {
        "nri", Health::kFailure,
        "no NRI plugin: " + (nri.problem.empty() ? "no daemon" : nri.problem),
        "sudo systemctl status containerd assayd; containerd 1.7 needs "
        "disable = false"};
  }
  if (IsHasty(config)) {
    return {"nri", Health::kWarning,
            "plugin_request_timeout is short: decisions may come too late",
            "give it 2s or more"};
  }
  return {"nri", Health::kOk, "plugin of " + nri.runtime, ""};
}

}  // namespace

void CheckNri(const WireOptions& options,
              const std::optional<NriExpectation>& nri, Checks& checks) {
  if (!nri) {
    checks.push_back({"nri", Health::kOk,
                      "off: the shim alone decides ([nri] of assayd.toml)",
                      ""});
    return;
  }
  const auto config = ContainerdConfig::Read(options.config);
  if (!config) return;  // CheckWiring says so
  checks.push_back(ConnectionCheck(*config, *nri));
  if (!nri->validates || IsRequired(*config)) return;
  checks.push_back(
      {"nri-required", Health::kWarning,
       "containerd does not require the plugin: while the daemon is away, "
       "handlers without the shim start anything",
       "see NODE RESOURCE INTERFACE in assayd(8)"});
}

}  // namespace assay
