// Signer: one [signers.NAME] entry of the policy, of one signature system.
// Step 5 of the walk. It says where its signatures are found and verifies
// untrusted artifacts into VerifiedSignatures, which nobody else can make.
#ifndef ASSAY_CORE_SCHEMES_SIGNER_H_
#define ASSAY_CORE_SCHEMES_SIGNER_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "core/evidence/evidence_source.h"
#include "core/evidence/untrusted_artifact.h"
#include "core/schemes/trust_data.h"
#include "core/subject/reference.h"
#include "core/trust/revocation/revocation_source.h"

namespace assay {

// What makes a statement a signature; any other type is an attestation.
inline constexpr std::string_view kSignPredicateType =
    "https://sigstore.dev/cosign/sign/v1";

// Of everybody who did not sign.
inline constexpr std::string_view kWaivedIdentity = "waived";

// What a signature or a statement must be bound to, and which are wanted.
struct SigningTarget {
  Reference name;               // the name that selected the rule
  std::vector<Digest> digests;  // any of these
  Time now{};
  // Subject::documents, borrowed; null where nobody kept them.
  const std::map<Digest, std::string>* documents = nullptr;
  RevocationAccess revocation = {};
  TrustDataAccess trust_data = {};
  // Whether signatures of the image count, and statements of which types do.
  bool signatures = true;
  // Of the pod that the image is for; "" where there is none, or it is not
  // known.
  std::string pod_namespace = {};
  // Whether it is established that the image is of this repository, so that a
  // signer may let what is there pass unsigned.
  bool may_waive = false;
  std::set<std::string, std::less<>> predicate_types = {};
  // Those of `digests` that are manifests. The others are indexes that list
  // them.
  std::vector<Digest> manifests = {};
  // Where an artifact must have been found to be tried; nullopt = anywhere.
  std::optional<std::set<ArtifactOrigin>> origins = {};

  bool Admits(const UntrustedArtifact& artifact) const {
    return !origins || origins->contains(artifact.origin);
  }
};

// One step of the trail that `explain` shows: a candidate that failed.
struct FailedCheck {
  std::string signer;
  std::string where;  // which artifact
  Error error;
  // The predicate type that an unverified artifact claims, "" for none; it
  // words a refusal and nothing else.
  std::string claimed_type = {};
};

// A signature that holds, or a signer's word that none is asked for there. Made
// only by a Signer.
class VerifiedSignature {
 public:
  const std::string& signer() const { return signer_; }      // policy name
  const std::string& scheme() const { return scheme_; }      // "sigstore-key"
  const std::string& identity() const { return identity_; }  // "key:sha256:.."
  const Digest& target() const { return target_; }
  const std::string& where() const { return where_; }
  // When it stops holding; nullopt = not by itself.
  const std::optional<Time>& valid_until() const { return valid_until_; }
  // Whether nobody signed: the signer lets the repository pass.
  bool waived() const { return waived_; }

 private:
  friend class Signer;
  VerifiedSignature(std::string signer, std::string scheme,
                    std::string identity, Digest target, std::string where,
                    std::optional<Time> valid_until)
      : signer_(std::move(signer)),
        scheme_(std::move(scheme)),
        identity_(std::move(identity)),
        target_(std::move(target)),
        where_(std::move(where)),
        valid_until_(valid_until) {}

  std::string signer_;
  std::string scheme_;
  std::string identity_;
  Digest target_;
  std::string where_;
  std::optional<Time> valid_until_;
  bool waived_ = false;
};

// A statement about the image whose signature holds: an attestation. It never
// is a signature of the image, whoever signed it. Made only by a Signer.
class VerifiedStatement {
 public:
  // Who vouches for it; its target is the digest that the statement names.
  const VerifiedSignature& signature() const { return signature_; }
  const std::string& predicate_type() const { return predicate_type_; }
  // Of the signed payload: two that are equal are one statement.
  const Digest& payload() const { return payload_; }
  // Null where the statement has none.
  const Json* predicate() const { return predicate_.get(); }

 private:
  friend class Signer;
  VerifiedStatement(VerifiedSignature signature, std::string predicate_type,
                    Digest payload, std::shared_ptr<const Json> predicate)
      : signature_(std::move(signature)),
        predicate_type_(std::move(predicate_type)),
        payload_(std::move(payload)),
        predicate_(std::move(predicate)) {}

  VerifiedSignature signature_;
  std::string predicate_type_;
  Digest payload_;
  std::shared_ptr<const Json> predicate_;
};

struct Findings {
  std::vector<VerifiedSignature> verified;
  std::vector<VerifiedStatement> statements;
  std::vector<FailedCheck> failed;
};

class Signer {
 public:
  Signer(std::string name, std::string scheme)
      : name_(std::move(name)), scheme_(std::move(scheme)) {}
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;
  virtual ~Signer() = default;

  const std::string& name() const { return name_; }
  const std::string& scheme() const { return scheme_; }

  // Where its signatures are.
  virtual EvidencePlaces Places() const = 0;
  // Where statements that it signed are; nullopt: it signs none.
  virtual std::optional<EvidencePlaces> StatementPlaces() const {
    return std::nullopt;
  }

  // One line for `policy show`: keys with fingerprints, validity.
  virtual std::string Summary() const = 0;
  // Sentences about every door that it leaves open.
  virtual std::vector<std::string> Warnings() const { return {}; }

  // Tries every artifact that the target admits and this scheme can read, for
  // what the target wants.
  // Thread-safe, no I/O. Appends each success and each failure; a failure of
  // one never hides another.
  virtual void Verify(const SigningTarget& target,
                      std::span<const UntrustedArtifact> artifacts,
                      Findings& findings) const = 0;

 protected:
  VerifiedSignature Verified(std::string identity, Digest target,
                             std::string where,
                             std::optional<Time> valid_until) const {
    return {name_,
            scheme_,
            std::move(identity),
            std::move(target),
            std::move(where),
            valid_until};
  }

  // Of an image that needs no signature. All of them have one identity,
  // whatever the scheme, so that nobody counts as two who did not sign.
  VerifiedSignature Waived(Digest target, std::string where,
                           std::optional<Time> valid_until) const {
    auto waived = Verified(std::string(kWaivedIdentity), std::move(target),
                           std::move(where), valid_until);
    waived.waived_ = true;
    return waived;
  }

  static VerifiedStatement Attested(VerifiedSignature signature,
                                    std::string predicate_type, Digest payload,
                                    std::shared_ptr<const Json> predicate) {
    return {std::move(signature), std::move(predicate_type), std::move(payload),
            std::move(predicate)};
  }

 private:
  std::string name_;
  std::string scheme_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGNER_H_
