#include "daemon/storage_watch.h"

#include <utility>

namespace assay {

StorageWatch::StorageWatch(StorageResolver& storage,
                           std::function<void(const std::string&)> found,
                           BackgroundTask::Wait pause)
    : storage_(storage),
      found_(std::move(found)),
      pause_(pause),
      task_("containers-storage", pause, [this] { return Look(); }) {}

// A store that did not change costs a handful of system calls. What cannot be
// read now is looked at again: each decision says why.
BackgroundTask::Wait StorageWatch::Look() {
  const auto images = storage_.Images();
  if (!images) return pause_;
  std::map<std::string, std::vector<std::string>> now;
  for (const NamedImage& image : *images) {
    const auto before = known_.find(image.id);
    if (before == known_.end() || before->second != image.names) {
      found_(image.id);
    }
    now.insert_or_assign(image.id, image.names);
  }
  known_ = std::move(now);
  return known_.empty() ? 5 * pause_ : pause_;
}

}  // namespace assay
