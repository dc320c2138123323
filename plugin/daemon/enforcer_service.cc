#include "daemon/enforcer_service.h"

#include <grpcpp/grpcpp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "api/assay.grpc.pb.h"
#include "base/bytes.h"
#include "base/error_text.h"
#include "daemon/node_survey.h"
#include "io/report/request.h"
#include "io/rootfs/folder.h"

namespace assay {
namespace {

constexpr int kMostTroubles = 32;
constexpr std::chrono::seconds kVerifyBudget{8};
constexpr std::chrono::seconds kRunningBudget{30};

v1::Ending ToProto(const Json& record) {
  const std::string* verdict = record.FindString("verdict");
  if (verdict == nullptr) return v1::ENDING_UNSPECIFIED;
  if (*verdict == EndingName(Ending::kAccepted)) return v1::ENDING_ACCEPTED;
  if (*verdict == EndingName(Ending::kRejected)) return v1::ENDING_REJECTED;
  return v1::ENDING_UNSPECIFIED;
}

v1::Ending ToProto(Ending ending) {
  if (ending == Ending::kAccepted) return v1::ENDING_ACCEPTED;
  if (ending == Ending::kRejected) return v1::ENDING_REJECTED;
  return v1::ENDING_UNSPECIFIED;
}

// Without the object of the audit line.
void Fill(const Verdict& verdict, v1::Decision& decision) {
  decision.set_ending(ToProto(verdict.ending()));
  decision.set_reason(std::string(Describe(verdict.reason()).id));
  decision.set_line(verdict.Sentence());
}

void Fill(const HeldWorkload& held, std::size_t number, std::size_t all,
          v1::NodeImage& image) {
  image.set_runtime_namespace(held.runtime_namespace);
  image.set_name(held.image);
  image.set_pod_namespace(held.pod_namespace);
  image.set_container(held.container);
  image.set_running(held.running);
  image.set_number(static_cast<std::uint32_t>(number));
  image.set_all(static_cast<std::uint32_t>(all));
}

// Of containerd, and of CRI-O and podman: one of them may not be on the node,
// but none is left out for being down.
Result<std::vector<InventoryContainer>> ContainersOf(Engine& engine,
                                                     Deadline deadline) {
  auto stored = engine.storage().Containers();
  if (!stored) return stored.error();
  std::vector<InventoryContainer> all;
  if (stored->empty() || engine.inventory().IsThere()) {
    auto containers = engine.inventory().Containers(deadline);
    if (!containers) return containers;
    all = *std::move(containers);
  }
  for (StoredContainer& one : *stored) {
    InventoryContainer container;
    container.runtime_namespace = kStorageNamespace;
    container.id = std::move(one.id);
    container.image = std::move(one.image);
    container.running = one.running;
    all.push_back(std::move(container));
  }
  return all;
}

void Fill(const Json& record, v1::Decision& decision) {
  decision.set_ending(ToProto(record));
  if (const auto* reason = record.FindString("reason")) {
    decision.set_reason(*reason);
  }
  if (const auto* message = record.FindString("message")) {
    decision.set_line(*message);
  }
  decision.set_json(record.Dump());
}

void Fill(const NriPlugin::State& state, v1::NriStatus& nri) {
  nri.set_connected(state.connected);
  nri.set_runtime(state.runtime);
  nri.set_validates(state.validates);
  nri.set_problem(state.problem);
  nri.set_running(state.running.all);
  nri.set_unwanted(state.running.refused);
}

void AddTroubles(std::string_view what, std::vector<std::string> problems,
                 v1::StatusReply& reply) {
  for (std::string& problem : problems) {
    if (reply.troubles_size() == kMostTroubles) return;
    reply.add_troubles(std::string(what) + std::move(problem));
  }
}

std::vector<std::string> Lines(const Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics) {
    lines.push_back(Printable(diagnostic.str(), 1000));
  }
  return lines;
}

}  // namespace

class EnforcerService::Impl final : public v1::Enforcer::Service {
 public:
  explicit Impl(Parts parts) : parts_(std::move(parts)) {}

