#include "daemon/node_survey.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/error_text.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr std::chrono::seconds kInventoryBudget{30};
constexpr std::chrono::seconds kWorkloadBudget{8};

using PolicyPointer = std::shared_ptr<const Policy>;

// What is decided about, with what it is asked as.
struct Known {
  HeldWorkload held;
  Question question;
  std::shared_ptr<const Subject> subject;  // null: `unknown` says why
  std::optional<Error> unknown;
};

Question AskFromDisk() {
  Question question = NewQuestion(Hook::kVerify, kWorkloadBudget);
  question.offline = true;
  return question;
}

// The CRI gives an image three records. Its id is no name, and a digest behind
// a name says nothing where a tag of the same repository leads to it as well.
std::vector<InventoryImage> WithoutRepetition(
    const std::vector<InventoryImage>& images) {
  const auto repository = [](const std::string& name) {
    return name.substr(0, name.find('@'));
  };
  const auto is_tag_of = [&](const InventoryImage& tag,
                             const InventoryImage& image) {
    return tag.runtime_namespace == image.runtime_namespace &&
           tag.target == image.target &&
           tag.name.starts_with(repository(image.name) + ":");
  };
  std::vector<InventoryImage> kept;
  for (const InventoryImage& image : images) {
    const bool by_digest = image.name.find('@') != std::string::npos;
    const bool tagged =
        by_digest &&
        std::any_of(images.begin(), images.end(), [&](const auto& other) {
          return other.name.find('@') == std::string::npos &&
                 is_tag_of(other, image);
        });
    if (!tagged && !image.name.starts_with("sha256:")) kept.push_back(image);
  }
  return kept;
}

bool IsLiteral(const std::string& pattern) {
  return pattern.find_first_of("*?[") == std::string::npos;
}

void AddNamespacesOf(const PolicyPointer& policy,
                     std::set<std::string>& names) {
  if (policy == nullptr) return;
  for (const Rule& rule : policy->rules()) {
    for (const std::string& one : rule.namespaces) {
      if (IsLiteral(one)) names.insert(one);
    }
  }
}

// Whether a pod of the namespace meets another rule than others do.
bool Tells(const PolicyPointer& policy, const Subject& subject,
           const std::string& pod_namespace) {
  if (policy == nullptr) return false;
  const auto content = subject.SignableDigests();
  return std::any_of(
      subject.names.begin(), subject.names.end(), [&](const Reference& name) {
        const auto selected = policy->Select(name, pod_namespace, content);
        return !selected || (selected->rule != nullptr &&
                             !selected->rule->namespaces.empty());
      });
}

std::shared_ptr<const Subject> InNamespace(const Subject& subject,
                                           const std::string& pod_namespace) {
  Subject moved = subject;
  moved.workload.pod_namespace = pod_namespace;
  return std::make_shared<const Subject>(std::move(moved));
}

Known Establish(const Verifier& verifier, const PolicyPointer& policy,
                HeldWorkload held) {
  Question question = AskFromDisk();
  if (held.container.empty()) {
    question.about = ImageClaim{held.runtime_namespace, held.image};
  } else {
    question.about = RecordClaim{held.runtime_namespace, held.container};
  }
  auto subject = verifier.Establish(question, policy);
  Known workload{std::move(held), std::move(question), nullptr, {}};
  if (!subject) {
    workload.unknown = subject.error();
  } else {
    workload.subject = *std::move(subject);
    workload.held.pod_namespace = workload.subject->workload.pod_namespace;
  }
  return workload;
}

Verdict Judge(const Verifier& verifier, const Known& workload,
              const PolicyPointer& policy) {
  if (workload.unknown) return Verifier::Refuse(*workload.unknown, policy);
  Question question = workload.question;
  question.deadline = std::chrono::steady_clock::now() + kWorkloadBudget;
  return verifier.DecideSubject(question, workload.subject, policy);
}

}  // namespace

Result<NodeSurvey::Holdings> NodeSurvey::Read() {
  const Deadline deadline = std::chrono::steady_clock::now() + kInventoryBudget;
  auto containers = engine_.inventory().Containers(deadline);
  if (!containers) return containers.error();
  const auto images = engine_.inventory().Images(deadline);
  if (!images) return images.error();
  return Holdings{*std::move(containers), WithoutRepetition(*images)};
}

