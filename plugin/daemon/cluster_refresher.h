// ClusterRefresher: follows the objects that the policy names as k8s://, in the
// background: no decision ever waits for an API server. What the server says is
// kept on disk and counts from then on; while it does not answer, what is kept
// counts. Owns one thread.
#ifndef ASSAY_DAEMON_CLUSTER_REFRESHER_H_
#define ASSAY_DAEMON_CLUSTER_REFRESHER_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/paths.h"
#include "io/kubernetes/cluster_client.h"
#include "io/kubernetes/cluster_store.h"

namespace assay {

class ClusterRefresher {
 public:
  // All are called on the refresher's thread.
  struct Ports {
    std::function<std::set<ClusterReference>()> wanted;
    std::function<bool()> settled;  // nothing else can be wanted
    std::function<void()> changed;  // what is on disk is another now
  };
  // How it stands with one object.
  struct State {
    ClusterObject object;
    std::string version;  // "" while nothing is known or there is none
    Time confirmed_at{};  // 0: never
    std::string problem;  // why nobody knows better; "" if somebody does
    std::vector<std::string> lacking;  // entries that yield no key, and why
  };

  ClusterRefresher(const Paths& paths, const KubernetesSettings& settings,
                   Ports ports);
  ~ClusterRefresher();
  ClusterRefresher(const ClusterRefresher&) = delete;
  ClusterRefresher& operator=(const ClusterRefresher&) = delete;

  // Thread-safe. Lists anew what is wanted by now.
  void Poke();

  std::vector<State> states() const;

 private:
  using Wanted = std::map<ClusterObject, std::set<std::string>>;
  struct Known {
    KeptObject kept;
    Time saved_at{};
    std::string problem;
  };

  void RunOnce(const ClusterEars& ears);
  void Run();
  void Begin(const Wanted& wanted);
  Status Hear(const ClusterObject& object, const ListedObject& listed);
  void Confirm(const ClusterObject& object);
  void Note(const ClusterObject& object, const Error& error);
  Status Keep(const ClusterObject& object, KeptObject now, bool changed);

  const ClusterStore store_;
  const Ports ports_;
  ClusterClient client_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool poked_ = true;
  Wanted wanted_;                         // what is followed
  std::map<ClusterObject, Known> known_;  // of what is followed
  // Something changed, and nobody was told yet, be it that something threw
  // meanwhile; the refresher's thread alone.
  bool untold_ = false;
  std::thread worker_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_CLUSTER_REFRESHER_H_
