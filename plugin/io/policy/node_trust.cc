#include "io/policy/node_trust.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/limits.h"
#include "io/kubernetes/cluster_store.h"
#include "io/policy/closed_folder.h"

namespace assay {
namespace {

// Part of an address and of a path: nothing that could lead elsewhere.
bool IsTargetName(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
           c == '/';
  };
  const std::string framed = "/" + std::string(name) + "/";
  return !name.empty() && name.size() <= 255 &&
         std::all_of(name.begin(), name.end(), plain) &&
         framed.find("//") == std::string::npos &&
         framed.find("/./") == std::string::npos &&
         framed.find("/../") == std::string::npos;
}

Error Unusable(const std::string& detail) {
  return Fail(Reason::kPolicyKeyUnreadable, detail);
}

}  // namespace

Result<NodeTrust::Repository> NodeTrust::Open() const {
  const auto config = NodeConfig::Read(paths_);
  if (!config) return Unusable(config.error().detail);
  if (!config->tuf) return Unusable("assayd.toml has no [trust.tuf]");
  const TufStore store(paths_, *config->tuf);
  const std::string& pin = store.pin();
  const Status closed = CheckClosedFolder(pin.substr(0, pin.rfind('/')));
  if (!closed) return closed.error();
  auto state = store.Load();
  if (!state) {
    const Error& error = state.error();
    if (error.reason == Reason::kFileUnsafe) return error;
    return Unusable(error.detail);
  }
  return Repository{*config->tuf, *std::move(state)};
}

Result<PublishedFile> NodeTrust::ReadPublished(std::string_view name) {
  if (!IsTargetName(name)) {
    return Fail(Reason::kPolicyMalformed,
                "'" + Printable(name, 80) + "' is no name of a file");
  }
  names_.emplace(name);
  if (names_.size() > limits::kTufFiles) {
    return Fail(Reason::kPolicyMalformed, "too many names of files");
  }
  if (!repository_) repository_ = Open();
  if (!*repository_) return repository_->error();
  const auto& [settings, state] = **repository_;
  const auto file = state.files.find(std::string(name));
  const auto fresh_until = state.FreshUntil(settings);
  if (file != state.files.end() && fresh_until) {
    return PublishedFile{file->second, *fresh_until};
  }
  return Fail(Reason::kTrustMissing,
              state.dropped.empty() ? "" : state.dropped.front());
}

Result<std::vector<TrustFile>> NodeTrust::ReadKept(
    const ClusterReference& reference) const {
  const auto config = NodeConfig::Read(paths_);
  if (!config) return Unusable(config.error().detail);
  if (config->kubernetes) {
    auto kept = ClusterStore(paths_, *config->kubernetes).Read(reference);
    const bool pending =
        !kept && kept.error().reason == Reason::kKubernetesPending;
    if (!pending || !fetch_) return kept;
  } else if (!fetch_) {
    return Unusable("assayd.toml has no [kubernetes]");
  }
  return fetch_(reference);
}

Result<std::vector<TrustFile>> NodeTrust::ReadCluster(std::string_view name) {
  const auto reference = ClusterReference::Parse(name);
  if (!reference) return reference.error();
  references_.insert(*reference);
  if (references_.size() > limits::kKubernetesObjects) {
    return Fail(Reason::kPolicyMalformed, "too many names of k8s://");
  }
  return ReadKept(*reference);
}

}  // namespace assay
