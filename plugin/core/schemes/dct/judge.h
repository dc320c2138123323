// Judge: what one signer of type `dct` believes, as the source of trust data
// needs it: renews what is known of a repository, and lets nothing older in.
#ifndef ASSAY_CORE_SCHEMES_DCT_JUDGE_H_
#define ASSAY_CORE_SCHEMES_DCT_JUDGE_H_

#include <set>
#include <string>

#include "core/schemes/dct/repository.h"
#include "core/schemes/dct/root_pins.h"
#include "core/schemes/trust_data.h"

namespace assay::dct {

class Judge final : public TrustDataJudge {
 public:
  // `signers` are roles below the targets that must all vouch.
  Judge(RootPins pins, std::set<std::string> signers);

  // Errors: those of Repository::Prove.
  Result<Repository> Prove(const Reference& repository,
                           const TrustData& data) const;

  const std::string& name() const override { return name_; }
  Result<TrustData> Renew(TrustDocuments& documents,
                          const Reference& repository, const TrustData* kept,
                          Time now) const override;
  std::optional<Time> ValidUntil(const Reference& repository,
                                 const TrustData& data) const override;

  const RootPins& pins() const { return pins_; }
  const std::set<std::string>& signers() const { return signers_; }

 private:
  Status ReadRoots(TrustDocuments& documents, const std::string& repository,
                   const TrustData* kept, TrustData& fresh) const;
  Status ReadRoles(TrustDocuments& documents, const TrustData* kept,
                   TrustData& fresh) const;

  RootPins pins_;
  std::set<std::string> signers_;
  std::string name_;
};

}  // namespace assay::dct

#endif  // ASSAY_CORE_SCHEMES_DCT_JUDGE_H_
