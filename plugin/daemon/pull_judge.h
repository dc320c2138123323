// PullJudge: has the pulls of the image proxy judged as every other question,
// for the namespace of their pod and with their own credentials.
#ifndef ASSAY_DAEMON_PULL_JUDGE_H_
#define ASSAY_DAEMON_PULL_JUDGE_H_

#include "cri/pull_gate.h"
#include "daemon/enforcer.h"
#include "daemon/engine.h"

namespace assay {

class PullJudge : public cri::PullGate {
 public:
  // Borrows both, which must outlive it and its permits.
  PullJudge(Enforcer& enforcer, Engine& engine)
      : enforcer_(enforcer), engine_(engine) {}

  // The tag is looked up once, here; a permit binds the pull to what it was
  // found to be.
  cri::PullAnswer Decide(const cri::PullRequest& request,
                         Deadline deadline) override;
  std::string Refuse(const Error& why) override;

 private:
  cri::PullAnswer Judge(const cri::PullRequest& request, Deadline deadline);
  Answer Ask(const cri::PullRequest& request, const Question& question);

  Enforcer& enforcer_;
  Engine& engine_;
};

}  // namespace assay

#endif  // ASSAY_DAEMON_PULL_JUDGE_H_
