#include "io/policy/policy_holder.h"

#include <chrono>

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
  const std::scoped_lock lock(mutex_);
  diagnostics_ = std::move(diagnostics);
  if (!taken) asked.cluster.merge(asked_.cluster);
  asked_ = std::move(asked);
  if (taken) {
    current_ = std::move(policy);
    loaded_at_ = std::chrono::floor<std::chrono::seconds>(
        std::chrono::system_clock::now());
  }
  return taken;
}

Diagnostics PolicyHolder::LastDiagnostics() const {
  const std::scoped_lock lock(mutex_);
  return diagnostics_;
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
