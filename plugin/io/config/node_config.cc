#include "io/config/node_config.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "io/files/files.h"

namespace assay {
namespace {

template <typename T, typename U>
void Take(T& setting, std::optional<U> value) {
  if (value) setting = *std::move(value);
}

void TakeSize(TomlReader& reader, std::string_view key,
              std::uint64_t& setting) {
  const auto value = reader.Int(key);
  if (!value) return;
  if (*value < 1) {
    reader.Complain(key, "must be at least 1");
    return;
  }
  setting = static_cast<std::uint64_t>(*value);
}

void ReadCreate(const Toml& table, Diagnostics& diagnostics,
                NodeConfig& config) {
  TomlReader reader(table, diagnostics);
  if (const auto restore = reader.String("restore")) {
    if (*restore != "reject" && *restore != "allow") {
      reader.Complain("restore", "must be \"reject\" or \"allow\"");
    }
    config.allow_restore = *restore == "allow";
  }
  reader.Finish();
}

void ReadContainerd(const Toml& table, Diagnostics& diagnostics,
                    NodeConfig& config) {
  TomlReader reader(table, diagnostics);
  Take(config.containerd_address, reader.String("address"));
  Take(config.trusted_snapshotters, reader.Strings("trusted_snapshotters"));
  reader.Finish();
}

void ReadAudit(const Toml& table, Diagnostics& diagnostics,
               NodeConfig& config) {
  TomlReader reader(table, diagnostics);
  TakeSize(reader, "max_bytes", config.audit.file_bytes);
  TakeSize(reader, "full_files", config.audit.full_files);
  reader.Finish();
}

// Records are compared with paths as texts, so that only plain ones count.
void TakeFolders(TomlReader& reader, std::string_view key,
                 const std::vector<std::string>& folders,
                 std::vector<std::string>& setting) {
  for (const std::string& folder : folders) {
    if (!folder.starts_with('/') || folder.ends_with('/') ||
        folder.find("/../") != std::string::npos ||
        folder.find("//") != std::string::npos) {
      reader.Complain(key, "must be absolute paths without a slash at the end");
    }
  }
  setting = folders;
}

void ReadStorage(const Toml& table, Diagnostics& diagnostics,
                 NodeConfig& config) {
  TomlReader reader(table, diagnostics);
  auto roots = reader.Strings("roots");
  auto run_roots = reader.Strings("run_roots");
  if (roots) TakeFolders(reader, "roots", *roots, config.storage_roots);
  if (run_roots) {
    TakeFolders(reader, "run_roots", *run_roots, config.storage_run_roots);
  }
  reader.Finish();
}

void ReadRegistry(const Toml& table, Diagnostics& diagnostics,
                  NodeConfig& config) {
  TomlReader reader(table, diagnostics);
  Take(config.hosts_dirs, reader.Strings("hosts_dirs"));
  Take(config.credential_files, reader.Strings("credential_files"));
  Take(config.trusted_realms, reader.Strings("trusted_realms"));
  reader.Finish();
}

void ReadEvidence(const Toml& table, Diagnostics& diagnostics,
                  NodeConfig& config) {
  TomlReader reader(table, diagnostics);
  TakeSize(reader, "max_bytes", config.evidence_max_bytes);
  TakeSize(reader, "max_age_days", config.evidence_max_age_days);
  reader.Finish();
}

// "" where the address is one that a mirror may have.
std::string MirrorProblem(std::string_view url) {
  if (url.starts_with("https://")) return {};
  for (const auto* host : {"localhost", "127.0.0.1", "[::1]"}) {
    const std::string base = "http://" + std::string(host);
    if (!url.starts_with(base)) continue;
    if (url.size() == base.size() || url[base.size()] == '/' ||
        url[base.size()] == ':') {
      return {};
    }
  }
  return "must begin with https:// (or be http:// on this host)";
}

void ReadTuf(const Toml& table, Diagnostics& diagnostics, NodeConfig& config) {
  constexpr std::uint64_t kMostHours = 24UL * 366;
  TomlReader reader(table, diagnostics);
  TufSettings tuf = config.tuf.value_or(TufSettings{});
  Take(tuf.mirror, reader.String("mirror"));
  Take(tuf.root, reader.String("root"));
  Take(tuf.ca, reader.String("ca"));
  TakeSize(reader, "refresh_minutes", tuf.refresh_minutes);
  if (const auto hours = reader.Int("stale_after_hours")) {
    if (*hours < 0) reader.Complain("stale_after_hours", "is negative");
    tuf.stale_after_hours = static_cast<std::uint64_t>(*hours);
  }
  const std::string problem = MirrorProblem(tuf.mirror);
  if (!problem.empty()) reader.Complain("mirror", problem);
  if (tuf.root.empty()) reader.Missing("root");
  if (tuf.refresh_minutes > kMostHours * 60) {
    reader.Complain("refresh_minutes", "is more than a year");
  }
  if (tuf.stale_after_hours > kMostHours) {
    reader.Complain("stale_after_hours", "is more than a year");
  }
  reader.Finish();
  config.tuf = std::move(tuf);
}

void ReadTrust(const Toml& table, Diagnostics& diagnostics,
               NodeConfig& config) {
  TomlReader reader(table, diagnostics);
  if (const Toml* tuf = reader.TableValue("tuf")) {
    ReadTuf(*tuf, diagnostics, config);
  }
  reader.Finish();
}

void ReadKubernetes(const Toml& table, Diagnostics& diagnostics,
                    NodeConfig& config) {
  TomlReader reader(table, diagnostics);
  auto settings = config.kubernetes.value_or(KubernetesSettings{});
  Take(settings.kubeconfig, reader.String("kubeconfig"));
  const std::string& path = settings.kubeconfig;
  if (!path.empty() && !path.starts_with('/')) {
    reader.Complain("kubeconfig", "must be an absolute path");
  }
  reader.Finish();
  config.kubernetes = std::move(settings);
}

void ReadImageProxy(const Toml& table, Diagnostics& diagnostics,
                    NodeConfig& config) {
  TomlReader reader(table, diagnostics);
  auto settings = config.image_proxy.value_or(ImageProxySettings{});
  Take(settings.address, reader.String("address"));
  if (!settings.address.empty() && !settings.address.starts_with('/')) {
    reader.Complain("address", "must be an absolute path");
  }
  reader.Finish();
  config.image_proxy = std::move(settings);
}

void ReadNri(const Toml& table, Diagnostics& diagnostics, NodeConfig& config) {
  TomlReader reader(table, diagnostics);
  auto settings = config.nri.value_or(NriSettings{});
  Take(settings.socket, reader.String("socket"));
  const std::string& path = settings.socket;
  if (!path.empty() && !path.starts_with('/')) {
    reader.Complain("socket", "must be an absolute path");
  }
  reader.Finish();
  config.nri = std::move(settings);
}

void ReadMetrics(const Toml& table, Diagnostics& diagnostics,
                 NodeConfig& config) {
  TomlReader reader(table, diagnostics);
  if (const auto listen = reader.String("listen")) {
    config.metrics = MetricsSettings::Parse(*listen);
    if (!config.metrics) {
      reader.Complain("listen",
                      "must be IP:PORT, [IP]:PORT or unix:/absolute/path");
    }
  } else {
    reader.Missing("listen");
  }
  reader.Finish();
}

struct Section {
  std::string_view name;
  void (*read)(const Toml&, Diagnostics&, NodeConfig&);
};

constexpr Section kSections[] = {{"create", ReadCreate},
                                 {"containerd", ReadContainerd},
                                 {"storage", ReadStorage},
                                 {"registry", ReadRegistry},
                                 {"evidence", ReadEvidence},
                                 {"audit", ReadAudit},
                                 {"trust", ReadTrust},
                                 {"kubernetes", ReadKubernetes},
                                 {"image_proxy", ReadImageProxy},
                                 {"nri", ReadNri},
                                 {"metrics", ReadMetrics}};

void ReadDocument(const Toml& document, Diagnostics& diagnostics,
                  NodeConfig& config) {
  TomlReader reader(document, diagnostics);
  for (const Section& section : kSections) {
    if (const Toml* table = reader.TableValue(section.name)) {
      section.read(*table, diagnostics, config);
    }
  }
  reader.Finish();
}

void ReadOne(const std::string& path, Diagnostics& diagnostics,
             NodeConfig& config) {
  const auto text =
      ReadFile(path, limits::kPolicyFileBytes, FileTrust::kOwnerOrRoot);
  if (!text) {
    if (text.error().reason == Reason::kNotFound) return;
    diagnostics.push_back(
        {text.error().reason, {path, 0, 0}, text.error().detail, {}});
    return;
  }
  if (const auto document = Toml::Parse(*text, path, diagnostics)) {
    ReadDocument(*document, diagnostics, config);
  }
}

// The listed *.toml files of a folder; an absent folder has none.
std::vector<std::string> FilesOf(const std::string& folder,
                                 Diagnostics& diagnostics) {
  std::vector<std::string> paths;
  const auto names = ListFolder(folder);
  if (!names) {
    if (names.error().reason != Reason::kNotFound) {
      diagnostics.push_back(
          {names.error().reason, {folder, 0, 0}, names.error().detail, {}});
    }
    return paths;
  }
  for (const std::string& name : *names) {
    if (name.ends_with(".toml")) paths.push_back(folder + "/" + name);
  }
  return paths;
}

void PutBelow(const std::string& root, std::vector<std::string>& paths) {
  for (std::string& path : paths) path.insert(0, root);
}

}  // namespace

std::optional<NodeConfig> NodeConfig::Load(const Paths& paths,
                                           Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  NodeConfig config;
  // The built-in paths move with the root; written ones are what they say.
  PutBelow(paths.root(), config.hosts_dirs);
  PutBelow(paths.root(), config.credential_files);
  config.containerd_address.insert(0, paths.root());
  PutBelow(paths.root(), config.storage_roots);
  PutBelow(paths.root(), config.storage_run_roots);
  ReadOne(paths.Config(), diagnostics, config);
  for (const std::string& path : FilesOf(paths.ConfigDir(), diagnostics)) {
    ReadOne(path, diagnostics, config);
  }
  if (config.nri && config.nri->socket.empty()) {
    config.nri->socket = paths.root() + "/run/nri/nri.sock";
  }
  if (diagnostics.size() != before) return std::nullopt;
  return config;
}

Result<NodeConfig> NodeConfig::Read(const Paths& paths) {
  Diagnostics diagnostics;
  auto config = Load(paths, diagnostics);
  if (config) return *std::move(config);
  std::string text;
  for (const Diagnostic& problem : diagnostics) {
    text += (text.empty() ? "" : "; ") + problem.str();
  }
  return Fail(Reason::kConfigurationMalformed, std::move(text));
}

std::vector<std::string> NodeConfig::Doors() const {
  std::vector<std::string> doors;
  if (allow_restore) {
    doors.emplace_back(
        "[create] restore = \"allow\": the memory and files of a checkpoint "
        "start unverified");
  }
  for (const std::string& name : trusted_snapshotters) {
    doors.push_back("[containerd] trusted_snapshotters: what " +
                    Printable(name, 80) + " mounts is believed unhashed");
  }
  return doors;
}

}  // namespace assay
