// Verifier: steps 2 to 6 of the walk as one function over ports. It holds no
// state of its own; the policy is a snapshot given per decision.
#ifndef ASSAY_CORE_VERDICT_VERIFIER_H_
#define ASSAY_CORE_VERDICT_VERIFIER_H_

#include <memory>
#include <optional>

#include "core/evidence/evidence_source.h"
#include "core/policy/policy.h"
#include "core/question/resolver.h"
#include "core/trust/revocation/revocation_source.h"
#include "core/verdict/base_source.h"
#include "core/verdict/layer_integrity.h"
#include "core/verdict/verdict.h"

namespace assay {

// Whether the exceptions of break-glass are heeded: by all that lets a
// container start or an image be pulled, never for an operator who asks what is
// verified.
bool HeedsExceptions(Hook hook);

class Verifier {
 public:
  // Borrows the ports, which must outlive it. Without a source of revocation,
  // a signer that must know whether a certificate was revoked cannot tell; nor
  // can, without one of trust data, a signer whose signatures are nowhere else.
  Verifier(Resolver& resolver, EvidenceSource& evidence, LayerIntegrity& layers,
           BaseLibrary& bases, RevocationSource* revocation = nullptr,
           TrustDataSource* trust_data = nullptr)
      : resolver_(resolver),
        evidence_(evidence),
        layers_(layers),
        bases_(bases),
        revocation_(revocation),
        trust_data_(trust_data) {}

  // Establish, then DecideSubject. Thread-safe, as all of it. A null policy
  // means that none is in force (kPolicyMissing).
  Verdict Decide(const Question& question,
                 const std::shared_ptr<const Policy>& policy) const;

  // What image the question is about, where a policy is in force and the clock
  // can be believed.
  Result<std::shared_ptr<const Subject>> Establish(
      const Question& question,
      const std::shared_ptr<const Policy>& policy) const;

  // The verdict on a question that has no subject.
  static Verdict Refuse(Error why, const std::shared_ptr<const Policy>& policy);

  // Accepts only where the image and every volume of it are accepted, each
  // under the rule of its own name.
  Verdict DecideSubject(const Question& question,
                        const std::shared_ptr<const Subject>& subject,
                        const std::shared_ptr<const Policy>& policy) const;

  // A pull of an image whose manifest could not be read. By name and digest
  // alone: where its registry does not answer this node, for instance for want
  // of credentials, what a rule allows may be pulled. `why` is the answer to
  // all else, under the rule's mode.
  Verdict DecideUnread(const Question& question, const Error& why,
                       const std::shared_ptr<const Policy>& policy) const;

  // For a Proof that is used again: whether the layers of its manifest, which
  // the subject must hold, are still what they were, and those of its volumes.
  Status StillIntact(const Question& question, const Subject& subject,
                     const Proof& proof) const;

 private:
  struct Case;  // one name of the subject under its rule

  Verdict DecideImage(const Question& question,
                      const std::shared_ptr<const Subject>& subject,
                      const Policy& policy) const;
  Verdict DecideName(const Case& one) const;
  // What an exception makes of a refusal: an acceptance, or the refusal for
  // what no exception lifts. nullopt where there is none. Prefer a name under
  // which the image is verified to every exception.
  std::optional<Verdict> Except(const Case& one, const Verdict& refusal) const;
  Verdict AcceptExcepted(const Case& one, const PolicyException& exception,
                         const Verdict& refusal) const;
  Verdict Require(const Case& one, Trail trail) const;
  Verdict Try(const Case& one, Reach& reach, Trail trail) const;
  RevocationAccess RevocationFor(const Question& question) const;
  TrustDataAccess TrustDataFor(const Question& question, Reach reach) const;
  Status CheckIntegrity(const Question& question, const Subject& subject,
                        const SignableImage& image, Integrity integrity) const;
  Status CheckSplitLayers(const Subject& subject, Integrity integrity,
                          Deadline deadline) const;
  // nullopt where the rule asks for none.
  Result<std::optional<ProvenBase>> FindBase(const Case& one,
                                             const SignableImage& image,
                                             Reach reach, Trail& trail) const;
  static Verdict WithVolume(Verdict container, Verdict volume,
                            const std::string& mounted_at);
  Verdict AcceptSigned(const Case& one, const SignableImage& image,
                       Fulfilment met, std::optional<ProvenBase> base,
                       Trail trail) const;
  Verdict Accept(const Case& one, Reason basis, Trail trail) const;

  Resolver& resolver_;
  EvidenceSource& evidence_;
  LayerIntegrity& layers_;
  BaseLibrary& bases_;
  RevocationSource* revocation_;
  TrustDataSource* trust_data_;
};

}  // namespace assay

#endif  // ASSAY_CORE_VERDICT_VERIFIER_H_
