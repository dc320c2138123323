#include "core/schemes/scheme_table.h"

#include <algorithm>
#include <array>

#include "core/schemes/containers_policy/containers_policy_signer.h"
#include "core/schemes/dct/dct_signer.h"
#include "core/schemes/detached/openssl_signer.h"
#include "core/schemes/notation/notation_policy_signer.h"
#include "core/schemes/notation/notation_signer.h"
#include "core/schemes/openpgp/openpgp_signer.h"
#include "core/schemes/sigstore/key_signer.h"
#include "core/schemes/sigstore/keyless_signer.h"

namespace assay {
namespace {

constexpr auto kSchemes = std::to_array<Scheme>({
    {kSigstoreKeyType, SigstoreKeySigner::Read, true},
    {kSigstoreKeylessType, SigstoreKeylessSigner::Read, true},
    {kNotationType, NotationSigner::Read},
    {kNotationPolicyType, NotationPolicySigner::Read},
    {kContainersPolicyType, ContainersPolicySigner::Read},
    {kOpensslType, OpensslSigner::Read},
    {kOpenpgpType, OpenpgpSigner::Read},
    {kDctType, DctSigner::Read},
});

}  // namespace

const Scheme* FindScheme(std::string_view type) {
  const auto* row =
      std::find_if(kSchemes.begin(), kSchemes.end(),
                   [&](const Scheme& scheme) { return scheme.type == type; });
  return row == kSchemes.end() ? nullptr : row;
}

std::set<std::string, std::less<>> SchemeTypes() {
  std::set<std::string, std::less<>> types;
  for (const auto& scheme : kSchemes) types.emplace(scheme.type);
  return types;
}

}  // namespace assay
