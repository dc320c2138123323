// WarmUp: decides about images when the runtime gets them, so that their
// evidence is on disk and their layers are hashed before a container starts.
// Its verdicts are thrown away; losing events costs time and never safety.
#ifndef ASSAY_DAEMON_WARM_UP_H_
#define ASSAY_DAEMON_WARM_UP_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "core/policy/policy.h"
#include "core/verdict/verifier.h"

namespace assay {

class WarmUp {
 public:
  static constexpr std::size_t kMostQueued = 4096;

  // Borrows the verifier. `policy` yields the one in force.
  WarmUp(const Verifier& verifier,
         std::function<std::shared_ptr<const Policy>()> policy);
  ~WarmUp();  // waits for the image under way
  WarmUp(const WarmUp&) = delete;
  WarmUp& operator=(const WarmUp&) = delete;

  // Thread-safe. An image that is queued already, or one over the bound, is
  // not queued again.
  void Add(const std::string& runtime_namespace, const std::string& image);

 private:
  using Image = std::pair<std::string, std::string>;

  void Work();
  void Decide(const Image& image);

  const Verifier& verifier_;
  std::function<std::shared_ptr<const Policy>()> policy_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::deque<Image> queue_;
  std::set<Image> queued_;
  std::thread worker_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_WARM_UP_H_
