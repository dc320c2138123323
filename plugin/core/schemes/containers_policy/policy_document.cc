#include "core/schemes/containers_policy/policy_document.h"

#include <utility>

#include "base/json.h"
#include "base/limits.h"
#include "core/schemes/containers_policy/requirement_reader.h"
#include "core/schemes/containers_policy/transport_scopes.h"
#include "core/schemes/imported_json.h"
#include "core/subject/containers_scopes.h"

namespace assay {
namespace {

using imported::At;
using imported::Bad;
using imported::CheckObject;

// The transport that images of registries are known by.
constexpr std::string_view kRegistries = "docker";

Result<std::vector<PolicyRequirement>> ReadRequirements(
    const Json& json, const std::string& place) {
  const auto* list = json.AsArray();
  if (list == nullptr || list->empty()) {
    return Bad(place, "it must be a list of at least one requirement");
  }
  std::vector<PolicyRequirement> all;
  for (const Json& one : *list) {
    auto requirement = ReadPolicyRequirement(one, At(place, all.size()));
    if (!requirement) return requirement.error();
    all.push_back(*std::move(requirement));
  }
  return all;
}

}  // namespace

class PolicyDocumentReader {
 public:
  Result<ContainersPolicy> Read(const Json& json) {
    auto status = CheckObject(json, "", {"default", "transports"});
    if (!status) return status.error();
    const auto* otherwise = json.Find("default");
    if (otherwise == nullptr) return Bad("default", "it is missing");
    status = Add("default", *otherwise, "default");
    if (!status) return status.error();
    const auto* transports = json.Find("transports");
    if (transports == nullptr) return std::move(policy_);
    status = ReadTransports(*transports);
    if (!status) return status.error();
    return std::move(policy_);
  }

 private:
  Status Add(std::string name, const Json& json, const std::string& place) {
    auto all = ReadRequirements(json, place);
    if (!all) return all.error();
    policy_.scopes_.push_back({std::move(name), *std::move(all)});
    return Ok();
  }

  Status ReadTransports(const Json& json) {
    const auto* transports = json.AsObject();
    if (transports == nullptr) return Bad("transports", "it must be an object");
    for (const auto& [transport, scopes] : *transports) {
      const auto read = ReadTransport(transport, scopes);
      if (!read) return read;
    }
    return Ok();
  }

  // Of other transports nothing is kept: images here are never theirs.
  Status ReadTransport(const std::string& transport, const Json& json) {
    const std::string place = At("transports", transport);
    const auto* scopes = json.AsObject();
    if (scopes == nullptr) return Bad(place, "it must be an object");
    for (const auto& [scope, requirements] : *scopes) {
      const auto fits = CheckTransportScope(transport, scope);
      if (!fits) return Bad(place, fits.error().detail);
      const std::string inner = At(place, scope);
      const auto read = transport == kRegistries
                            ? ReadDocker(scope, requirements, inner)
                            : Discard(requirements, inner);
      if (!read) return read;
    }
    return Ok();
  }

  static Status Discard(const Json& json, const std::string& place) {
    const auto all = ReadRequirements(json, place);
    return all ? Ok() : all.error();
  }

  Status ReadDocker(const std::string& scope, const Json& json,
                    const std::string& place) {
    policy_.docker_.emplace(scope, policy_.scopes_.size());
    if (!IsDockerScope(scope)) policy_.unmatchable_.push_back(scope);
    return Add(scope.empty() ? "docker" : "docker, " + scope, json, place);
  }

  ContainersPolicy policy_;
};

Result<ContainersPolicy> ContainersPolicy::Parse(std::string_view text) {
  const auto json = Json::Parse(text, limits::kPolicyFileBytes);
  if (!json) {
    const Error& error = json.error();
    return Bad(std::string(Describe(error.reason).sentence), error.detail);
  }
  return PolicyDocumentReader().Read(*json);
}

std::size_t ContainersPolicy::Find(const Reference& name) const {
  auto scopes = ContainersScopes(name);
  scopes.emplace_back();
  for (const std::string& scope : scopes) {
    const auto found = docker_.find(scope);
    if (found != docker_.end()) return found->second;
  }
  return 0;
}

}  // namespace assay
