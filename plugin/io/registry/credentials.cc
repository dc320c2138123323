#include "io/registry/credentials.h"

#include "base/bytes.h"
#include "base/json.h"
#include "io/files/files.h"
#include "io/registry/credential_helper.h"
#include "io/registry/header_scanner.h"

namespace assay::registry {
namespace {

constexpr std::string_view kDockerKey = "https://index.docker.io/v1/";
constexpr std::string_view kTokenUser = "<token>";

bool IsDockerHub(std::string_view host) {
  return host == "docker.io" || host == "index.docker.io" ||
         host == "registry-1.docker.io";
}

// What a key of "auths" stands for: a host, or host/path as podman writes.
// docker's keys may be addresses, of which only the host counts.
std::string NormalKey(std::string_view key) {
  bool address = false;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!key.starts_with(scheme)) continue;
    key.remove_prefix(scheme.size());
    address = true;
  }
  const std::size_t slash = key.find('/');
  const std::string_view host = key.substr(0, slash);
  if (IsDockerHub(host) && (address || slash == std::string_view::npos)) {
    return "docker.io";
  }
  if (address) return std::string(host);
  while (key.ends_with('/')) key.remove_suffix(1);
  return std::string(key);
}

// One registry and repository as keys to look for, longest first:
// host/a/b, host/a, host.
std::vector<std::string> WantedKeys(std::string_view host,
                                    std::string_view path) {
  const std::string registry(IsDockerHub(host) ? "docker.io" : host);
  std::string key = registry + "/" + std::string(path);
  std::vector<std::string> keys;
  for (;;) {
    keys.push_back(key);
    if (key.size() <= registry.size()) return keys;
    key.resize(key.rfind('/'));
  }
}

// One entry of "auths".
Result<Credential> ReadEntry(const Json& entry, const std::string& where) {
  const auto text = [&](std::string_view key) {
    const std::string* value = entry.FindString(key);
    return value == nullptr ? std::string() : *value;
  };
  Credential credential{text("username"), text("password"),
                        text("identitytoken"), text("registrytoken")};
  const std::string auth = text("auth");
  if (auth.empty()) return credential;
  const auto decoded = Base64Decode(auth);
  const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return Fail(Reason::kConfigurationMalformed,
                where + ": auth is not base64 of user:password");
  }
  credential.username = decoded->substr(0, colon);
  credential.password = decoded->substr(colon + 1);
  return credential;
}

Credential FromHelper(const HelperAnswer& answer) {
  if (answer.username == kTokenUser) return {{}, {}, answer.secret, {}};
  return {answer.username, answer.secret, {}, {}};
}

// One config.json.
class ConfigFile {
 public:
  ConfigFile(std::string path, Json json)
      : path_(std::move(path)), json_(std::move(json)) {}

  Result<std::optional<Credential>> Find(const std::vector<std::string>& keys,
                                         const std::string& helper_path,
                                         Deadline deadline) const {
    const std::string& host = keys.back();
    const std::string helper = HelperFor(host);
    if (!helper.empty()) {
      const std::string server(host == "docker.io" ? kDockerKey : host);
      auto answer = RunHelper({helper, helper_path, server}, deadline);
      if (!answer) return WithContext(answer.error(), path_);
      if (*answer) return std::optional(FromHelper(**answer));
    }
    return FindEntry(keys);
  }

 private:
  std::string HelperFor(const std::string& host) const {
    if (const Json::Object* helpers = json_.FindObject("credHelpers")) {
      for (const auto& [key, name] : *helpers) {
        const std::string* text = name.AsString();
        if (text != nullptr && NormalKey(key) == host) return *text;
      }
    }
    const std::string* store = json_.FindString("credsStore");
    return store == nullptr ? std::string() : *store;
  }

  Result<std::optional<Credential>> FindEntry(
      const std::vector<std::string>& keys) const {
    const Json::Object* entries = json_.FindObject("auths");
    if (entries == nullptr) return std::optional<Credential>();
    for (const std::string& wanted : keys) {
      for (const auto& [key, entry] : *entries) {
        if (NormalKey(key) != wanted) continue;
        auto credential = ReadEntry(entry, path_ + ": auths." + key);
        if (!credential) return credential.error();
        if (credential->username.empty() &&
            credential->identity_token.empty() &&
            credential->registry_token.empty()) {
          continue;  // docker leaves {} where a helper has the secret
        }
        return std::optional(std::move(*credential));
      }
    }
    return std::optional<Credential>();
  }

  std::string path_;
  Json json_;
};

// nullopt when there is no such file.
Result<std::optional<ConfigFile>> ReadConfig(const std::string& path) {
  const auto bytes = ReadFile(path, limits::kPolicyFileBytes);
  if (!bytes && bytes.error().reason == Reason::kNotFound) {
    return std::optional<ConfigFile>();
  }
  if (!bytes) return bytes.error();
  auto json = Json::Parse(*bytes, limits::kPolicyFileBytes);
  if (!json || json->AsObject() == nullptr) {
    return Fail(Reason::kConfigurationMalformed,
                path + ": " +
                    (json ? std::string("not an object")
                          : std::string(Describe(json.error().reason).id) +
                                " " + json.error().detail));
  }
  return std::optional(ConfigFile(path, std::move(*json)));
}

}  // namespace

std::string Credential::Basic() const {
  return "Basic " + Base64Encode(username + ":" + password);
}

bool GivenCredential::IsFor(std::string_view host) const {
  return host == registry || (IsDockerHub(host) && IsDockerHub(registry));
}

bool IsAddressOf(std::string_view address, std::string_view registry) {
  const std::string key = NormalKey(address);
  return key.substr(0, key.find('/')) ==
         (IsDockerHub(registry) ? "docker.io" : registry);
}

Result<std::optional<Credential>> Credentials::Find(std::string_view host,
                                                    std::string_view path,
                                                    Deadline deadline) const {
  const std::vector<std::string> keys = WantedKeys(host, path);
  for (const std::string& file : files_) {
    auto config = ReadConfig(file);
    if (!config) return config.error();
    if (!*config) continue;
    auto found = (*config)->Find(keys, helper_path_, deadline);
    if (!found || *found) return found;
  }
  return std::optional<Credential>();
}

}  // namespace assay::registry
