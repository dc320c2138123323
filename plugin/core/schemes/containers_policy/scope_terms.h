// What a scope of a policy.json asks for, with every key and certificate that
// it names at hand.
#ifndef ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_SCOPE_TERMS_H_
#define ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_SCOPE_TERMS_H_

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/evidence/lookaside_stores.h"
#include "core/schemes/containers_policy/policy_document.h"
#include "core/schemes/signer.h"
#include "core/schemes/trust_files.h"

namespace assay {

// What terms are made with, besides the policy.
struct TermsSource {
  const std::string& signer;  // whom the findings are of
  TrustFiles& files;
  // Where what OpenPGP keys signed is.
  std::shared_ptr<const LookasideStores> stores;
};

struct ScopeTerms {
  std::string name;               // PolicyScope::name
  std::string rejects;            // why all is rejected; "" where it is not
  bool accepts_anything = false;  // whether nothing is asked for
  // Else each must find a signature of one and the same manifest.
  std::vector<std::unique_ptr<const Signer>> signers;

  std::string Summary() const;

  // Reads the files; of a scope that rejects, too. Errors: those of
  // TrustFiles::Read, kKeyMalformed, kKeyUnsupported, kCertificateMalformed,
  // kPolicyMalformed, kOpenpgpUnavailable.
  static Result<ScopeTerms> Make(const PolicyScope& scope,
                                 const TermsSource& source);
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_SCOPE_TERMS_H_
