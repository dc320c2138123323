// Property: in a trust policy that reads, each repository is judged by the one
// statement that names it, and nothing is let pass unsigned but what a
// statement names.
#include <cstdint>
#include <cstdlib>

#include "core/schemes/notation/trust_policy.h"

namespace {

bool IsWhole(const assay::TrustStatement& one) {
  const bool trusts = !one.stores.empty();
  const bool everywhere = one.scopes.front() == "*";
  return !one.name.empty() && one.skips != trusts &&
         !(one.skips && (everywhere || one.identities.anybody)) &&
         (!everywhere || one.scopes.size() == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = assay::TrustPolicy::Parse(text);
  if (!policy) return 0;
  for (const auto& one : policy->statements()) {
    if (!IsWhole(one)) std::abort();
    for (const auto& scope : one.scopes) {
      if (policy->Find(scope) != &one) std::abort();
    }
  }
  const auto* rest = policy->Find("registry.example.com/named/by/nobody");
  if (rest != nullptr && rest->skips) std::abort();
  return 0;
}
