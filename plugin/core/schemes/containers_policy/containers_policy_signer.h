// Signers of type `containers-policy`: the policy.json of an operator of
// podman, CRI-O or skopeo, as it is. Which scope decides about an image, and
// what it then needs, is as containers/image has it.
#ifndef ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_CONTAINERS_POLICY_SIGNER_H_
#define ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_CONTAINERS_POLICY_SIGNER_H_

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/schemes/containers_policy/policy_document.h"
#include "core/schemes/containers_policy/scope_terms.h"
#include "core/schemes/containers_policy/sigstore_attachments.h"
#include "core/schemes/imported_types.h"
#include "core/schemes/signer.h"
#include "core/schemes/signer_window.h"

namespace assay {

// A policy.json and what its scopes ask for.
struct ImportedContainersPolicy {
  std::string path;  // for people
  ContainersPolicy policy;
  std::vector<ScopeTerms> terms;  // of each of policy.scopes()
};

class ContainersPolicySigner final : public Signer {
 public:
  // `by_namespace` are the policies of CRI-O's namespaces, each of which stands
  // for `policy` there, whatever it says. `settings_warnings` are about the
  // folders that were read.
  ContainersPolicySigner(
      std::string name, ImportedContainersPolicy policy,
      std::map<std::string, ImportedContainersPolicy, std::less<>> by_namespace,
      SigstoreAttachments attachments, SignerWindow window,
      std::vector<std::string> settings_warnings)
      : Signer(std::move(name), std::string(kContainersPolicyType)),
        policy_(std::move(policy)),
        by_namespace_(std::move(by_namespace)),
        attachments_(std::move(attachments)),
        window_(window),
        settings_warnings_(std::move(settings_warnings)) {}

  // Keys of the table: type, policy, namespace_policies, registries_d,
  // valid_from, valid_until. Null after a Diagnostic.
  static std::unique_ptr<Signer> Read(const std::string& name,
                                      const Toml& table, TrustFiles& files,
                                      Diagnostics& diagnostics);

  EvidencePlaces Places() const override;
  std::string Summary() const override;
  std::vector<std::string> Warnings() const override;
  void Verify(const SigningTarget& target,
              std::span<const UntrustedArtifact> artifacts,
              Findings& findings) const override;

 private:
  const ImportedContainersPolicy& PolicyFor(const SigningTarget& target) const;
  // What containers/image would ask about, and where it would look.
  SigningTarget AsContainersDo(const SigningTarget& target) const;
  void Waive(const SigningTarget& target, const std::string& where,
             Findings& findings) const;
  // Every signer of the scope; what of it is of one manifest.
  void VerifyAll(const ScopeTerms& terms, const SigningTarget& target,
                 std::span<const UntrustedArtifact> artifacts,
                 const std::string& where, Findings& findings) const;

  ImportedContainersPolicy policy_;
  std::map<std::string, ImportedContainersPolicy, std::less<>> by_namespace_;
  SigstoreAttachments attachments_;
  SignerWindow window_;
  std::vector<std::string> settings_warnings_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_CONTAINERS_POLICY_SIGNER_H_
