// What kubectl reads as $KUBECONFIG (v1 of Config), as far as it is safe and
// needs no other program.
#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/yaml.h"
#include "io/files/files.h"
#include "io/kubernetes/cluster_access.h"

namespace assay {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 8> kTopKeys = {
    "apiVersion", "kind",  "current-context", "contexts",
    "clusters",   "users", "preferences",     "extensions"};
constexpr std::array<std::string_view, 4> kContextKeys = {
    "cluster", "user", "namespace", "extensions"};
constexpr std::array<std::string_view, 5> kClusterKeys = {
    "server", "certificate-authority", "certificate-authority-data",
    "disable-compression", "extensions"};
constexpr std::array<std::string_view, 7> kUserKeys = {
    "client-certificate",
    "client-certificate-data",
    "client-key",
    "client-key-data",
    "token",
    "tokenFile",
    "extensions"};

Error BadKubeconfig(std::string detail) {
  return Fail(Reason::kConfigurationMalformed, std::move(detail));
}

Status CheckKeys(const Json& table, Words known, const std::string& where) {
  const auto* members = table.AsObject();
  if (members == nullptr) return BadKubeconfig(where + " is no map");
  for (const auto& member : *members) {
    if (std::find(known.begin(), known.end(), member.first) != known.end()) {
      continue;
    }
    return BadKubeconfig(where + ": '" + Printable(member.first, 80) +
                         "' is not supported");
  }
  return Ok();
}

// The one entry of that name in one of the lists.
Result<const Json*> FindNamed(const Json& config, std::string_view list,
                              std::string_view kind, std::string_view name,
                              Words known) {
  const std::string where =
      std::string(kind) + " '" + Printable(name, 80) + "'";
  const auto* entries = config.FindArray(list);
  if (entries == nullptr) return BadKubeconfig(where + " is not there");
  const Json* found = nullptr;
  for (const Json& entry : *entries) {
    const auto* its_name = entry.FindString("name");
    if (its_name == nullptr || *its_name != name) continue;
    if (found != nullptr) return BadKubeconfig(where + " is there twice");
    found = &entry;
  }
  const Json* body = found == nullptr ? nullptr : found->Find(kind);
  if (body == nullptr) return BadKubeconfig(where + " is not there");
  const Status checked = CheckKeys(*body, known, where);
  if (!checked) return checked.error();
  return body;
}

Result<std::string> TextOf(const Json& table, std::string_view key) {
  const Json* value = table.Find(key);
  if (value == nullptr) return std::string();
  if (value->AsString() == nullptr) {
    return BadKubeconfig("'" + std::string(key) + "' is no text");
  }
  return *value->AsString();
}

// KEY names a file, KEY-data is what would be in it, as base64, and goes first.
class Material {
 public:
  Material(const Json& table, const std::string& folder)
      : table_(table), folder_(folder) {}

  Status Read(const std::string& key, FileTrust trust, std::string& to) const {
    const auto data = TextOf(table_, key + "-data");
    if (!data) return data.error();
    if (!data->empty()) {
      auto bytes = Base64Decode(*data);
      if (!bytes) return BadKubeconfig("'" + key + "-data' is no base64");
      to = *std::move(bytes);
      return Ok();
    }
    return ReadNamed(key, trust, to);
  }

  Status ReadNamed(const std::string& key, FileTrust trust,
                   std::string& to) const {
    const auto name = TextOf(table_, key);
    if (!name) return name.error();
    if (name->empty()) return Ok();
    auto bytes =
        ReadFile(name->starts_with('/') ? *name : folder_ + "/" + *name,
                 limits::kKeyFileBytes, trust);
    if (!bytes) return bytes.error();
    to = *std::move(bytes);
    return Ok();
  }

