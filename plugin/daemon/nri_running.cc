#include "daemon/nri_running.h"

#include <chrono>
#include <utility>

#include "base/bytes.h"
#include "core/verdict/verdict.h"
#include "daemon/log.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr std::chrono::seconds kRunningBudget{8};
// It works when it is told to.
constexpr std::chrono::hours kIdle{24};

bool IsAccepted(const Answer& answer) {
  const std::string* verdict = answer.record.FindString("verdict");
  return verdict != nullptr && *verdict == EndingName(Ending::kAccepted);
}

}  // namespace

NriRunning::NriRunning(Decide decide)
    : decide_(std::move(decide)),
      task_("what runs already", kIdle, [this] { return Work(); }) {}

NriRunning::~NriRunning() { stopping_ = true; }

void NriRunning::Look(std::string runtime_namespace,
                      std::vector<std::string> ids) {
  {
    const std::scoped_lock lock(mutex_);
    runtime_namespace_ = std::move(runtime_namespace);
    ids_ = std::move(ids);
    found_ = {};
    ++look_;
  }
  task_.Poke();
}

NriRunning::Found NriRunning::found() const {
  const std::scoped_lock lock(mutex_);
  return found_;
}

BackgroundTask::Wait NriRunning::Work() {
  while (!stopping_) {
    std::unique_lock lock(mutex_);
    if (ids_.empty()) break;
    const std::string id = std::move(ids_.back());
    ids_.pop_back();
    const std::string runtime_namespace = runtime_namespace_;
    const std::uint64_t look = look_;
    lock.unlock();
    const bool accepted = Judge(id, runtime_namespace);
    lock.lock();
    if (look != look_) continue;  // it is none of those looked at last
    ++found_.all;
    if (!accepted) ++found_.refused;
  }
  return kIdle;
}

bool NriRunning::Judge(const std::string& id,
                       const std::string& runtime_namespace) {
  Question question = NewQuestion(Hook::kNriRunning, kRunningBudget);
  question.about = RecordClaim{runtime_namespace, id};
  question.offline = true;
  const Answer answer = decide_(question);
  if (IsAccepted(answer)) return true;
  LogWarning("container " + Printable(id) + " runs and would be refused: " +
             WithRequest(answer.line, question.request_id));
  return false;
}

}  // namespace assay
