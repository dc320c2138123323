// StorageWatch: notices what CRI-O, podman or skopeo bring into
// containers-storage, which tells nobody of its pulls, and has it warmed up.
#ifndef ASSAY_DAEMON_STORAGE_WATCH_H_
#define ASSAY_DAEMON_STORAGE_WATCH_H_

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/background_task.h"
#include "io/storage/resolver.h"

namespace assay {

class StorageWatch {
 public:
  // Borrows the resolver. `found` is called on the watch's own thread with the
  // id of each image that is there, that is new, or that has other names. Looks
  // again after each pause.
  StorageWatch(StorageResolver& storage,
               std::function<void(const std::string&)> found,
               BackgroundTask::Wait pause = std::chrono::seconds(2));

 private:
  BackgroundTask::Wait Look();

  StorageResolver& storage_;
  std::function<void(const std::string&)> found_;
  BackgroundTask::Wait pause_;
  std::map<std::string, std::vector<std::string>> known_;  // names by id
  BackgroundTask task_;  // last: it uses all of the above
};

}  // namespace assay

#endif  // ASSAY_DAEMON_STORAGE_WATCH_H_
