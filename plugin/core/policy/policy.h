// Policy: the operator's rules as one immutable snapshot with a fingerprint.
// Step 3 of the walk selects the Rule for a name.
//
// Which rule: rules that name the pod's namespace come before rules that name
// none; then the most specific scope wins alone. Two that are equally specific
// for the same images are an error at load where it can be seen there, else
// kPolicyConflict at the decision. File order and names mean nothing.
#ifndef ASSAY_CORE_POLICY_POLICY_H_
#define ASSAY_CORE_POLICY_POLICY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/toml.h"
#include "core/policy/attestation.h"
#include "core/policy/break_glass.h"
#include "core/policy/requirement.h"
#include "core/policy/scope.h"
#include "core/schemes/scheme_table.h"

namespace assay {

// Zero enforces and zero rejects.
enum class Mode : std::uint8_t { kEnforce = 0, kAudit };
enum class Action : std::uint8_t { kReject = 0, kRequire, kAllow };
// How much of the image's bytes is hashed; zero is the default. kRootfs is
// kLayers and the files that were unpacked from them.
enum class Integrity : std::uint8_t { kLayers = 0, kManifest, kRootfs };

std::string_view ModeName(Mode mode);
std::string_view ActionName(Action action);
std::string_view IntegrityName(Integrity integrity);

struct Rule {
  Scope scope;
  std::vector<std::string> namespaces;  // globs; empty = any workload
  Action action = Action::kReject;
  std::optional<Requirement> require;  // set iff action is kRequire
  std::optional<Requirement> base;     // only where action is kRequire
  Integrity integrity = Integrity::kLayers;
  Mode mode = Mode::kEnforce;  // the rule's own, else the policy's
  TomlPosition position;
};

// What a policy says about one name: a rule, or the default.
struct Selection {
  const Rule* rule = nullptr;  // null: the default; borrowed from the Policy
  Action action = Action::kReject;
  Mode mode = Mode::kEnforce;
};

// Where the rule of a selection stands and what it is for; "default" without.
std::string RuleText(const Rule* rule);

struct PolicyFile {
  std::string name;  // as shown in positions
  std::string text;
};

struct PolicySource;

class Policy {
 public:
  // Null when anything is wrong; then `diagnostics` says what, at least once.
  static std::shared_ptr<const Policy> Read(std::span<const PolicyFile> files,
                                            TrustFiles& trust,
                                            Diagnostics& diagnostics);

  // The same texts and the very same files, with what a cluster and a TUF
  // repository hold now. Nothing satisfies a signer that cannot be read so.
  // Null only where the texts can no longer be read.
  std::shared_ptr<const Policy> Renew(TrustFiles& trust,
                                      Diagnostics& diagnostics) const;

  // The same policy, and what break-glass lets through beside it, which no
  // fingerprint covers: a verdict names its exception itself.
  std::shared_ptr<const Policy> With(
      std::vector<PolicyException> exceptions) const;

  // `content`: the digests of the image behind the name (its manifests and the
  // indexes that list them), where they are known. Errors: kPolicyConflict.
  Result<Selection> Select(const Reference& name,
                           std::string_view pod_namespace,
                           std::span<const Digest> content = {}) const;

  // What the rules that name namespaces say of it, each of them for some pod:
  // of several with the same namespaces the most specific one.
  std::vector<Selection> SelectNamespaced(
      const Reference& name, std::span<const Digest> content) const;

  // Over every policy file and every trust file, order-independent.
  const Digest& fingerprint() const { return fingerprint_; }
  // Over the trust files alone.
  const Digest& trust_fingerprint() const { return trust_fingerprint_; }
  Mode mode() const { return mode_; }
  Action default_action() const { return default_action_; }
  const std::vector<Rule>& rules() const { return rules_; }
  const std::map<std::string, std::shared_ptr<const Signer>>& signers() const {
    return signers_;
  }
  const std::map<std::string, std::shared_ptr<const Attestation>>&
  attestations() const {
    return attestations_;
  }
  // Expired ones and those to come, too.
  const std::vector<PolicyException>& exceptions() const { return exceptions_; }
  // Sentences about those that are active.
  std::vector<std::string> ActiveExceptions(Time now) const;
  // Sentences about every door that weakens it (audit mode, allow rules, a
  // default of allow), for start-up, `status` and audit lines.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  friend class PolicyReader;
  Policy(Digest fingerprint, Digest trust_fingerprint)
      : fingerprint_(std::move(fingerprint)),
        trust_fingerprint_(std::move(trust_fingerprint)) {}

  // Of what was read, once: every decision repeats them.
  std::vector<std::string> FindWarnings() const;

  std::shared_ptr<const PolicySource> source_;
  Digest fingerprint_;
  Digest trust_fingerprint_;
  Mode mode_ = Mode::kEnforce;
  Action default_action_ = Action::kReject;
  std::vector<Rule> rules_;
  std::map<std::string, std::shared_ptr<const Signer>> signers_;
  std::map<std::string, std::shared_ptr<const Attestation>> attestations_;
  std::vector<std::string> warnings_;
  std::vector<PolicyException> exceptions_;
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_POLICY_H_
