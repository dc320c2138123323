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

std::shared_ptr<const Signer> TryScheme(const Scheme& scheme,
                                        const std::string& name,
                                        const Toml& table, TrustFiles& trust,
                                        Diagnostics& problems) {
  std::shared_ptr<const Signer> signer =
      scheme.read(name, table, trust, problems);
  if (problems.empty() && signer == nullptr) {
    problems.push_back({Reason::kPolicyMalformed,
                        table.position(),
                        "this signer cannot be read",
                        {}});
  }
  return problems.empty() ? signer : nullptr;
}

}  // namespace

// Whether the cluster alone is to blame shows when it holds nothing: what is
// wrong then is the policy's own.
std::shared_ptr<const Signer> SignerReader::Read(const Scheme& scheme,
                                                 const std::string& name,
                                                 const Toml& table,
                                                 Diagnostics& diagnostics) {
  trust_.HideCluster(false);
  Diagnostics problems;
  auto signer = TryScheme(scheme, name, table, trust_, problems);
  if (signer != nullptr) return signer;
  Diagnostics own = problems;
  if (trust_.asked_cluster()) {
    own.clear();
    trust_.HideCluster(true);
    TryScheme(scheme, name, table, trust_, own);
    trust_.HideCluster(false);
    std::erase_if(own, IsOfCluster);
  }
  if (!own.empty() && !always_) {
    diagnostics.insert(diagnostics.end(), own.begin(), own.end());
    return nullptr;
  }
  Error why = own.empty() ? WhyWithheld(problems)
                          : Fail(own.front().reason, own.front().message);
  trust_.NoteWithheld(name, why);
  return std::make_shared<const WithheldSigner>(name, std::string(scheme.type),
                                                scheme.attests, std::move(why));
}

}  // namespace assay
