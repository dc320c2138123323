#include "io/containerd/announced.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "core/subject/image_config.h"
#include "io/containerd/binding.h"
#include "io/containerd/naming.h"
#include "io/containerd/place.h"
#include "io/containerd/subject_builder.h"

namespace assay {
namespace {

bool IsMadeOf(const SnapshotRecord& snapshot, const DocumentLinks& links) {
  ImageConfig content;
  content.diff_ids = links.diff_ids;
  const auto chain = content.ChainId();
  return chain && snapshot.parent == chain->str();
}

// What cannot be read is none of them: the start, where the record names the
// configuration, is the proof.
std::vector<Digest> ConfigsOf(ContentStore& store,
                              const SnapshotRecord& snapshot,
                              const HeldImages& held) {
  std::set<Digest> seen;
  std::vector<Digest> found;
  for (const HeldImage& image : held.images) {
    if (!seen.insert(image.config).second) continue;
    const auto links = store.ConfigLinks(image.config);
    if (links && IsMadeOf(snapshot, **links)) found.push_back(image.config);
  }
  return found;
}

// Whether the node holds the configuration under the name itself, and not
// merely under some others.
bool IsHeldUnder(const std::string& name, const HeldImages& held,
                 const Digest& config) {
  const auto wanted = Reference::Parse(name);
  const auto names = NamesOf(name, ThatHold(held.images, config));
  return wanted && names && names->size() == 1 && names->front() == *wanted;
}

Error Undecided(const AnnouncedClaim& claim, std::size_t count) {
  return Fail(Reason::kSubjectConfigUnproven,
              std::to_string(count) +
                  " images of these layers may be meant by " +
                  (claim.image_name.empty() ? "an image without a name"
                                            : Printable(claim.image_name)));
}

}  // namespace

Result<AnnouncedRoot> FindRoot(ContainerdClient& client, const CallScope& scope,
                               const std::vector<std::string>& snapshotters,
                               const std::string& id) {
  if (!IsIdentifier(id)) {
    return Fail(Reason::kRuntimeAmbiguous,
                "id " + Printable(id) + " is not one of containerd's");
  }
  // Those that this containerd does not have answer with an error of their own.
  std::string others;
  for (const std::string& name : snapshotters) {
    auto snapshot = client.Snapshot(scope, name, id).Get();
    if (!snapshot && snapshot.error().reason == Reason::kDeadline) {
      return snapshot.error();
    }
    if (!snapshot) {
      if (others.empty() && snapshot.error().reason != Reason::kNotFound) {
        others = "; " + snapshot.error().detail;
      }
      continue;
    }
    if (Status root = CheckIsRoot(*snapshot); !root) return root.error();
    auto mounts = client.Mounts(scope, name, id).Get();
    if (!mounts) return mounts.error();
    return AnnouncedRoot{name, *std::move(snapshot), *std::move(mounts)};
  }
  return Fail(Reason::kSubjectUnbound,
              "no snapshotter that is believed has a snapshot " + id + others);
}

Result<Subject> BindAnnounced(ContentStore& store,
                              const SnapshotRecord& snapshot,
                              const AnnouncedClaim& claim,
                              const HeldImages& held) {
  std::vector<Digest> configs = ConfigsOf(store, snapshot, held);
  if (configs.empty()) {
    if (held.broken) return *held.broken;
    return Fail(
        Reason::kSubjectUnbound,
        "no image on the node has the layers of the snapshot's parent " +
            Printable(snapshot.parent));
  }
  if (configs.size() > 1) {
    const std::size_t count = configs.size();
    std::erase_if(configs, [&](const Digest& config) {
      return !IsHeldUnder(claim.image_name, held, config);
    });
    if (configs.size() != 1) return Undecided(claim, count);
  }
  const Digest& config = configs.front();
  if (auto bound = BindToConfig(store, snapshot, config); !bound) {
    return bound.error();
  }
  auto subject =
      BuildSubject(store, config, ThatHold(held.images, config),
                   claim.is_requested ? claim.image_name : std::string());
  if (!subject) return subject.error();
  subject->workload = {store.scope().runtime_namespace, claim.id,
                       claim.pod_namespace, claim.pod, claim.container};
  return subject;
}

}  // namespace assay
