// Verdict: the end of a decision. It accepts if and only if it holds a Proof,
// and only the Verifier can make one; a default, moved-from or failed Verdict
// therefore refuses.
#ifndef ASSAY_CORE_VERDICT_VERDICT_H_
#define ASSAY_CORE_VERDICT_VERDICT_H_

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "core/policy/policy.h"
#include "core/schemes/signer.h"
#include "core/subject/subject.h"

namespace assay {

// The image below, and who signed it.
struct ProvenBase {
  Digest manifest;
  Reference name;  // under which its signatures hold
  Fulfilment met;  // of the rule's `base`
};

// That nothing was verified, and who said that it may run all the same.
struct Excepted {
  std::string where;  // "file:line:column (scope)" of the exception
  std::string who;
  std::string reason;
  Time until;
  Reason refused;       // why it would have been refused
  std::string refusal;  // the same in words
};

// Why an image may run: what was verified, under which policy, until when.
class Proof {
 public:
  Reason basis() const { return basis_; }  // kSigned, kAttested, kAllowedBy...
  const Digest& config() const { return config_; }
  const std::optional<Digest>& manifest() const { return manifest_; }
  Integrity integrity() const { return integrity_; }
  const std::vector<VerifiedSignature>& signatures() const {
    return met_.signatures;
  }
  const std::vector<ProvenAttestation>& attestations() const {
    return met_.attestations;
  }
  const Fulfilment& met() const { return met_; }
  // Set where the rule asks for a base.
  const std::optional<ProvenBase>& base() const { return base_; }
  // Of the subject's volumes, in their order.
  const std::vector<std::shared_ptr<const Proof>>& volumes() const {
    return volumes_;
  }
  // Null unless an exception of break-glass is the reason.
  const std::shared_ptr<const Excepted>& excepted() const { return excepted_; }
  const Digest& policy_fingerprint() const { return policy_fingerprint_; }
  const std::optional<Time>& valid_until() const { return valid_until_; }

 private:
  friend class Verifier;
  Proof(Reason basis, Digest config, Digest policy_fingerprint)
      : basis_(basis),
        config_(std::move(config)),
        policy_fingerprint_(std::move(policy_fingerprint)) {}

  Reason basis_;
  Digest config_;
  Digest policy_fingerprint_;
  std::optional<Digest> manifest_;
  Integrity integrity_ = Integrity::kLayers;
  Fulfilment met_;  // of the rule's `require`
  std::optional<ProvenBase> base_;
  std::vector<std::shared_ptr<const Proof>> volumes_;
  std::shared_ptr<const Excepted> excepted_;
  std::optional<Time> valid_until_;
};

// How the decision went, for people and the audit log; it decides nothing.
struct Trail {
  std::shared_ptr<const Subject> subject;  // null where none was established
  std::string name;                        // the name that selected the rule
  std::string volume;       // where the refused image volume is; "" for none
  std::string rule;         // "file:line: scope", or "default"
  std::string requirement;  // in words
  std::string base_requirement;  // in words, "" for none
  Mode mode = Mode::kEnforce;
  EvidencePlaces places;  // where the rule's signers look
  std::vector<FailedCheck> failed;
  std::vector<Error> failures;  // evidence that could not be read
  std::optional<Digest> policy_fingerprint;
  std::optional<Digest> trust_fingerprint;
};

// Of what is decided under a policy, before anything else is known.
Trail NewTrail(const Policy& policy);

class Verdict {
 public:
  // Refuses.
  explicit Verdict(Error why, Trail trail = {})
      : why_(std::move(why)), trail_(std::move(trail)) {}

  bool accepted() const { return proof_ != nullptr; }
  Ending ending() const;
  // The Proof's basis, or the reason of the refusal. A refusal for a reason of
  // ending kAccepted is reported as kInternal.
  Reason reason() const;
  const std::string& detail() const { return why_.detail; }
  // Null unless accepted.
  const std::shared_ptr<const Proof>& proof() const { return proof_; }
  const Trail& trail() const { return trail_; }
  // The same verdict with another's subject; a cache keeps it without one.
  Verdict WithSubject(std::shared_ptr<const Subject> subject) const;

  // "sentence: detail", printable.
  std::string Sentence() const;
  // "reason-id: sentence: detail (image NAME, rule FILE:LINE); next: remedy",
  // printable, one line, at most limits::kAnswerLineBytes.
  std::string Line() const;

 private:
  friend class Verifier;
  Verdict(std::shared_ptr<const Proof> proof, Trail trail)
      : proof_(std::move(proof)), trail_(std::move(trail)) {}

  std::shared_ptr<const Proof> proof_;
  Error why_;
  Trail trail_;
};

static_assert(!std::is_default_constructible_v<Verdict>);
static_assert(!std::is_constructible_v<Verdict, bool>);
static_assert(!std::is_convertible_v<Verdict, bool>);
static_assert(!std::is_default_constructible_v<Proof>);

}  // namespace assay

#endif  // ASSAY_CORE_VERDICT_VERDICT_H_
