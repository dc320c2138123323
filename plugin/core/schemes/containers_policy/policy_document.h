// ContainersPolicy: a policy.json as podman, skopeo, CRI-O and others of
// containers/image read it (containers-policy.json.5), as strictly: a member
// that is unknown or there twice, anywhere, refuses the whole document.
// Immutable and thread-safe.
#ifndef ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_POLICY_DOCUMENT_H_
#define ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_POLICY_DOCUMENT_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "core/schemes/simple_signing/identity_match.h"
#include "core/subject/reference.h"

namespace assay {

// Keys or certificates: in a file, or in the document itself.
struct PolicyMaterial {
  std::string path;  // "" where `data` is all there is
  std::string data;
};

// "insecureAcceptAnything".
struct AcceptsAnything {};

// "reject", and what containers/image knows of but never finds fulfilled.
struct RejectsAll {
  std::string why;  // "reject"
};

// "signedBy", of OpenPGP keys.
struct SignedBy {
  std::vector<PolicyMaterial> keyrings;  // any key of any of them
  IdentityMatch identity;
};

struct FulcioAuthority {
  PolicyMaterial authorities;
  std::string issuer;
  std::string email;
};

struct PkiAuthority {
  PolicyMaterial roots;
  std::optional<PolicyMaterial> intermediates;
  // At least one is not "".
  std::string email;
  std::string host;
};

// "sigstoreSigned".
struct SigstoreSigned {
  // Keys, any of which may have signed, or what issues certificates.
  std::variant<std::vector<PolicyMaterial>, FulcioAuthority, PkiAuthority> by;
  std::vector<PolicyMaterial> logs;  // keys of Rekor; never with a PKI
  IdentityMatch identity;
};

using PolicyRequirement =
    std::variant<RejectsAll, AcceptsAnything, SignedBy, SigstoreSigned>;

struct PolicyScope {
  // "default", "docker" or "docker, registry.example.com/app": for people.
  std::string name;
  std::vector<PolicyRequirement> all;  // each of at least one must hold
};

class ContainersPolicy {
 public:
  // Errors: kPolicyMalformed, which names the place
  // ("transports.docker.registry.example.com[0].keyPath").
  static Result<ContainersPolicy> Parse(std::string_view text);

  // Those that can be about an image of a registry; never empty.
  const std::vector<PolicyScope>& scopes() const { return scopes_; }
  // The position in scopes() of the one that decides about an image: the most
  // exact one, and nothing of any other.
  std::size_t Find(const Reference& name) const;
  // Scopes that are no name of an image or of anything above one.
  const std::vector<std::string>& unmatchable() const { return unmatchable_; }

 private:
  friend class PolicyDocumentReader;
  ContainersPolicy() = default;

  std::vector<PolicyScope> scopes_;  // the default is the first
  std::map<std::string, std::size_t, std::less<>> docker_;  // by scope
  std::vector<std::string> unmatchable_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_CONTAINERS_POLICY_POLICY_DOCUMENT_H_
