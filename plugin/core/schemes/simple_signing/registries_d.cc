#include "core/schemes/simple_signing/registries_d.h"

#include <array>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/yaml.h"

namespace assay {
namespace {

constexpr std::string_view kBuiltInStore = "/var/lib/containers/sigstore";

Error MalformedRegistries(std::string detail) {
  return Fail(Reason::kPolicyMalformed, std::move(detail));
}

bool IsAbsentMember(const Json* value) {
  return value == nullptr || value->IsNull();
}

// The store that a section names for reading; "sigstore" is what "lookaside"
// was called before.
Result<std::optional<LookasideAddress>> StoreIn(const Json& section,
                                                const std::string& where) {
  using Found = std::optional<LookasideAddress>;
  if (section.IsNull()) return Found();
  if (section.AsObject() == nullptr)
    return MalformedRegistries(where + " is no mapping");
  for (const std::string_view key : {"lookaside", "sigstore"}) {
    const Json* value = section.Find(key);
    if (IsAbsentMember(value)) continue;
    const std::string* text = value->AsString();
    if (text == nullptr)
      return MalformedRegistries(where + ": " + std::string(key));
    if (text->empty()) continue;
    auto store = LookasideAddress::Parse(*text);
    if (!store) return WithContext(store.error(), where);
    return Found(*std::move(store));
  }
  return Found();
}

// Collects what several files say.
class RegistriesMerger {
 public:
  Status Add(const TrustFile& file) {
    const auto yaml = ParseYaml(file.bytes);
    if (!yaml) return WithContext(yaml.error(), file.path);
    if (yaml->IsNull()) return Ok();
    if (yaml->AsObject() == nullptr)
      return MalformedRegistries(file.path + " is no mapping");
    if (const Json* rest = yaml->Find("default-docker");
        !IsAbsentMember(rest)) {
      auto added = AddRest(*rest, file.path);
      if (!added) return added;
    }
    const Json* scopes = yaml->Find("docker");
    return IsAbsentMember(scopes) ? Ok() : AddScopes(*scopes, file.path);
  }

  LookasideStores Stores(LookasideAddress built_in) && {
    return {std::move(stores_), rest_.value_or(std::move(built_in))};
  }

 private:
  Status AddRest(const Json& section, const std::string& path) {
    const std::string where = path + ": default-docker";
    if (has_rest_)
      return MalformedRegistries(where + " is in another file, too");
    has_rest_ = true;
    auto store = StoreIn(section, where);
    if (!store) return store.error();
    rest_ = *std::move(store);
    return Ok();
  }

  Status AddScopes(const Json& scopes, const std::string& path) {
    const auto* members = scopes.AsObject();
    if (members == nullptr)
      return MalformedRegistries(path + ": docker is no mapping");
    for (const auto& [scope, section] : *members) {
      const std::string where = path + ": docker: " + Printable(scope);
      if (!known_.insert(scope).second) {
        return MalformedRegistries(where + " is in another file, too");
      }
      if (known_.size() > limits::kLookasideScopes) {
        return MalformedRegistries(path + ": too many scopes");
      }
      auto store = StoreIn(section, where);
      if (!store) return store.error();
      if (*store) stores_.emplace(scope, **std::move(store));
    }
    return Ok();
  }

  std::set<std::string, std::less<>> known_;
  std::map<std::string, LookasideAddress, std::less<>> stores_;
  std::optional<LookasideAddress> rest_;
  bool has_rest_ = false;
};

}  // namespace

Result<std::shared_ptr<const LookasideStores>> ReadRegistriesD(
    TrustFiles& files, std::string_view folder) {
  const auto read = files.ReadSettings(folder, ".yaml");
  if (!read) return read.error();
  RegistriesMerger merger;
  for (const TrustFile& file : *read) {
    auto added = merger.Add(file);
    if (!added) return added.error();
  }
  auto built_in =
      LookasideAddress::Parse("file://" + files.OnNode(kBuiltInStore));
  if (!built_in) return built_in.error();
  return std::make_shared<const LookasideStores>(
      std::move(merger).Stores(*std::move(built_in)));
}

std::vector<std::string> RegistriesDWarnings(TrustFiles& files,
                                             const std::string& folder) {
  const auto read = files.ReadSettings(folder, ".yaml");
  if (!read || !read->empty()) return {};
  return {"registries_d: " + Printable(folder) + " holds no *.yaml file"};
}

}  // namespace assay
