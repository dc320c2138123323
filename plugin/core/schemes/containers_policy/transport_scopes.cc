#include "core/schemes/containers_policy/transport_scopes.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "core/schemes/simple_signing/identity_match.h"

namespace assay {
namespace {

// An absolute path with nothing in it that could be left out, and not "/".
bool IsCleanPath(std::string_view path) {
  if (path.size() < 2 || path.front() != '/' || path.back() == '/') {
    return false;
  }
  constexpr auto kNeedless =
      std::to_array<std::string_view>({"//", "/./", "/../"});
  const std::string closed = std::string(path) + "/";
  return std::all_of(kNeedless.begin(), kNeedless.end(),
                     [&](std::string_view part) {
                       return closed.find(part) == std::string::npos;
                     });
}

bool IsNothing(std::string_view /*scope*/) { return false; }

// A digest names an image and nothing that others could be in.
bool IsNoDigest(std::string_view scope) { return !Digest::Parse(scope); }

// HOST[/NAMESPACE[/STREAM[:TAG]]] of OpenShift.
bool IsStream(std::string_view scope) {
  std::size_t parts = 0;
  for (;;) {
    const std::size_t slash = scope.find('/');
    std::string_view part = scope.substr(0, slash);
    const bool last = slash == std::string_view::npos;
    const std::size_t colon = part.find(':');
    if (parts > 0 && colon != std::string_view::npos) {
      const std::string_view tag = part.substr(colon + 1);
      if (parts != 2 || tag.empty() || tag.find(':') != tag.npos) return false;
      part = part.substr(0, colon);
    }
    if (part.empty() || ++parts > 3) return false;
    if (last) return true;
    scope.remove_prefix(slash + 1);
  }
}

// "[GRAPH-ROOT]" or "[DRIVER@GRAPH-ROOT]", and an image's name.
bool IsInStorage(std::string_view scope) {
  const std::size_t end = scope.find(']');
  if (!scope.starts_with('[') || end == std::string_view::npos) return false;
  const std::string_view store = scope.substr(1, end - 1);
  const std::size_t at = store.find('@');
  const std::string_view root =
      at == std::string_view::npos ? store : store.substr(at + 1);
  return root.starts_with('/') && at != 0;
}

struct Transport {
  std::string_view name;
  bool (*has)(std::string_view scope);
};

constexpr auto kTransports = std::to_array<Transport>({
    {"atomic", IsStream},
    {"containers-storage", IsInStorage},
    {"dir", IsCleanPath},
    {"docker-archive", IsNothing},
    {"docker-daemon", IsNoDigest},
    {"oci", IsCleanPath},
    {"oci-archive", IsCleanPath},
    {"sif", IsCleanPath},
    {"tarball", IsNothing},
});

bool HasCapitals(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Names have no capitals in their host here: such a scope would leave its
// images to another one without a word.
Status CheckDockerScope(const std::string& scope) {
  const std::string host = scope.substr(0, scope.find('/'));
  if (!HasCapitals(host)) return Ok();
  return Fail(Reason::kPolicyMalformed,
              "no image's host is called '" + Printable(host) +
                  "' here: write it without capitals");
}

}  // namespace

Status CheckTransportScope(std::string_view transport,
                           const std::string& scope) {
  if (scope.empty()) return Ok();
  if (transport == "docker") return CheckDockerScope(scope);
  const auto* row =
      std::find_if(kTransports.begin(), kTransports.end(),
                   [&](const Transport& one) { return one.name == transport; });
  if (row == kTransports.end() || row->has(scope)) return Ok();
  return Fail(Reason::kPolicyMalformed,
              "'" + Printable(scope) + "' is no scope of this transport");
}

bool IsDockerScope(const std::string& scope) {
  if (scope.empty()) return true;
  if (scope.starts_with("*.")) {
    return scope.find_first_of("/:") == std::string::npos &&
           IsNamePrefix("x" + scope.substr(1));
  }
  if (IsNamePrefix(scope)) return true;
  const auto name = WrittenName::Parse(scope);
  return name && name->str() == scope;
}

}  // namespace assay
