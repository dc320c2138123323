#include "io/evidence/base_collector.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/limits.h"
#include "io/evidence/base_fetch.h"
#include "io/evidence/stored_base.h"

namespace assay {
namespace {

Deadline InPatience(Deadline deadline) {
  return std::min<Deadline>(
      deadline, std::chrono::steady_clock::now() + limits::kRegistryDeadline);
}

// One image found twice is one candidate with all its names and indexes.
void Merge(UntrustedBase& base, UntrustedBase more) {
  std::move(more.names.begin(), more.names.end(),
            std::back_inserter(base.names));
  for (UntrustedDocument& index : more.indexes) {
    const bool known = std::any_of(
        base.indexes.begin(), base.indexes.end(),
        [&](const auto& other) { return other.digest == index.digest; });
    if (known) continue;
    base.indexes.push_back(std::move(index));
    base.stored = false;
  }
}

void Append(BaseSet& set, BaseSet more) {
  for (UntrustedBase& base : more.candidates) {
    const auto known = std::find_if(
        set.candidates.begin(), set.candidates.end(), [&](const auto& other) {
          return other.manifest.digest == base.manifest.digest;
        });
    if (known != set.candidates.end()) {
      Merge(*known, std::move(base));
    } else if (set.candidates.size() < limits::kBaseCandidates) {
      set.candidates.push_back(std::move(base));
    }
  }
  std::move(more.failures.begin(), more.failures.end(),
            std::back_inserter(set.failures));
}

}  // namespace

bool BaseCollector::IsOnNode(const Question& question) const {
  return node_ != nullptr &&
         !std::holds_alternative<ReferenceClaim>(question.about);
}

Result<std::string> BaseCollector::Config(const Question& question,
                                          const Subject& subject,
                                          const Reference& name, Reach reach) {
  if (IsOnNode(question)) return node_->Config(question, subject, name, reach);
  if (reach == Reach::kDisk) {
    return Fail(Reason::kConfigMissing,
                subject.config.str() + " is in the registry");
  }
  auto fetched =
      registry_.FetchOne({FetchKind::kBlob, name, subject.config.str(),
                          limits::kConfigBytes, false},
                         InPatience(question.deadline));
  if (fetched) return std::move(fetched->bytes);
  Error error = fetched.error();
  if (error.reason == Reason::kRegistryNotFound) {
    error.reason = Reason::kConfigMissing;
  } else if (error.reason == Reason::kManifestDigestMismatch) {
    error.reason = Reason::kConfigDigestMismatch;
  }
  return error;
}

void BaseCollector::AddStored(const BaseRequest& request, BaseSet& set) const {
  EvidenceSet stored = store_.Read(request.image.manifest);
  BaseSet found;
  for (const UntrustedArtifact& artifact : stored.artifacts) {
    if (auto base = ReadStoredBase(artifact)) {
      found.candidates.push_back(*std::move(base));
    }
  }
  // What of the store cannot be read was reported with the signatures.
  Append(set, std::move(found));
}

// What was proven before and what the image names comes first, so that other
// images on the node cannot crowd it out.
BaseSet BaseCollector::Find(const BaseRequest& request) {
  BaseSet set;
  AddStored(request, set);
  if (request.reach != Reach::kDisk && request.hint) {
    Append(set, FetchBases(registry_, *request.hint, request.name,
                           request.config.platform,
                           InPatience(request.question.deadline)));
  }
  if (IsOnNode(request.question)) Append(set, node_->Find(request));
  return set;
}

Status BaseCollector::Keep(const Digest& image, const Reference& name,
                           const UntrustedBase& base) {
  const FoundArtifact artifact = StoreAsArtifact(image, name, base, now_());
  return store_.Put(image, {&artifact, 1});
}

}  // namespace assay
