#include "daemon/service.h"

#include <chrono>
#include <utility>

#include "base/error_text.h"
#include "cri/image_proxy.h"
#include "daemon/ask_server.h"
#include "daemon/cluster_refresher.h"
#include "daemon/enforcer_service.h"
#include "daemon/engine.h"
#include "daemon/keeper_refresher.h"
#include "daemon/log.h"
#include "daemon/nri_plugin.h"
#include "daemon/pull_judge.h"
#include "daemon/state_reader.h"
#include "daemon/storage_watch.h"
#include "daemon/systemd.h"
#include "daemon/trust_refresher.h"
#include "daemon/upkeep.h"
#include "daemon/warm_up.h"
#include "daemon/watchdog.h"
#include "io/containerd/events.h"
#include "io/files/files.h"
#include "io/metrics/metrics.h"
#include "io/metrics/metrics_server.h"
#include "io/policy/policy_holder.h"
#include "io/policy/policy_watcher.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr std::size_t kCachedVerdicts = 10'000;
constexpr std::chrono::seconds kListBudget{30};

// The socket that systemd listens on for us, or our own.
Result<AskListener> ListenForAsks(const Paths& paths) {
  if (UniqueFd given = TakeListenSocket(); given.valid()) {
    return AskListener::Adopt(std::move(given));
  }
  return AskListener::Bind(paths.AskSocket());
}

}  // namespace

// In the order they start; what comes later uses what comes before.
class Service::Parts {
 public:
  // `mirror` is null without [trust.tuf].
  Parts(const Paths& paths, const NodeConfig& config, AskListener listener,
        std::unique_ptr<TufMirror> mirror)
      : paths_(paths),
        doors_(config.Doors()),
        policy_(paths),
        engine_(paths, config,
                {[this] { revocation_->Poke(); },
                 [this] { enforcer_.ForgetVerdicts(); }}),
        audit_(AuditFiles(paths), config.audit,
               {.inform = &LogInfo, .warn = &LogWarning}),
        metrics_(config.metrics ? std::make_unique<Metrics>() : nullptr),
        enforcer_(EnforcerPorts(), config.allow_restore, kCachedVerdicts),
        pulls_(enforcer_, engine_),
        warm_up_(engine_.verifier(), [this] { return policy_.Current(); }) {
    for (const std::string& door : doors_) LogWarning(door);
    revocation_ = std::make_unique<KeeperRefresher>(
        AsKeeper("revocation", engine_.revocation()));
    trust_data_ = std::make_unique<KeeperRefresher>(
        AsKeeper("trust data", engine_.trust_data()));
    watcher_ = std::make_unique<PolicyWatcher>(
        paths, [this] { Reload(); }, [this] { return policy_.TrustFolders(); });
    ReadPolicy();
    if (mirror) {
      refresher_ = std::make_unique<TrustRefresher>(
          paths, *config.tuf, std::move(mirror),
          TrustRefresher::Ports{[this] { return policy_.PublishedFiles(); },
                                [this] { ReadPolicy(); }});
    }
    if (config.kubernetes) {
      cluster_ = std::make_unique<ClusterRefresher>(
          paths, *config.kubernetes,
          ClusterRefresher::Ports{
              [this] { return policy_.ClusterReferences(); },
              [this] { return policy_.LastDiagnostics().empty(); },
              [this] { ReadPolicy(); }});
    }
    asks_ = std::make_unique<AskServer>(std::move(listener), enforcer_);
    watcher_->Start();
    events_ = std::make_unique<ContainerdEvents>(config.containerd_address,
                                                 EventSinks());
    stores_ = std::make_unique<StorageWatch>(
        engine_.storage(), [this](const std::string& image) {
          warm_up_.Add(kStorageNamespace, image);
        });
    if (config.nri) {
      nri_ = std::make_unique<NriPlugin>(config.nri->socket, NriPorts());
    }
    upkeep_ = std::make_unique<Upkeep>(engine_);
  }

  Status Serve(const Paths& paths, const NodeConfig& config) {
    auto service = EnforcerService::Start(
        {enforcer_, engine_, policy_, PolicyLoader(paths),
         [this] { return asks_->in_flight(); }, doors_, started_at_,
         refresher_.get(), cluster_.get(), nri_.get(),
         [this] { return Reload(); }},
        paths.EnforcerSocket());
    if (!service) return service.error();
    operators_ = *std::move(service);
    watchdog_ = std::make_unique<Watchdog>(
        [this](Deadline until) { return IsAlive(until); });
    if (config.metrics) ServeMetrics(*config.metrics);
    return config.image_proxy ? ServeImages(paths, config) : Ok();
  }

  // Whether the policy's files were taken.
  bool Reload() {
    const bool taken = ReadPolicy();
    Refresh();
    return taken;
  }

 private:
  // Nobody keeps from the others what each answer needs, for longer than a
  // moment, and questions are taken.
  bool IsAlive(Deadline until) {
    static_cast<void>(policy_.Current());
    static_cast<void>(enforcer_.cache().size());
    return asks_->Accepts(until);
  }

  Status ServeImages(const Paths& paths, const NodeConfig& config) {
    const std::string& address = config.image_proxy->address;
    auto proxy = cri::ImageProxy::Start(
        paths.ImageSocket(),
        address.empty() ? config.containerd_address : address, pulls_);
    if (!proxy) return proxy.error();
    images_ = *std::move(proxy);
    return Ok();
  }