  ::assay::Status Listen(const std::string& path);
  void Stop() {
    server_->Shutdown(std::chrono::system_clock::now() +
                      std::chrono::seconds(1));
  }

  grpc::Status Verify(grpc::ServerContext* /*context*/,
                      const v1::VerifyRequest* request,
                      v1::Decision* decision) override {
    auto reference = Reference::Parse(request->reference());
    if (!reference) {
      return {grpc::StatusCode::INVALID_ARGUMENT, ErrorText(reference.error())};
    }
    Question question = NewQuestion(Hook::kVerify, kVerifyBudget);
    question.about = ReferenceClaim{*std::move(reference), HostPlatform(),
                                    request->pod_namespace()};
    question.offline = request->offline();
    Fill(parts_.enforcer.Ask(question).record, *decision);
    return grpc::Status::OK;
  }

  grpc::Status Status(grpc::ServerContext* /*context*/,
                      const v1::StatusRequest* /*request*/,
                      v1::StatusReply* reply) override {
    reply->set_version(ASSAY_VERSION);
    reply->set_started_at(parts_.started_at.time_since_epoch().count());
    FillPolicy(*reply->mutable_policy());
    if (parts_.refresher != nullptr) FillTuf(*reply->mutable_tuf());
    if (parts_.cluster != nullptr) FillCluster(*reply);
    if (parts_.nri != nullptr) Fill(parts_.nri->state(), *reply->mutable_nri());
    reply->set_decisions(parts_.enforcer.decisions());
    reply->set_refusals(parts_.enforcer.refusals());
    reply->set_cached_verdicts(parts_.enforcer.cache().size());
    reply->set_in_flight(parts_.in_flight());
    for (auto& trouble : IntegrityTroubles()) {
      reply->add_troubles(std::move(trouble));
    }
    AddTroubles("revocation: ", parts_.engine.revocation().Problems(), *reply);
    AddTroubles("trust data: ", parts_.engine.trust_data().Problems(), *reply);
    const auto containers = parts_.engine.inventory().Containers(
        std::chrono::steady_clock::now() + std::chrono::seconds(2));
    reply->set_runtime_reachable(containers.has_value());
    if (!containers) {
      reply->add_troubles("containerd: " + containers.error().detail);
    }
    return grpc::Status::OK;
  }

  grpc::Status Running(grpc::ServerContext* /*context*/,
                       const v1::RunningRequest* /*request*/,
                       v1::RunningReply* reply) override;

  grpc::Status Reload(grpc::ServerContext* /*context*/,
                      const v1::ReloadRequest* /*request*/,
                      v1::ReloadReply* reply) override {
    reply->set_accepted(parts_.reload());
    if (const auto policy = parts_.policy.Current()) {
      reply->set_fingerprint(policy->fingerprint().str());
    }
    for (const auto& line : Lines(parts_.policy.LastDiagnostics())) {
      reply->add_problems(line);
    }
    return grpc::Status::OK;
  }

  grpc::Status Compare(grpc::ServerContext* context,
                       const v1::CompareRequest* request,
                       grpc::ServerWriter<v1::ComparedImage>* writer) override;

  grpc::Status Survey(grpc::ServerContext* context,
                      const v1::SurveyRequest* request,
                      grpc::ServerWriter<v1::SurveyedImage>* writer) override;

 private:
  // Null after `status` says what is wrong with it.
  std::shared_ptr<const Policy> Read(const v1::OtherPolicy& other,
                                     grpc::Status& status) const {
    Diagnostics diagnostics;
    auto policy = other.path().empty()
                      ? parts_.policies.LoadText({"the policy", other.text()},
                                                 diagnostics)
                      : parts_.policies.LoadFrom(other.path(), diagnostics);
    std::string problems;
    for (const auto& line : Lines(diagnostics)) {
      problems += (problems.empty() ? "" : "\n") + line;
    }
    if (policy == nullptr) {
      status = {grpc::StatusCode::INVALID_ARGUMENT, problems};
    }
    return policy;
  }

