#include "core/policy/signer_reader.h"

#include <algorithm>
#include <utility>

#include "core/schemes/cluster_reference.h"
#include "core/schemes/withheld_signer.h"

namespace assay {
namespace {

bool IsOfCluster(const Diagnostic& problem) {
  return IsClusterAnswer(Fail(problem.reason));
}

// What may yet come leaves more open than what is gone; and an entry that is
// there but is not what the signer needs is gone as well.
Error WhyWithheld(const Diagnostics& problems) {
  const auto pending = std::find_if(
      problems.begin(), problems.end(), [](const Diagnostic& problem) {
        return problem.reason == Reason::kKubernetesPending;
      });
  if (pending != problems.end()) return Fail(pending->reason, pending->message);
  return Fail(Reason::kKubernetesGone, problems.front().message);
}

}  // namespace

SignerReader::Attempt SignerReader::TryView(const Asked& asked,
                                            const RecordedTrust::View& view) {
  trust_.Begin(view);
  Attempt attempt;
  attempt.signer =
      asked.scheme.read(asked.name, asked.table, trust_, attempt.problems);
  if (attempt.problems.empty() && attempt.signer == nullptr) {
    attempt.problems.push_back({Reason::kPolicyMalformed,
                                asked.table.position(),
                                "this signer cannot be read",
                                {}});
  }
  if (!attempt.problems.empty()) attempt.signer = nullptr;
  return attempt;
}

std::shared_ptr<const Signer> SignerReader::Withhold(const Asked& asked,
                                                     Error why) {
  trust_.Withhold(asked.name, why);
  return std::make_shared<const WithheldSigner>(
      asked.name, std::string(asked.scheme.type), asked.scheme.attests,
      std::move(why));
}

// Whether the cluster alone is to blame shows when it holds nothing: what is
// wrong then is the policy's own.
SignerReader::Attempt SignerReader::Try(const Asked& asked, bool kept) {
  Attempt attempt = TryView(asked, {kept, true});
  if (attempt.signer != nullptr) {
    trust_.Take();
    return attempt;
  }
  if (!trust_.asked_cluster()) return attempt;
  Attempt without = TryView(asked, {kept, false});
  std::erase_if(without.problems, IsOfCluster);
  if (without.problems.empty()) {
    without.signer = Withhold(asked, WhyWithheld(attempt.problems));
  }
  return without;
}

std::shared_ptr<const Signer> SignerReader::Read(const Scheme& scheme,
                                                 const std::string& name,
                                                 const Toml& table,
                                                 Diagnostics& diagnostics) {
  const Asked asked{scheme, name, table};
  Attempt attempt = Try(asked, /*kept=*/false);
  if (attempt.signer != nullptr) return attempt.signer;
  Diagnostics& problems = always_ ? overcome_ : diagnostics;
  problems.insert(problems.end(), attempt.problems.begin(),
                  attempt.problems.end());
  if (!always_) return nullptr;
  Attempt again = Try(asked, /*kept=*/true);
  if (again.signer != nullptr) return again.signer;
  const Diagnostic& problem = again.problems.front();
  return Withhold(asked, Fail(problem.reason, problem.message));
}

}  // namespace assay
