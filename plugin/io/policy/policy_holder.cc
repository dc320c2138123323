#include "io/policy/policy_holder.h"

#include <chrono>

#include "io/policy/break_glass_loader.h"

namespace assay {

std::shared_ptr<const Policy> PolicyHolder::Current() const {
  const std::scoped_lock lock(mutex_);
  return current_;
}

bool PolicyHolder::Reload() {
  const std::scoped_lock one_at_a_time(reloading_);
  Diagnostics diagnostics;
  AskedTrust asked;
  std::shared_ptr<const Policy> policy = loader_.Load(diagnostics, &asked);
  const bool taken = policy != nullptr;
  if (!taken) policy = Renew(diagnostics, asked);
  Diagnostics wrong;
  policy = WithBreakGlass(std::move(policy), paths_, wrong);
  const std::scoped_lock lock(mutex_);
  diagnostics_ = std::move(diagnostics);
  break_glass_diagnostics_ = std::move(wrong);
  asked_ = std::move(asked);
  const bool another = current_ == nullptr || policy == nullptr ||
                       current_->fingerprint() != policy->fingerprint();
  if (taken || another) {
    loaded_at_ = std::chrono::floor<std::chrono::seconds>(
        std::chrono::system_clock::now());
  }
  if (taken) taken_ = policy->fingerprint();
  current_ = std::move(policy);
  return taken;
}

// What is wrong in both readings is told once.
std::shared_ptr<const Policy> PolicyHolder::Renew(Diagnostics& diagnostics,
                                                  AskedTrust& asked) const {
  const auto before = Current();
  if (before == nullptr) return nullptr;
  Diagnostics problems;
  auto policy = loader_.Renew(*before, problems, asked);
  std::set<std::string> told;
  for (const Diagnostic& one : diagnostics) told.insert(one.str());
  for (Diagnostic& one : problems) {
    if (told.insert(one.str()).second) diagnostics.push_back(std::move(one));
  }
  if (policy != nullptr && policy->fingerprint() != taken_) {
    diagnostics.push_back({Reason::kPolicyMalformed,
                           {"the policy in force", 0, 0},
                           "its files are as they were, what a cluster or a "
                           "TUF repository holds is that of now",
                           {}});
  }
  return policy;
}

Diagnostics PolicyHolder::LastDiagnostics() const {
  const std::scoped_lock lock(mutex_);
  return diagnostics_;
}

Diagnostics PolicyHolder::BreakGlassDiagnostics() const {
  const std::scoped_lock lock(mutex_);
  return break_glass_diagnostics_;
}

std::set<std::string> PolicyHolder::TrustFolders() const {
  const std::scoped_lock lock(mutex_);
  return asked_.folders;
}

std::set<std::string> PolicyHolder::PublishedFiles() const {
  const std::scoped_lock lock(mutex_);
  return asked_.published;
}

std::set<ClusterReference> PolicyHolder::ClusterReferences() const {
  const std::scoped_lock lock(mutex_);
  return asked_.cluster;
}

Time PolicyHolder::LoadedAt() const {
  const std::scoped_lock lock(mutex_);
  return loaded_at_;
}

}  // namespace assay