  // What keeps layers and files from being checked, or from being checked once.
  std::vector<std::string> IntegrityTroubles() {
    std::vector<std::string> troubles;
    if (const auto problem = parts_.engine.layers().MemoryProblem()) {
      troubles.push_back("layer memory: " + problem->detail);
    }
    if (const auto problem = parts_.engine.rootfs().MemoryProblem()) {
      troubles.push_back("file memory: " + problem->detail);
    }
    const auto policy = parts_.policy.Current();
    if (policy == nullptr || SeesTrustedAttributes()) return troubles;
    for (const Rule& rule : policy->rules()) {
      if (rule.integrity != Integrity::kRootfs) continue;
      troubles.push_back(rule.position.str() +
                         ": unpacked files cannot be compared without "
                         "CAP_SYS_ADMIN, see assay-policy(5)");
    }
    return troubles;
  }

  void FillPolicy(v1::PolicyStatus& status) {
    for (const auto& line : Lines(parts_.policy.LastDiagnostics())) {
      status.add_problems(line);
    }
    for (const auto& line : Lines(parts_.policy.BreakGlassDiagnostics())) {
      status.add_problems("break-glass: no exception is made: " + line);
    }
    for (const auto& door : parts_.doors) status.add_warnings(door);
    const auto policy = parts_.policy.Current();
    status.set_in_force(policy != nullptr);
    if (policy == nullptr) return;
    status.set_fingerprint(policy->fingerprint().str());
    status.set_mode(std::string(ModeName(policy->mode())));
    status.set_default_action(
        std::string(ActionName(policy->default_action())));
    status.set_rules(static_cast<std::uint32_t>(policy->rules().size()));
    status.set_signers(static_cast<std::uint32_t>(policy->signers().size()));
    status.set_loaded_at(parts_.policy.LoadedAt().time_since_epoch().count());
    for (const auto& warning : policy->warnings()) status.add_warnings(warning);
    for (const auto& open : policy->ActiveExceptions(WallClock())) {
      status.add_warnings(open);
    }
  }

  void FillCluster(v1::StatusReply& reply) {
    for (const auto& state : parts_.cluster->states()) {
      v1::ClusterObjectStatus& one = *reply.add_cluster();
      one.set_object(state.object.str());
      one.set_version(state.version);
      one.set_confirmed_at(state.confirmed_at.time_since_epoch().count());
      one.set_problem(Printable(state.problem, 1000));
      for (const auto& text : state.lacking) {
        one.add_lacking(Printable(text, 1000));
      }
    }
  }

  // What is on disk as signers see it, and how the last refresh went.
  void FillTuf(v1::TufStatus& status) {
    const TufSettings& settings = parts_.refresher->settings();
    const auto last = parts_.refresher->last();
    status.set_mirror(settings.mirror);
    status.set_used(!parts_.policy.PublishedFiles().empty());
    status.set_refreshed_at(last.succeeded_at.time_since_epoch().count());
    status.set_problem(Printable(last.problem, 1000));
    const auto state = parts_.refresher->store().Load();
    if (!state) {
      status.set_problem(Printable(state.error().detail, 1000));
      return;
    }
    const tuf::TrustedState& known = state->published;
    status.set_root_version(known.root().head.version);
    for (const auto& [name, text] : state->files) status.add_files(name);
    const auto fresh_until = state->FreshUntil(settings);
    if (!fresh_until) return;
    status.set_timestamp_version(known.timestamp()->head.version);
    status.set_expires(
        known.timestamp()->head.expires.time_since_epoch().count());
    status.set_fresh_until(fresh_until->time_since_epoch().count());
    if (const auto* targets = known.FindTargets(tuf::kTargetsRole)) {
      status.set_targets_version(targets->head.version);
    }
  }

  Parts parts_;
  std::unique_ptr<grpc::Server> server_;
};

::assay::Status EnforcerService::Impl::Listen(const std::string& path) {
  ::unlink(path.c_str());
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + path, grpc::InsecureServerCredentials());
  builder.RegisterService(this);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  // Nobody else may enter the folder, so none connects before the mode is set.
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || ::chmod(path.c_str(), 0600) != 0) {
    return Fail(Reason::kWriteFailed, "cannot listen at " + path);
  }
  return Ok();
}

