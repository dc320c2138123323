// PolicyWatcher notices changes of the policy and trust folders and of what
// links there lead to, among them the switch of `..data` in a mounted Secret,
// and calls back once they have settled. Owns one thread. Made before the
// policy is read and started afterwards, it misses nothing that changes in
// between.
#ifndef ASSAY_IO_POLICY_POLICY_WATCHER_H_
#define ASSAY_IO_POLICY_POLICY_WATCHER_H_

#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/paths.h"
#include "base/unique_fd.h"

namespace assay {

class PolicyWatcher {
 public:
  // `changed` is called on the watcher's thread, within two seconds of a
  // change. Folders that do not exist yet are watched from when they do.
  // `others` names further folders, as they are at each look: those of keys
  // that a policy names by absolute path.
  PolicyWatcher(const Paths& paths, std::function<void()> changed,
                std::function<std::set<std::string>()> others = {});
  ~PolicyWatcher();
  // Once. From now on it calls back.
  void Start();
  PolicyWatcher(const PolicyWatcher&) = delete;
  PolicyWatcher& operator=(const PolicyWatcher&) = delete;

 private:
  void Watch();
  bool AddFolders();  // whether there were new ones
  bool Add(const std::string& folder);
  bool AddBelow(const std::string& root);
  bool Drain();  // whether there was anything

  std::vector<std::string> roots_;
  std::function<void()> changed_;
  std::function<std::set<std::string>()> others_;
  std::set<int> watches_;  // every one there ever was
  UniqueFd notify_;
  UniqueFd stop_;
  std::thread thread_;
};

}  // namespace assay

#endif  // ASSAY_IO_POLICY_POLICY_WATCHER_H_