Status NodeSurvey::Compare(const PolicyPointer& now, const PolicyPointer& then,
                           const Tell<ComparedWorkload>& tell) {
  const auto holdings = Read();
  if (!holdings) return holdings.error();
  const Verifier& verifier = engine_.verifier();
  const std::size_t all = holdings->containers.size() + holdings->images.size();
  std::size_t number = 0;
  const auto compare = [&](const Known& workload) {
    return tell({workload.held, Judge(verifier, workload, now),
                 Judge(verifier, workload, then)},
                number, all);
  };

  std::set<std::string> namespaces;
  AddNamespacesOf(now, namespaces);
  AddNamespacesOf(then, namespaces);
  using Place = std::tuple<std::string, std::string, std::string>;
  std::set<Place> used;  // runtime namespace, image, pod namespace
  for (const InventoryContainer& container : holdings->containers) {
    ++number;
    const Known workload =
        Establish(verifier, then,
                  {container.runtime_namespace, container.image,
                   container.pod_namespace, container.id, container.running});
    const std::string& pod_namespace = workload.held.pod_namespace;
    used.emplace(container.runtime_namespace, container.image, pod_namespace);
    if (!pod_namespace.empty()) namespaces.insert(pod_namespace);
    if (!compare(workload)) return Ok();
  }
  for (const InventoryImage& image : holdings->images) {
    ++number;
    Known workload = Establish(
        verifier, then, {image.runtime_namespace, image.name, {}, {}, false});
    if (!used.contains({image.runtime_namespace, image.name, ""}) &&
        !compare(workload)) {
      return Ok();
    }
    const auto subject = workload.subject;
    if (subject == nullptr) continue;
    for (const std::string& one : namespaces) {
      if (used.contains({image.runtime_namespace, image.name, one})) continue;
      if (!Tells(now, *subject, one) && !Tells(then, *subject, one)) continue;
      workload.subject = InNamespace(*subject, one);
      workload.held.pod_namespace = one;
      if (!compare(workload)) return Ok();
    }
  }
  return Ok();
}

SurveyedWorkload NodeSurvey::Survey(const Policy& policy, bool offline,
                                    HeldWorkload held) {
  SurveyedWorkload row{std::move(held), {}, {}, {}};
  Question question = AskFromDisk();
  question.about = ImageClaim{row.held.runtime_namespace, row.held.image};
  const auto subject = engine_.runtime().Resolve(question);
  if (!subject) {
    row.problems.push_back(ErrorText(subject.error()));
    return row;
  }
  if (!subject->images.empty()) {
    row.manifest = subject->images.front().manifest.str();
  }
  const std::vector<Digest> digests = subject->SignableDigests();
  EvidencePlaces places;
  for (const auto& [name, signer] : policy.signers()) {
    places.Add(signer->Places());
  }
  std::set<std::pair<std::string, std::string>> seen;  // signer, identity
  for (const Reference& name : subject->names) {
    const EvidenceSet found = engine_.evidence().Collect(
        {name, digests, places, offline ? Reach::kDisk : Reach::kNetwork,
         question.deadline});
    for (const Error& failure : found.failures) {
      row.problems.push_back(ErrorText(failure));
    }
    SigningTarget target{name,
                         digests,
                         question.now,
                         &subject->documents,
                         RevocationAccess{&engine_.revocation(), {}},
                         TrustDataAccess{&engine_.trust_data(), {}}};
    target.manifests = subject->Manifests();
    if (!offline) {
      target.revocation.fetch_until = question.deadline;
      target.trust_data.fetch_until = question.deadline;
    }
    Findings findings;
    for (const auto& [_, signer] : policy.signers()) {
      signer->Verify(target, found.artifacts, findings);
    }
    for (VerifiedSignature& one : findings.verified) {
      if (seen.emplace(one.signer(), one.identity()).second) {
        row.signatures.push_back(std::move(one));
      }
    }
  }
  return row;
}

Status NodeSurvey::FindSignatures(const Policy& policy, bool offline,
                                  const Tell<SurveyedWorkload>& tell) {
  const auto holdings = Read();
  if (!holdings) return holdings.error();
  std::size_t number = 0;
  for (const InventoryImage& image : holdings->images) {
    HeldWorkload held{image.runtime_namespace, image.name, {}, {}, false};
    for (const InventoryContainer& container : holdings->containers) {
      held.running = held.running ||
                     (container.running && container.image == image.name &&
                      container.runtime_namespace == image.runtime_namespace);
    }
    if (!tell(Survey(policy, offline, std::move(held)), ++number,
              holdings->images.size())) {
      break;
    }
  }
  return Ok();
}

}  // namespace assay