 private:
  const Json& table_;
  const std::string& folder_;
};

Status ReadCluster(const Json& table, const std::string& folder,
                   ClusterIdentity& cluster) {
  auto server = TextOf(table, "server");
  if (!server) return server.error();
  cluster.server = *std::move(server);
  while (cluster.server.ends_with('/')) cluster.server.pop_back();
  const std::string key = "certificate-authority";
  const Status read =
      Material(table, folder)
          .Read(key, FileTrust::kOwnerOrRoot, cluster.authorities);
  if (!read) return read;
  // Whoever names authorities does not mean the system's.
  const bool named =
      table.Find(key) != nullptr || table.Find(key + "-data") != nullptr;
  if (!named || !cluster.authorities.empty()) return Ok();
  return BadKubeconfig("its " + key + " is empty");
}

Status ReadUser(const Json& table, const std::string& folder,
                ClusterAccess& access) {
  const Material material(table, folder);
  Status read = material.Read("client-certificate", FileTrust::kAnyone,
                              access.client_certificate);
  if (read) {
    read = material.Read("client-key", FileTrust::kAnyone, access.client_key);
  }
  // As in clients of Kubernetes, a file goes before what is written out.
  if (read) {
    read = material.ReadNamed("tokenFile", FileTrust::kAnyone, access.token);
  }
  if (!read) return read;
  if (access.client_certificate.empty() != access.client_key.empty()) {
    return BadKubeconfig(
        "a client certificate needs its key, and a key its certificate");
  }
  if (access.token.empty()) {
    auto token = TextOf(table, "token");
    if (!token) return token.error();
    access.token = *std::move(token);
  }
  access.token.erase(access.token.find_last_not_of("\r\n") + 1);
  return Ok();
}

// A file as kubectl reads it, and the context that is the current one.
struct Kubeconfig {
  Json config;
  std::string cluster;
  std::string user;
};

Result<Kubeconfig> ParseKubeconfig(std::string_view text) {
  auto config = ParseYaml(text);
  if (!config) return config.error();
  const Status checked = CheckKeys(*config, kTopKeys, "the kubeconfig");
  if (!checked) return checked.error();
  const auto* version = config->FindString("apiVersion");
  const auto* kind = config->FindString("kind");
  if (version == nullptr || *version != "v1" || kind == nullptr ||
      *kind != "Config") {
    return BadKubeconfig("it is no Config of the apiVersion v1");
  }
  const auto current = TextOf(*config, "current-context");
  if (!current) return current.error();
  const auto context =
      FindNamed(*config, "contexts", "context", *current, kContextKeys);
  if (!context) return context.error();
  auto cluster = TextOf(**context, "cluster");
  if (!cluster) return cluster.error();
  auto user = TextOf(**context, "user");
  if (!user) return user.error();
  return Kubeconfig{*std::move(config), *std::move(cluster), *std::move(user)};
}

Result<ClusterIdentity> ReadClusterOf(const Kubeconfig& all,
                                      const std::string& folder) {
  const auto found =
      FindNamed(all.config, "clusters", "cluster", all.cluster, kClusterKeys);
  if (!found) return found.error();
  ClusterIdentity cluster;
  const Status read = ReadCluster(**found, folder, cluster);
  if (!read) return read.error();
  return cluster;
}

}  // namespace

Result<ClusterIdentity> ReadKubeconfigCluster(std::string_view text,
                                              const std::string& folder) {
  const auto all = ParseKubeconfig(text);
  if (!all) return all.error();
  return ReadClusterOf(*all, folder);
}

Result<ClusterAccess> ReadKubeconfig(std::string_view text,
                                     const std::string& folder) {
  const auto all = ParseKubeconfig(text);
  if (!all) return all.error();
  auto cluster = ReadClusterOf(*all, folder);
  if (!cluster) return cluster.error();
  const auto user =
      FindNamed(all->config, "users", "user", all->user, kUserKeys);
  if (!user) return user.error();
  ClusterAccess access;
  access.cluster = *std::move(cluster);
  const Status read = ReadUser(**user, folder, access);
  if (!read) return read.error();
  return access;
}

}  // namespace assay