// Each container's image, decided anew from disk; nothing is logged as a
// decision of a hook, and nothing is stopped.
grpc::Status EnforcerService::Impl::Running(
    grpc::ServerContext* /*context*/, const v1::RunningRequest* /*request*/,
    v1::RunningReply* reply) {
  const Question asked = NewQuestion(Hook::kVerify, kRunningBudget);
  const auto containers = ContainersOf(parts_.engine, asked.deadline);
  if (!containers) {
    return {grpc::StatusCode::UNAVAILABLE, containers.error().detail};
  }
  const auto policy = parts_.policy.Current();
  for (const auto& found : *containers) {
    v1::RunningContainer* container = reply->add_containers();
    container->set_runtime_namespace(found.runtime_namespace);
    container->set_id(found.id);
    container->set_image(found.image);
    container->set_running(found.running);
    Question question = NewQuestion(Hook::kVerify, kVerifyBudget);
    question.offline = true;
    question.about = RecordClaim{found.runtime_namespace, found.id};
    const Verdict verdict = parts_.engine.verifier().Decide(question, policy);
    DecisionRecord record;
    RecordQuestion(question, record);
    record.allowed = verdict.accepted();
    Fill(ToJson(record, verdict), *container->mutable_decision());
    if (const auto& subject = verdict.trail().subject; subject != nullptr) {
      container->set_pod_namespace(subject->workload.pod_namespace);
      container->set_pod(subject->workload.pod);
    }
  }
  return grpc::Status::OK;
}

grpc::Status EnforcerService::Impl::Compare(
    grpc::ServerContext* context, const v1::CompareRequest* request,
    grpc::ServerWriter<v1::ComparedImage>* writer) {
  grpc::Status status;
  const auto then = Read(request->policy(), status);
  if (then == nullptr) return status;
  const auto done =
      NodeSurvey(parts_.engine)
          .Compare(parts_.policy.Current(), then,
                   [&](const ComparedWorkload& row, std::size_t number,
                       std::size_t all) {
                     v1::ComparedImage image;
                     Fill(row.held, number, all, *image.mutable_image());
                     Fill(row.now, *image.mutable_now());
                     Fill(row.then, *image.mutable_then());
                     return !context->IsCancelled() && writer->Write(image);
                   });
  if (done) return grpc::Status::OK;
  return {grpc::StatusCode::UNAVAILABLE, done.error().detail};
}

grpc::Status EnforcerService::Impl::Survey(
    grpc::ServerContext* context, const v1::SurveyRequest* request,
    grpc::ServerWriter<v1::SurveyedImage>* writer) {
  grpc::Status status;
  const auto policy = Read(request->policy(), status);
  if (policy == nullptr) return status;
  const auto tell = [&](const SurveyedWorkload& row, std::size_t number,
                        std::size_t all) {
    v1::SurveyedImage image;
    Fill(row.held, number, all, *image.mutable_image());
    image.set_manifest(row.manifest);
    for (const VerifiedSignature& one : row.signatures) {
      v1::FoundSignature* found = image.add_signatures();
      found->set_signer(one.signer());
      found->set_scheme(one.scheme());
      found->set_identity(Printable(one.identity(), 1024));
      found->set_where(Printable(one.where(), 1024));
    }
    for (const std::string& problem : row.problems) {
      image.add_problems(Printable(problem, 1024));
    }
    return !context->IsCancelled() && writer->Write(image);
  };
  const auto done = NodeSurvey(parts_.engine)
                        .FindSignatures(*policy, request->offline(), tell);
  if (done) return grpc::Status::OK;
  return {grpc::StatusCode::UNAVAILABLE, done.error().detail};
}

EnforcerService::EnforcerService(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

EnforcerService::~EnforcerService() { impl_->Stop(); }

Result<std::unique_ptr<EnforcerService>> EnforcerService::Start(
    Parts parts, const std::string& path) {
  auto impl = std::make_unique<Impl>(std::move(parts));
  if (::assay::Status listening = impl->Listen(path); !listening) {
    return listening.error();
  }
  return std::unique_ptr<EnforcerService>(new EnforcerService(std::move(impl)));
}

}  // namespace assay
