// NriDecider: asks the Enforcer on a thread of its own, so that who waits can
// stop waiting. A runtime that hears nothing in time goes on without us.
#ifndef ASSAY_DAEMON_NRI_DECIDER_H_
#define ASSAY_DAEMON_NRI_DECIDER_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "core/question/question.h"
#include "daemon/enforcer.h"

namespace assay {

class NriDecider {
 public:
  using Port = std::function<Answer(const Question& question)>;

  explicit NriDecider(Port decide);
  ~NriDecider();  // waits for the decision under way
  NriDecider(const NriDecider&) = delete;
  NriDecider& operator=(const NriDecider&) = delete;

  // Nothing where no answer is there at the deadline of the question: that is
  // a refusal, whatever the decision comes to later. One thread.
  std::optional<Answer> Ask(const Question& question);

 private:
  Answer Decide(const Question& question) const;
  void Work();

  const Port decide_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Question> asked_;
  std::optional<Answer> answer_;  // to what was asked last
  bool busy_ = false;
  bool given_up_ = false;  // nobody waits for the decision under way
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_NRI_DECIDER_H_