  // No decision hangs on its metrics, so that the daemon serves without.
  void ServeMetrics(const MetricsSettings& settings) {
    const StateReader reader{paths_,
                             enforcer_,
                             engine_,
                             policy_,
                             [this] { return asks_->in_flight(); },
                             doors_.size(),
                             started_at_,
                             refresher_.get(),
                             nri_.get()};
    auto server = MetricsServer::Start(
        settings, [this, reader] { return metrics_->Text(reader.Read()); });
    if (!server) {
      LogError(ErrorText(server.error()));
      return;
    }
    scraped_ = *std::move(server);
  }

  void Refresh() {
    if (refresher_) refresher_->Poke();
    if (cluster_) cluster_->Poke();
    revocation_->RefreshAll();
    trust_data_->RefreshAll();
  }

  // Verdicts under the policy before are of no use, whatever became of it and
  // whatever the fingerprints say.
  bool ReadPolicy() {
    const bool taken = policy_.Reload();
    enforcer_.ForgetVerdicts();
    for (const Diagnostic& problem : policy_.LastDiagnostics()) {
      LogError(problem.str());
    }
    for (const Diagnostic& problem : policy_.BreakGlassDiagnostics()) {
      LogError("break-glass: no exception is made: " + problem.str());
    }
    const auto policy = policy_.Current();
    if (policy == nullptr) {
      LogError("no policy is in force: every container is refused");
      return taken;
    }
    LogInfo((taken ? "policy in force: " : "the policy stays in force: ") +
            policy->fingerprint().str());
    for (const std::string& warning : policy->warnings()) LogWarning(warning);
    LogExceptions(*policy);
    return taken;
  }

  Enforcer::Ports EnforcerPorts() {
    Enforcer::Ports ports{engine_.verifier(), audit_,
                          [this] { return policy_.Current(); }, &LogWarning};
    if (metrics_) {
      ports.decided = [this](const DecisionRecord& record,
                             const Verdict& verdict) {
        metrics_->Decided(record, verdict);
      };
    }
    return ports;
  }

  static void LogExceptions(const Policy& policy) {
    const Time now = WallClock();
    for (const PolicyException& one : policy.exceptions()) {
      LogWarning(one.Sentence() + (one.until <= now ? " (expired)"
                                   : one.from > now ? " (not yet)"
                                                    : ""));
    }
  }

  ContainerdEventSinks EventSinks() {
    return {[this] { WarmUpAll(); },
            [this](const ContainerdEvent& event) {
              if (event.topic.starts_with("/images/")) {
                warm_up_.Add(event.runtime_namespace, event.name);
              }
            },
            [](const Error& error) {
              LogWarning("containerd's events: " + error.detail);
            }};
  }

  NriPlugin::Ports NriPorts() {
    return {
        [this](const Question& question) { return enforcer_.Ask(question); },
        [this](const std::string& runtime_namespace, const std::string& image) {
          warm_up_.Add(runtime_namespace, image);
        },
        [this](const Question& question, Error why) {
          enforcer_.Withdraw(question, Trail(), std::move(why));
        }};
  }

  void WarmUpAll() {
    const auto images = engine_.inventory().Images(
        std::chrono::steady_clock::now() + kListBudget);
    if (!images) return;
    for (const InventoryImage& image : *images) {
      warm_up_.Add(image.runtime_namespace, image.name);
    }
  }

  const Paths paths_;
  const Time started_at_ = WallClock();
  const std::vector<std::string> doors_;
  PolicyHolder policy_;
  Engine engine_;
  AuditLog audit_;
  std::unique_ptr<Metrics> metrics_;  // null without [metrics]
  Enforcer enforcer_;
  PullJudge pulls_;
  // Outlives all who decide: what they miss, they ask of it.
  std::unique_ptr<KeeperRefresher> revocation_;
  std::unique_ptr<KeeperRefresher> trust_data_;
  WarmUp warm_up_;
  std::unique_ptr<TrustRefresher> refresher_;  // null without [trust.tuf]
  std::unique_ptr<ClusterRefresher> cluster_;  // null without [kubernetes]
  std::unique_ptr<AskServer> asks_;
  std::unique_ptr<PolicyWatcher> watcher_;
  std::unique_ptr<ContainerdEvents> events_;
  std::unique_ptr<StorageWatch> stores_;
  std::unique_ptr<NriPlugin> nri_;  // null without [nri]
  std::unique_ptr<Upkeep> upkeep_;
  std::unique_ptr<EnforcerService> operators_;
  std::unique_ptr<cri::ImageProxy> images_;  // null without [image_proxy]
  std::unique_ptr<Watchdog> watchdog_;
  std::unique_ptr<MetricsServer> scraped_;  // null without [metrics]
};

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Service::~Service() = default;

void Service::Reload() { parts_->Reload(); }

Result<std::unique_ptr<Service>> Service::Start(const Paths& paths) {
  const auto config = NodeConfig::Read(paths);
  if (!config) return config.error();
  if (config->image_proxy) cri::ImageProxy::PrepareProcess();
  if (Status made = MakeFolders(paths.RunDir(), 0700); !made) {
    return made.error();
  }
  if (Status made = MakeFolders(paths.StateDir(), 0700); !made) {
    return made.error();
  }
  auto listener = ListenForAsks(paths);
  if (!listener) return listener.error();
  std::unique_ptr<TufMirror> mirror;
  if (config->tuf) {
    auto opened = TufMirror::Open(*config->tuf);
    if (!opened) return opened.error();
    mirror = *std::move(opened);
  }
  auto parts = std::make_unique<Parts>(paths, *config, *std::move(listener),
                                       std::move(mirror));
  if (Status serving = parts->Serve(paths, *config); !serving) {
    return serving.error();
  }
  return std::unique_ptr<Service>(new Service(std::move(parts)));
}

}  // namespace assay
