// NriPlugin: Assay as a plugin of the node's runtime, over the Node Resource
// Interface. It refuses early, with a reason that whoever asked for the
// container sees, and guards handlers that the shim does not stand before
// (kata, gVisor). Where the shim stands it is the authority: a runtime goes on
// without a plugin that is late or gone.
//
// It decides from disk alone and within a quarter of the runtime's patience,
// since the runtime asks for one container at a time. Owns three threads; comes
// back by itself when the runtime was away.
#ifndef ASSAY_DAEMON_NRI_PLUGIN_H_
#define ASSAY_DAEMON_NRI_PLUGIN_H_

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "daemon/background_task.h"
#include "daemon/nri_decider.h"
#include "daemon/nri_running.h"
#include "io/nri/session.h"

namespace assay {

class NriConnection;

class NriPlugin : private NriPort {
 public:
  struct Ports {
    // Thread-safe: Enforcer::Ask.
    std::function<Answer(const Question& question)> decide;
    // Have what is known of an image on disk when it is asked for again.
    std::function<void(const std::string& runtime_namespace,
                       const std::string& image)>
        warm_up;
    // Enforcer::Withdraw: the runtime was told no, whatever comes of it.
    std::function<void(const Question& question, Error why)> give_up = {};
  };
  struct State {
    bool connected = false;
    std::string runtime;  // "containerd 2.1.9", "" before the first meeting
    bool validates = false;
    std::string problem;  // why it is not connected
    NriRunning::Found running;
  };

  // Begins to look for the runtime at `socket`, an absolute path.
  NriPlugin(std::string socket, Ports ports);
  ~NriPlugin() override;
  NriPlugin(const NriPlugin&) = delete;
  NriPlugin& operator=(const NriPlugin&) = delete;

  State state() const;  // thread-safe

 private:
  Result<std::int32_t> Configure(const NriRuntime& runtime,
                                 const std::string& nri_version) override;
  void Synchronize(std::vector<NriContainer> containers) override;
  std::optional<std::string> Decide(NriMoment moment,
                                    const NriContainer& container) override;

  BackgroundTask::Wait Meet();
  Status Talk(NriSession& session, NriConnection& connection);
  void NoteEnd(const NriSession& session, const Error& error);
  std::string RuntimeNamespace() const;
  Question QuestionOf(NriMoment moment, const NriContainer& container) const;

  const std::string socket_;
  const Ports ports_;
  UniqueFd stop_;  // an eventfd; readable = end
  NriDecider decider_;
  NriRunning running_;
  NriRuntime runtime_;    // of the task's thread alone, as are these
  int failures_ = 0;      // in a row
  bool smaller_ = false;  // ask for fewer events the next time
  mutable std::mutex mutex_;
  State state_;
  std::unique_ptr<BackgroundTask> task_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_NRI_PLUGIN_H_
