#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/toml.h"
#include "io/registry/header_scanner.h"
#include "io/registry/registry_host.h"
#include "io/registry/url.h"

namespace assay::registry {
namespace {

struct Unit {
  std::string_view name;
  double milliseconds;
};

// Of Go's time.ParseDuration; longer names first where one starts another.
constexpr Unit kUnits[] = {{"ms", 1},  {"us", 1e-3}, {"ns", 1e-6},
                           {"s", 1e3}, {"m", 60e3},  {"h", 3600e3}};

// "1m30s", "2.5s"; nullopt for anything else, for zero and for over a day.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  double total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    double number = 0;
    const auto [end, code] =
        std::from_chars(text.data(), text.data() + text.size(), number,
                        std::chars_format::fixed);
    if (code != std::errc() || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto* unit =
        std::find_if(std::begin(kUnits), std::end(kUnits),
                     [&](const Unit& u) { return text.starts_with(u.name); });
    if (unit == std::end(kUnits)) return std::nullopt;
    text.remove_prefix(unit->name.size());
    total += number * unit->milliseconds;
  }
  if (!(total >= 1) || total > 86'400e3) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(total));
}

std::string Absolute(const std::string& path, const std::string& folder) {
  return path.starts_with('/') ? path : folder + "/" + path;
}

// path.Clean of Go for absolute paths, without a final slash.
std::string CleanPath(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  std::string clean;
  for (const std::string_view part : parts) clean.append("/").append(part);
  return clean;
}

bool IsHeader(std::string_view name, std::string_view value) {
  HeaderScanner scan(name);
  const bool token = !scan.Token().empty() && scan.done();
  return token && std::all_of(value.begin(), value.end(), [](char c) {
           return c == '\t' || (c >= 0x20 && c < 0x7F);
         });
}

// Reads one table of hosts.toml: the root's or that of one [host."URL"].
class HostTable {
 public:
  HostTable(TomlReader& reader, const std::string& folder)
      : reader_(reader), folder_(folder) {}

  RegistryHost Read(const std::string& address) {
    const bool override_path = reader_.Bool("override_path").value_or(false);
    if (!address.empty()) ReadAddress(address, override_path);
    ReadCapabilities();
    ReadAuthorities();
    ReadClient();
    ReadHeaders();
    host_.skip_verify = reader_.Bool("skip_verify").value_or(false);
    if (const auto text = reader_.String("dial_timeout")) {
      host_.dial_timeout = ParseDuration(*text);
      if (!host_.dial_timeout) Complain("dial_timeout", "not a duration");
    }
    return std::move(host_);
  }

 private:
  void Complain(std::string_view key, std::string message) {
    reader_.Complain(key, std::move(message));
  }

  void ReadAddress(const std::string& address, bool override_path) {
    const bool full = address.starts_with("http");
    const auto url = Url::Parse(full ? address : "https://" + address);
    if (!url) return Complain("", "not an address: " + address);
    const std::string& text = url->str();
    const std::size_t host = text.find("://") + 3;
    const std::size_t path = text.find('/', host);
    if (text.find('?') != std::string::npos) {
      return Complain("", "an address with a query: " + address);
    }
    host_.scheme = text.substr(0, host - 3);
    host_.host = text.substr(host, path - host);
    if (path != std::string::npos) host_.path = CleanPath(text.substr(path));
    if (!override_path && !host_.path.ends_with("/v2")) host_.path += "/v2";
  }

  void ReadCapabilities() {
    const auto words = reader_.Strings("capabilities");
    if (!words || words->empty()) return;
    host_.pull = host_.resolve = host_.referrers = false;
    for (const std::string& word : *words) {
      const std::string name = LowerAscii(word);
      if (name == "pull") {
        host_.pull = true;
      } else if (name == "resolve") {
        host_.resolve = host_.referrers = true;
      } else if (name == "referrers") {
        host_.referrers = true;
      } else if (name != "push") {
        Complain("capabilities", "unknown capability \"" + word + "\"");
      }
    }
  }

  void ReadAuthorities() {
    const auto files = reader_.Strings("ca");
    if (!files) return;
    for (const std::string& file : *files) {
      host_.ca_files.push_back(Absolute(file, folder_));
    }
  }

  // A string, [string], or [[certificate, key]].
  void ReadClient() {
    const Toml* value = reader_.Value("client");
    if (value == nullptr) return;
    if (const auto* list = value->AsArray()) {
      if (list->size() != 1) {
        return Complain("client", "exactly one client certificate is used");
      }
      value = &list->front();
    }
    std::vector<std::string> files;
    if (const auto* file = value->AsString()) {
      files = {*file, *file};
    } else if (const auto* pair = value->AsArray()) {
      for (const Toml& file_value : *pair) {
        const auto* file_name = file_value.AsString();
        if (file_name != nullptr) files.push_back(*file_name);
      }
    }
    if (files.size() != 2) {
      return Complain("client", "neither a file nor a pair of files");
    }
    host_.client_cert = Absolute(files[0], folder_);
    host_.client_key = Absolute(files[1], folder_);
  }

  void ReadHeaders() {
    const Toml* table = reader_.TableValue("header");
    if (table == nullptr) return;
    for (const auto& [name, value] : *table->AsTable()) {
      std::vector<const Toml*> values = {&value};
      if (const auto* list = value.AsArray()) {
        values.clear();
        for (const Toml& element : *list) values.push_back(&element);
      }
      for (const Toml* element : values) {
        const std::string* text = element->AsString();
        if (text == nullptr || !IsHeader(name, *text)) {
          Complain("header", "not a header: " + name);
        } else {
          host_.headers.push_back(name + ": " + *text);
        }
      }
    }
  }

  TomlReader& reader_;
  const std::string& folder_;
  RegistryHost host_;
};

// The tables of [host], in the order of the file.
std::vector<std::pair<std::string, const Toml*>> SortedHosts(
    const Toml& hosts) {
  std::vector<std::pair<std::string, const Toml*>> sorted;
  for (const auto& [address, table] : *hosts.AsTable()) {
    sorted.emplace_back(address, &table);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) {
    const TomlPosition& left = a.second->position();
    const TomlPosition& right = b.second->position();
    return std::tie(left.line, left.column) <
           std::tie(right.line, right.column);
  });
  return sorted;
}

}  // namespace

Result<std::vector<RegistryHost>> ParseHostsToml(std::string_view text,
                                                 const std::string& folder) {
  Diagnostics diagnostics;
  std::vector<RegistryHost> hosts;
  const auto root = Toml::Parse(text, folder + "/hosts.toml", diagnostics);
  if (root) {
    TomlReader reader(*root, diagnostics);
    const std::string server = reader.String("server").value_or("");
    if (const Toml* tables = reader.TableValue("host")) {
      for (const auto& [address, table] : SortedHosts(*tables)) {
        TomlReader inner(*table, diagnostics);
        hosts.push_back(HostTable(inner, folder).Read(address));
        inner.Finish();
      }
    }
    hosts.push_back(HostTable(reader, folder).Read(server));
    reader.Finish();
  }
  if (diagnostics.empty()) return hosts;
  return Fail(Reason::kConfigurationMalformed, diagnostics.front().str());
}

}  // namespace assay::registry
