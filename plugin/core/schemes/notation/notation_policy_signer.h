// Signers of type `notation-policy`: the trust policy of an operator of
// notation, with its trust stores, as they are. Which statement judges an image
// is decided by the image's repository, and what a failed check does by the
// statement's level, as notation decides both.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_NOTATION_POLICY_SIGNER_H_
#define ASSAY_CORE_SCHEMES_NOTATION_NOTATION_POLICY_SIGNER_H_

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/schemes/imported_types.h"
#include "core/schemes/notation/envelope_signer.h"
#include "core/schemes/notation/trust_policy.h"
#include "core/schemes/signer_window.h"

namespace assay {

// An imported policy and what its statements ask for.
struct ImportedPolicy {
  std::string path;  // of the document, for people
  TrustPolicy policy;
  // By the statement's name; those that skip ask for nothing.
  std::map<std::string, NotationTerms, std::less<>> terms;
};

class NotationPolicySigner final : public EnvelopeSigner {
 public:
  NotationPolicySigner(std::string name, ImportedPolicy imported,
                       SignerWindow window)
      : EnvelopeSigner(std::move(name), std::string(kNotationPolicyType)),
        imported_(std::move(imported)),
        window_(window) {}

  // Keys of the table: type, policy, trust_store, valid_from, valid_until.
  // Null after a Diagnostic.
  static std::unique_ptr<Signer> Read(const std::string& name,
                                      const Toml& table, TrustFiles& files,
                                      Diagnostics& diagnostics);

  std::string Summary() const override;
  std::vector<std::string> Warnings() const override;

 private:
  void VerifySignatures(const SigningTarget& target,
                        std::span<const UntrustedArtifact> artifacts,
                        Findings& findings) const override;
  void Skip(const TrustStatement& statement, const SigningTarget& target,
            Findings& findings) const;

  ImportedPolicy imported_;
  SignerWindow window_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_NOTATION_POLICY_SIGNER_H_
