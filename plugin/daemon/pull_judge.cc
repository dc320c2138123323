#include "daemon/pull_judge.h"

#include <utility>

#include "daemon/log.h"
#include "daemon/pulled_image.h"
#include "io/registry/credentials.h"
#include "io/report/request.h"

namespace assay {
namespace {

using std::chrono::milliseconds;

// The engine's own parts, but registries are shown the pull's credentials.
class CredentialedEngine {
 public:
  CredentialedEngine(Engine& engine, registry::GivenCredential given)
      : registry_(engine.registry(), std::move(given)),
        images_(registry_),
        collector_(engine.store(), &registry_, Engine::CollectorOptions()),
        bases_(engine.store(), registry_, &engine.runtime(), WallClock),
        verifier_(images_, collector_, engine.rootfs(), bases_,
                  &engine.revocation(), &engine.trust_data()) {}

  const Verifier& verifier() const { return verifier_; }

 private:
  RegistryClient registry_;
  RegistryResolver images_;
  EvidenceCollector collector_;
  BaseCollector bases_;
  Verifier verifier_;
};

// As a runtime takes them: those for another registry are not used.
std::optional<registry::GivenCredential> CredentialOf(
    const std::optional<cri::PullAuth>& auth, const Reference& image) {
  if (!auth) return std::nullopt;
  const bool empty = auth->username.empty() && auth->identity_token.empty() &&
                     auth->registry_token.empty();
  const bool elsewhere =
      !auth->server_address.empty() &&
      !registry::IsAddressOf(auth->server_address, image.host());
  if (empty || elsewhere) return std::nullopt;
  return registry::GivenCredential{
      image.host(),
      {auth->username, auth->password, auth->identity_token,
       auth->registry_token}};
}

std::string Refused(const std::string& line, const Question& question) {
  LogWarning("refused: " + line);
  return WithRequest(line, question.request_id);
}

class JudgedPull : public cri::PullPermit {
 public:
  JudgedPull(Enforcer& enforcer, Question question,
             std::shared_ptr<const Trail> accepted)
      : enforcer_(enforcer),
        question_(std::move(question)),
        accepted_(std::move(accepted)) {}

  // What is only reported binds nothing, nor does a rule that allows an image
  // whose registry told us nothing of it.
  bool binds() const override {
    return accepted_ != nullptr && accepted_->subject != nullptr;
  }

  std::optional<std::string> Check(
      const Result<cri::PulledImage>& pulled) override {
    const Status same = pulled ? CheckPulled(*pulled, *accepted_->subject)
                               : Status(pulled.error());
    if (same) return std::nullopt;
    const Answer answer =
        enforcer_.Withdraw(question_, *accepted_, same.error());
    if (answer.allow) return std::nullopt;
    return Refused(answer.line, question_);
  }

 private:
  Enforcer& enforcer_;
  const Question question_;
  const std::shared_ptr<const Trail> accepted_;
};

}  // namespace

cri::PullAnswer PullJudge::Decide(const cri::PullRequest& request,
                                  Deadline deadline) {
  try {
    return Judge(request, deadline);
  } catch (const std::exception& problem) {
    return {nullptr, Verdict(Fail(Reason::kInternal, problem.what())).Line()};
  }
}

std::string PullJudge::Refuse(const Error& why) {
  try {
    const Question question = NewQuestion(Hook::kPull, milliseconds(0));
    return Refused(enforcer_.Refuse(question, why).line, question);
  } catch (const std::exception& problem) {
    return Verdict(Fail(Reason::kInternal, problem.what())).Line();
  }
}

cri::PullAnswer PullJudge::Judge(const cri::PullRequest& request,
                                 Deadline deadline) {
  Question question = NewQuestion(
      Hook::kPull, std::chrono::floor<milliseconds>(
                       deadline - std::chrono::steady_clock::now()));
  auto reference = Reference::Parse(request.image);
  if (!reference) {
    return {nullptr, Refused(enforcer_.Refuse(question, reference.error()).line,
                             question)};
  }
  const std::optional<Digest> named = reference->digest();
  question.about = ReferenceClaim{*std::move(reference), HostPlatform(),
                                  request.pod_namespace, named};
  const Answer answer = Ask(request, question);
  if (!answer.allow) return {nullptr, Refused(answer.line, question)};
  return {std::make_unique<JudgedPull>(enforcer_, std::move(question),
                                       answer.accepted_pull),
          {}};
}

Answer PullJudge::Ask(const cri::PullRequest& request,
                      const Question& question) {
  const Reference& image = std::get<ReferenceClaim>(question.about).reference;
  auto given = CredentialOf(request.auth, image);
  if (!given) return enforcer_.Ask(question);
  const CredentialedEngine engine(engine_, *std::move(given));
  return enforcer_.Ask(question, engine.verifier());
}

}  // namespace assay
