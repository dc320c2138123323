// Whether a kubelet of this node pulls through the image proxy. Facts:
// kubelet's field imageServiceEndpoint and its option --image-service-endpoint,
// which wins; kubeadm's files.
#include <optional>

#include "base/limits.h"
#include "base/yaml.h"
#include "io/files/files.h"
#include "io/wire/checks.h"
#include "io/wire/peer.h"
#include "io/wire/retire.h"

namespace assay {
namespace {

struct ImageEndpoint {
  std::string file;  // that says it, or could
  std::string address;
};

// What follows the option in a line of options, the last time it is there; ""
// where it is not.
std::string OptionIn(const std::string& text) {
  constexpr std::string_view kOption = "--image-service-endpoint";
  const std::size_t found = text.rfind(kOption);
  if (found == std::string::npos) return {};
  const std::size_t begin = found + kOption.size() + 1;  // "=" or a space
  if (begin > text.size()) return {};
  return text.substr(begin, text.find_first_of(" \"'\n", begin) - begin);
}

// nullopt where the node has none of a kubelet's files.
std::optional<ImageEndpoint> EndpointOf(const std::string& root) {
  const std::string flags = root + "/var/lib/kubelet/kubeadm-flags.env";
  const std::string config = root + "/var/lib/kubelet/config.yaml";
  const auto options = ReadFile(flags, limits::kYamlBytes);
  if (options && !OptionIn(*options).empty()) {
    return ImageEndpoint{flags, OptionIn(*options)};
  }
  const auto text = ReadFile(config, limits::kYamlBytes);
  if (!text) return std::nullopt;
  const auto yaml = ParseYaml(*text);
  const auto* address = yaml && yaml->AsObject() != nullptr
                            ? yaml->FindString("imageServiceEndpoint")
                            : nullptr;
  return ImageEndpoint{config, address == nullptr ? "" : *address};
}

Check Served(const std::string& wanted,
             const std::optional<ImageEndpoint>& endpoint) {
  const std::string remedy = "imageServiceEndpoint: " + wanted +
                             " in its configuration, and restart it";
  if (!endpoint) {
    return {"image-proxy", Health::kUnknown,
            "no kubelet's configuration is known here; what it pulls may pass "
            "the image proxy by",
            remedy};
  }
  if (endpoint->address != wanted) {
    return {"image-proxy", Health::kWarning,
            endpoint->file + " does not name " + wanted +
                ": what it pulls passes the image proxy by",
            remedy};
  }
  return {"image-proxy", Health::kOk,
          endpoint->file + " names " + wanted +
              "; options in a unit of its own would win over it",
          ""};
}

std::string ProxyAddress(const Paths& paths) {
  return "unix://" + paths.ImageSocket();
}

}  // namespace

Status NoKubeletPullsThroughProxy(const Paths& paths) {
  const auto endpoint = EndpointOf(paths.root());
  if (!endpoint || endpoint->address != ProxyAddress(paths)) return Ok();
  return Fail(Reason::kConfigurationMalformed,
              endpoint->file + " names " + endpoint->address +
                  ": its kubelet could pull nothing any more; take that out "
                  "and restart the kubelet first");
}

void CheckImageProxy(const Paths& paths, bool served, Checks& checks) {
  const std::string wanted = ProxyAddress(paths);
  const auto endpoint = EndpointOf(paths.root());
  if (served && FindPeer(paths.ImageSocket(), false)) {
    checks.push_back(Served(wanted, endpoint));
  } else if (served) {
    checks.push_back({"image-proxy", Health::kFailure,
                      paths.ImageSocket() + " does not answer: nothing is "
                                            "pulled through it",
                      "systemctl restart assayd; journalctl -u assayd"});
  } else if (endpoint && endpoint->address == wanted) {
    checks.push_back(
        {"image-proxy", Health::kFailure,
         endpoint->file + " names " + wanted + ", which assayd does not serve",
         "a section [image_proxy] in assayd.toml, and restart it"});
  }
}

}  // namespace assay
