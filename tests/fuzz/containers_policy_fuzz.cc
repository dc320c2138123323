// Property: in a policy.json that reads, every scope asks for something, what
// names keys names at least one of exactly one form, and one scope decides
// about any image: the one that has its name, where there is one.
#include <cstdint>
#include <cstdlib>

#include "core/schemes/containers_policy/policy_document.h"

namespace {

bool IsMaterial(const assay::PolicyMaterial& one) {
  return one.path.empty() ? !one.data.empty()
                          : one.data.empty() && one.path.front() == '/';
}

bool AreMaterials(const std::vector<assay::PolicyMaterial>& all) {
  for (const auto& one : all) {
    if (!IsMaterial(one)) return false;
  }
  return !all.empty();
}

struct IsWhole {
  bool operator()(const assay::RejectsAll& one) const {
    return !one.why.empty();
  }
  bool operator()(const assay::AcceptsAnything& /*one*/) const { return true; }
  bool operator()(const assay::SignedBy& one) const {
    return AreMaterials(one.keyrings);
  }
  bool operator()(const assay::SigstoreSigned& one) const {
    if (!one.logs.empty() && !AreMaterials(one.logs)) return false;
    if (const auto* fulcio = std::get_if<assay::FulcioAuthority>(&one.by)) {
      return IsMaterial(fulcio->authorities) && !fulcio->issuer.empty() &&
             !fulcio->email.empty() && !one.logs.empty();
    }
    if (const auto* pki = std::get_if<assay::PkiAuthority>(&one.by)) {
      return IsMaterial(pki->roots) && one.logs.empty() &&
             !(pki->email.empty() && pki->host.empty());
    }
    return AreMaterials(std::get<0>(one.by));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = assay::ContainersPolicy::Parse(text);
  if (!policy) return 0;
  const auto& scopes = policy->scopes();
  if (scopes.empty() || scopes.front().name != "default") std::abort();
  for (const auto& scope : scopes) {
    if (scope.all.empty()) std::abort();
    for (const auto& one : scope.all) {
      if (!std::visit(IsWhole{}, one)) std::abort();
    }
    constexpr std::string_view kLead = "docker, ";
    if (!scope.name.starts_with(kLead)) continue;
    const std::string name = scope.name.substr(kLead.size());
    const auto image = assay::Reference::Parse(name);
    if (!image || image->str() != name) continue;
    if (image->tag() && image->digest()) continue;  // never asked for so
    if (&scopes.at(policy->Find(*image)) != &scope) std::abort();
  }
  const auto other = assay::Reference::Parse("registry.example.com/a/b:1");
  if (policy->Find(*other) >= scopes.size()) std::abort();
  return 0;
}
