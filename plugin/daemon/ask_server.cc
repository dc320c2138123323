#include "daemon/ask_server.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/error_text.h"
#include "base/limits.h"
#include "daemon/log.h"
#include "io/report/request.h"

namespace assay {
namespace {

Hook HookOf(AskKind kind) {
  switch (kind) {
    case AskKind::kNone:
      return Hook::kUnspecified;
    case AskKind::kCreate:
      return Hook::kCreate;
    case AskKind::kRun:
      return Hook::kRun;
    case AskKind::kRestore:
      return Hook::kRestore;
    case AskKind::kPull:
      return Hook::kPull;
  }
  return Hook::kUnspecified;
}

constexpr std::chrono::seconds kReceiveWithin{2};

// How long a decision may take: some of the hook's patience is kept for the
// way back.
std::chrono::milliseconds BudgetOf(Deadline asker_leaves) {
  constexpr std::chrono::seconds kWayBack{1};
  const auto patience = std::chrono::floor<std::chrono::milliseconds>(
      asker_leaves - kWayBack - std::chrono::steady_clock::now());
  return std::min(patience, limits::kAnswerDeadline);
}

Result<ReferenceClaim> PulledImage(const AskRequest& request) {
  auto reference = Reference::Parse(request.image);
  if (!reference) return reference.error();
  auto digest = Digest::Parse(request.image_digest);
  if (!digest) return digest.error();
  return ReferenceClaim{*std::move(reference), HostPlatform(), "",
                        *std::move(digest)};
}

ContainerClaim StartedContainer(const AskCall& ask) {
  const AskRequest& request = ask.request;
  ContainerClaim claim;
  claim.id = request.container_id;
  claim.bundle = request.bundle;
  claim.runtime_root = request.runtime_root;
  claim.runtime_namespace = request.runtime_namespace;
  claim.runtime_address = request.runtime_address;
  claim.runtime = request.runtime_name;
  claim.bundle_fd = ask.bundle.get();
  claim.config_fd = ask.config.get();
  claim.shim_pid = ask.asker;
  return claim;
}

Status SayWhatItIsAbout(const AskCall& ask, Question& question) {
  if (ask.request.kind == AskKind::kPull) {
    auto image = PulledImage(ask.request);
    if (!image) return image.error();
    question.about = *std::move(image);
  } else {
    question.about = StartedContainer(ask);
  }
  return Ok();
}

void Deny(AskConnection& connection, const AskNonce& nonce,
          const std::string& line) {
  LogWarning("refused: " + line);
  if (!connection.Reply(DenyAsk(nonce, line))) {
    LogWarning("the hook did not wait for: " + line);
  }
}

// Says so rather than hang up: a hook that gets no answer starts the one-shot
// decider, and that many more processes would help nobody.
void TurnAway(AskConnection& connection) {
  constexpr std::chrono::milliseconds kReceiveAtOnce{50};
  const auto ask =
      connection.Receive(std::chrono::steady_clock::now() + kReceiveAtOnce);
  if (!ask) return;
  Deny(connection, ask->request.nonce,
       Verdict(Fail(Reason::kOverloaded)).Line());
}

}  // namespace

void AnswerHook(AskConnection& connection, Enforcer& enforcer) {
  const auto ask =
      connection.Receive(std::chrono::steady_clock::now() + kReceiveWithin);
  if (!ask) {
    LogWarning("refused a request at the ask socket: " +
               ErrorText(ask.error()));
    return;
  }
  const AskNonce& nonce = ask->request.nonce;
  Question question =
      NewQuestion(HookOf(ask->request.kind), BudgetOf(ask->deadline));
  const Status understood = SayWhatItIsAbout(*ask, question);
  const Answer answer = understood
                            ? enforcer.Ask(question)
                            : enforcer.Refuse(question, understood.error());
  if (!answer.allow) {
    return Deny(connection, nonce,
                WithRequest(answer.line, question.request_id));
  }
  if (!connection.Reply(AllowAsk(nonce))) {
    LogWarning("the hook did not wait for its answer: request " +
               question.request_id);
  }
}

AskServer::AskServer(AskListener listener, Enforcer& enforcer)
    : listener_(std::move(listener)),
      enforcer_(enforcer),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      called_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      acceptor_([this] { AcceptUntilStopped(); }) {}

AskServer::~AskServer() {
  ::eventfd_write(stop_.get(), 1);
  acceptor_.join();
  std::unique_lock lock(mutex_);
  left_.wait(lock, [this] { return in_flight_ == 0; });
}

bool AskServer::Accepts(Deadline until) {
  std::unique_lock lock(mutex_);
  const std::uint64_t before = signs_;
  ::eventfd_write(called_.get(), 1);
  return signed_.wait_until(lock, until, [&] { return signs_ != before; });
}

void AskServer::Sign() {
  eventfd_t calls = 0;
  ::eventfd_read(called_.get(), &calls);
  const std::scoped_lock lock(mutex_);
  ++signs_;
  signed_.notify_all();
}

// A connection that could not be taken keeps the listener readable: that is
// looked at again after a pause, not at once and for ever.
void AskServer::AcceptUntilStopped() {
  constexpr int kPauseMilliseconds = 50;
  std::array<pollfd, 3> ready = {{{listener_.fd(), POLLIN, 0},
                                  {stop_.get(), POLLIN, 0},
                                  {called_.get(), POLLIN, 0}}};
  for (;;) {
    ready[0].fd = stuck_ ? -1 : listener_.fd();
    const int wait = stuck_ ? kPauseMilliseconds : -1;
    if (::poll(ready.data(), ready.size(), wait) < 0) continue;
    if (ready[1].revents != 0) return;
    if (stuck_ || ready[0].revents != 0) stuck_ = !AcceptOne();
    if (ready[2].revents != 0) Sign();
  }
}

bool AskServer::AcceptOne() {
  auto connection = listener_.Accept();
  if (!connection) {
    if (connection.error().reason != Reason::kOverloaded) return true;  // gone
    if (!stuck_) LogError("hooks wait: " + connection.error().detail);
    return false;
  }
  if (in_flight_ >= kMostRequests) {
    TurnAway(*connection);
    return true;
  }
  ++in_flight_;
  try {
    std::thread([this, one = *std::move(connection)]() mutable {
      Serve(std::move(one));
    }).detach();
  } catch (const std::system_error& problem) {
    LogError(std::string("no thread for a request: ") + problem.what());
    Leave();
  }
  return true;
}

// A request that cannot be served gets no answer, which is a refusal; it must
// not take the others with it.
void AskServer::Serve(AskConnection connection) {
  try {
    AnswerHook(connection, enforcer_);
  } catch (const std::exception& problem) {
    LogError(std::string("a request was not answered: ") + problem.what());
  }
  Leave();
}

// The last touch of `this` by a serving thread is under the lock that the
// destructor waits with.
void AskServer::Leave() {
  const std::scoped_lock lock(mutex_);
  --in_flight_;
  left_.notify_all();
}

}  // namespace assay
