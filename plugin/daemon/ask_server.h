// AskServer: the hooks' end of the daemon. One thread a request, bounded; a
// request over the bound is refused at once rather than left waiting.
#ifndef ASSAY_DAEMON_ASK_SERVER_H_
#define ASSAY_DAEMON_ASK_SERVER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "daemon/enforcer.h"
#include "io/ask/listener.h"

namespace assay {

// Reads one request from a connected hook, decides, replies. Used by the
// server and by the one-shot decider.
void AnswerHook(AskConnection& connection, Enforcer& enforcer);

class AskServer {
 public:
  static constexpr unsigned kMostRequests = 512;

  // Takes the listening socket over; borrows the enforcer.
  AskServer(AskListener listener, Enforcer& enforcer);
  // Stops accepting and waits for the answers under way.
  ~AskServer();
  AskServer(const AskServer&) = delete;
  AskServer& operator=(const AskServer&) = delete;

  unsigned in_flight() const { return in_flight_.load(); }

  // Whether who accepts gets round to it until then. Thread-safe; waits.
  bool Accepts(Deadline until);

 private:
  void AcceptUntilStopped();
  void Sign();
  // False while no connection can be taken.
  bool AcceptOne();
  void Serve(AskConnection connection);
  void Leave();

  AskListener listener_;
  Enforcer& enforcer_;
  UniqueFd stop_;    // an eventfd; readable = stop accepting
  UniqueFd called_;  // an eventfd; readable = give a sign of life
  std::atomic<unsigned> in_flight_{0};
  std::mutex mutex_;
  std::condition_variable left_;
  std::condition_variable signed_;
  std::uint64_t signs_ = 0;  // guarded by mutex_
  bool stuck_ = false;       // nothing can be accepted; the acceptor's own
  std::thread acceptor_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_ASK_SERVER_H_
