#include "daemon/nri_plugin.h"

#include <sys/eventfd.h>

#include <utility>

#include "base/bytes.h"
#include "base/error_text.h"
#include "daemon/log.h"
#include "io/nri/connection.h"
#include "io/report/request.h"
#include "io/storage/resolver.h"

namespace assay {
namespace {

using std::chrono::steady_clock;

constexpr std::string_view kPluginName = "assay";
// Runtimes ask in this order: a container that is refused costs nobody after us
// anything.
constexpr std::string_view kPluginIndex = "10";
constexpr const char* kPodNamespace = "k8s.io";

// Looking for the runtime costs one system call.
constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::seconds kLongestPause{5};
// A runtime takes plugins one by one and gives each five seconds to register.
constexpr std::chrono::seconds kMeetWithin{30};

std::string NameOf(const NriRuntime& runtime) {
  return Printable(runtime.name, 40) + " " + Printable(runtime.version, 40);
}

}  // namespace

NriPlugin::NriPlugin(std::string socket, Ports ports)
    : socket_(std::move(socket)),
      ports_(std::move(ports)),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      decider_(ports_.decide),
      running_(ports_.decide),
      task_(std::make_unique<BackgroundTask>("NRI", BackgroundTask::Wait(0),
                                             [this] { return Meet(); })) {}

NriPlugin::~NriPlugin() {
  ::eventfd_write(stop_.get(), 1);
  task_.reset();
}

NriPlugin::State NriPlugin::state() const {
  State state;
  {
    const std::scoped_lock lock(mutex_);
    state = state_;
  }
  state.running = running_.found();
  return state;
}

BackgroundTask::Wait NriPlugin::Meet() {
  auto connection = NriConnection::Open(socket_);
  Status ended = Ok();
  if (!connection) {
    ended = connection.error();
    const std::scoped_lock lock(mutex_);
    state_.problem = ErrorText(connection.error());
  } else {
    NriSession session(*this, [&](const std::string& bytes) {
      return connection->Send(bytes);
    });
    ended = Talk(session, *connection);
    if (ended) return kLongestPause;  // told to stop
    NoteEnd(session, ended.error());
  }
  ++failures_;
  return BackgroundTask::Spread(
      BackgroundTask::Backoff(kFirstPause, failures_, kLongestPause));
}

// Returns well only when the plugin is told to stop.
Status NriPlugin::Talk(NriSession& session, NriConnection& connection) {
  const Status registered =
      session.Register(std::string(kPluginName), std::string(kPluginIndex));
  if (!registered) return registered;
  const Deadline met = steady_clock::now() + kMeetWithin;
  for (;;) {
    const auto bytes = connection.Receive(
        stop_.get(), session.synchronized() ? Deadline::max() : met);
    if (!bytes) return bytes.error();
    if (bytes->empty()) return Ok();
    if (Status taken = session.Take(*bytes); !taken) return taken;
  }
}

void NriPlugin::NoteEnd(const NriSession& session, const Error& error) {
  // A runtime that asked who we are and then hung up did not know an event.
  const bool unwanted = session.configured() && !session.synchronized();
  smaller_ = unwanted && !smaller_;
  if (session.synchronized()) failures_ = 0;
  std::string problem = ErrorText(error);
  const std::scoped_lock lock(mutex_);
  // It is tried again every few seconds, and once is enough to say why.
  if (state_.problem != problem) LogWarning("NRI: " + problem);
  state_.connected = false;
  state_.problem = std::move(problem);
}

Result<std::int32_t> NriPlugin::Configure(const NriRuntime& runtime,
                                          const std::string& nri_version) {
  runtime_ = runtime;
  if (runtime.kind == NriKind::kOther) {
    return Fail(Reason::kRuntimeUnreachable,
                NameOf(runtime) + " is not a runtime that is known over NRI");
  }
  const bool validates = AsksValidation(runtime, nri_version) && !smaller_;
  const std::scoped_lock lock(mutex_);
  state_.runtime = NameOf(runtime);
  state_.validates = validates;
  return EventMask(runtime.kind, validates);
}

void NriPlugin::Synchronize(std::vector<NriContainer> containers) {
  std::vector<std::string> ids;
  for (NriContainer& container : containers) {
    if (container.started) ids.push_back(std::move(container.id));
  }
  LogInfo("NRI: plugin of " + NameOf(runtime_) + ", " +
          std::to_string(ids.size()) + " containers run already");
  running_.Look(RuntimeNamespace(), std::move(ids));
  const std::scoped_lock lock(mutex_);
  state_.connected = true;
  state_.problem.clear();
}

std::string NriPlugin::RuntimeNamespace() const {
  return runtime_.kind == NriKind::kCrio ? kStorageNamespace : kPodNamespace;
}

Question NriPlugin::QuestionOf(NriMoment moment,
                               const NriContainer& container) const {
  Question question = NewQuestion(Hook::kNri, runtime_.patience / 4);
  question.offline = true;
  const std::string runtime_namespace = RuntimeNamespace();
  // CRI-O has written its records before it asks.
  if (moment == NriMoment::kStart || runtime_.kind == NriKind::kCrio) {
    question.about = RecordClaim{runtime_namespace, container.id};
    return question;
  }
  // containerd before 2.0 tells one of the image's names, chosen by sorting.
  question.about = AnnouncedClaim{runtime_namespace,       container.id,
                                  container.image_name,    runtime_.major >= 2,
                                  container.pod_namespace, container.pod,
                                  container.name};
  return question;
}

std::optional<std::string> NriPlugin::Decide(NriMoment moment,
                                             const NriContainer& container) {
  const Question question = QuestionOf(moment, container);
  std::optional<Answer> answer = decider_.Ask(question);
  if (answer && answer->allow) return std::nullopt;
  if (!answer) {
    const Error late = Fail(Reason::kDeadline);
    if (ports_.give_up) ports_.give_up(question, late);
    answer.emplace();
    answer->line = Verdict(late).Line();
  }
  const std::string line = WithRequest(answer->line, question.request_id);
  LogWarning("refused over NRI: " + line);
  // Evidence that the disk lacks is there when the runtime asks again. Of CRI-O
  // the annotation is its pod's author's; its images are watched.
  if (runtime_.kind == NriKind::kCrio) return line;
  if (const auto name = Reference::Parse(container.image_name)) {
    ports_.warm_up(kPodNamespace, name->str());
  }
  return line;
}

}  // namespace assay
