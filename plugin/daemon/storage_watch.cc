#include "daemon/storage_watch.h"

#include <chrono>
#include <utility>

namespace assay {
namespace {

// A store that did not change costs a handful of system calls to look at.
constexpr std::chrono::seconds kLookAgain{2};
constexpr std::chrono::seconds kWhereNothingIs{10};

}  // namespace

StorageWatch::StorageWatch(StorageResolver& storage,
                           std::function<void(const std::string&)> found)
    : storage_(storage),
      found_(std::move(found)),
      task_("containers-storage", kLookAgain, [this] { return Look(); }) {}

// What cannot be read now is looked at again: each decision says why.
BackgroundTask::Wait StorageWatch::Look() {
  const auto images = storage_.Images();
  if (!images) return kLookAgain;
  std::map<std::string, std::vector<std::string>> now;
  for (const NamedImage& image : *images) {
    const auto before = known_.find(image.id);
    if (before == known_.end() || before->second != image.names) {
      found_(image.id);
    }
    now.insert_or_assign(image.id, image.names);
  }
  known_ = std::move(now);
  return known_.empty() ? kWhereNothingIs : kLookAgain;
}

}  // namespace assay
