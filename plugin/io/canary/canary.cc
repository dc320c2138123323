#include "io/canary/canary.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/bytes.h"
#include "io/canary/canary_image.h"
#include "io/canary/cri_client.h"
#include "io/canary/image_import.h"
#include "io/canary/loopback_registry.h"
#include "io/files/files.h"
#include "io/report/audit_search.h"
#include "io/report/last_proof.h"

namespace assay {
namespace {

using namespace std::chrono_literals;

constexpr auto kProofIsGoodFor = std::chrono::hours(24);
constexpr const char* kWire = "sudo assay wire containerd, then restart it";

std::string TextOf(const Json& record, std::string_view key) {
  const std::string* text = record.FindString(key);
  return text == nullptr ? std::string() : *text;
}

bool IsRefused(const Json& record) {
  const Json* allowed = record.Find("allowed");
  const bool* answer = allowed == nullptr ? nullptr : allowed->AsBool();
  return answer != nullptr && !*answer;
}

Check Unknown(std::string id, std::string found, std::string remedy) {
  return {std::move(id), Health::kUnknown, std::move(found), std::move(remedy)};
}

// The reason id at the start of a refusal that the runtime passes on.
std::optional<Reason> ReasonIn(const std::string& message) {
  for (std::size_t at = message.find(": "); at != std::string::npos;
       at = message.find(": ", at + 1)) {
    const std::size_t start = message.find_last_of(": ", at - 1) + 1;
    const auto reason =
        FindReason(std::string_view(message).substr(start, at - start));
    if (reason && Describe(*reason).ending != Ending::kAccepted) return reason;
  }
  return std::nullopt;
}

Check JudgePull(const Status& pulled) {
  constexpr const char* kId = "canary-pull";
  if (pulled) {
    return {kId, Health::kWarning,
            "an image that nobody signed was pulled; what counts is whether it "
            "may start",
            kWire};
  }
  const std::string said = Printable(pulled.error().detail, 300);
  if (ReasonIn(pulled.error().detail)) {
    return {kId, Health::kOk, "the pull was refused: " + said, ""};
  }
  return Unknown(kId, "the pull failed for another reason: " + said,
                 "look at containerd's log");
}

// The runtime learns of an image that was not pulled through it by an event.
Result<std::string> IdSoon(CriClient& cri, const std::string& image) {
  auto id = cri.ImageId(image);
  for (int tries = 0; !id && tries < 100; ++tries) {
    std::this_thread::sleep_for(100ms);
    id = cri.ImageId(image);
  }
  return id;
}

// A container that could not even be made: over NRI it is refused before the
// shim could be.
Check JudgeCreation(const CanaryOptions& options, const std::string& handler,
                    const std::string& pod, const Error& error) {
  const auto record = LastDecisionOfPod(options.paths.AuditLog(), pod);
  if (record && TextOf(*record, "hook") == "nri" && IsRefused(*record)) {
    return {"canary", Health::kOk,
            "handler " + handler + ": refused over NRI with " +
                TextOf(*record, "reason") + ", before the shim was asked",
            ""};
  }
  return Unknown("canary",
                 "handler " + handler + ": no container could be made: " +
                     Printable(error.detail, 400),
                 "look at containerd's log");
}

// In a pod that no other handler has, so that the audit log tells them apart.
Check TryHandler(const CanaryOptions& options, const std::string& handler,
                 const std::string& image_id, const std::string& tag) {
  const std::string id = "canary";
  const std::string name = "assay-canary-" + tag + "-" + handler;
  CriClient cri(options.socket, name);
  auto pod = cri.RunPod(handler);
  if (!pod) {
    return Unknown(id,
                   "handler " + handler + ": no pod could be made: " +
                       Printable(pod.error().detail, 400),
                   "the policy must let the pause image start in namespace "
                   "assay-canary");
  }
  auto container = cri.Create(*pod, image_id);
  if (!container) {
    Check check = JudgeCreation(options, handler, name, container.error());
    cri.RemovePod(*pod);
    return check;
  }
  const Status started = cri.Start(*container);
  Check check = JudgeStart(
      handler, LastDecision(options.paths.AuditLog(), *container),
      started ? std::nullopt : std::optional(started.error().detail));
  cri.RemovePod(*pod);
  return check;
}

// What the cgroup driver that knows no slices leaves of the canary's pod.
void RemoveCgroups() {
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator("/sys/fs/cgroup", ignored)) {
    ::rmdir((entry.path() / "assay-canary.slice").c_str());
  }
  ::rmdir("/sys/fs/cgroup/assay-canary.slice");
}

bool AllProven(const Checks& checks, std::size_t from) {
  const auto begin = checks.begin() + static_cast<std::ptrdiff_t>(from);
  return begin != checks.end() &&
         std::all_of(begin, checks.end(), [](const Check& check) {
           return check.health == Health::kOk;
         });
}

Status KeepProof(const CanaryOptions& options) {
  Json::Array handlers;
  for (const std::string& handler : options.handlers) {
    handlers.emplace_back(handler);
  }
  const Json proof(Json::Object{
      {"proven_at", Json(std::int64_t{options.now.time_since_epoch().count()})},
      {"handlers", Json(std::move(handlers))},
  });
  return WriteFileAtomically(options.paths.Proof(), proof.Dump());
}

}  // namespace

Check JudgeStart(const std::string& handler, const std::optional<Json>& record,
                 const std::optional<std::string>& error) {
  const std::string who = "handler " + handler + ": ";
  const std::string said = error ? Printable(*error, 300) : "it started";
  if (!record) {
    const bool reached =
        !error || error->find(kCanaryProgram) != std::string::npos;
    if (!reached) {
      return Unknown("canary",
                     who + "the start failed and nobody asked: " + said,
                     "look at containerd's log");
    }
    return {"canary", Health::kFailure,
            who +
                "the runtime took an image that nobody signed and did not "
                "ask: " +
                said,
            kWire};
  }
  if (!IsRefused(*record)) {
    return {"canary", Health::kFailure,
            who + "the policy lets an image start that nobody signed: " +
                TextOf(*record, "rule") + ", mode " + TextOf(*record, "mode"),
            "sudo assay policy show"};
  }
  if (!error) {
    return {"canary", Health::kFailure,
            who + "it was refused and started all the same", kWire};
  }
  return {"canary", Health::kOk,
          who + "refused with " + TextOf(*record, "reason"), ""};
}

void CheckByCanary(const CanaryOptions& options, Checks& checks) {
  const CanaryImage image = CanaryImage::Make();
  const auto registry = LoopbackRegistry::Serve(image);
  if (!registry) {
    checks.push_back(Unknown("canary", registry.error().detail, ""));
    return;
  }
  CriClient cri(options.socket, "assay-canary-" + image.tag);
  checks.push_back(JudgePull(cri.Pull(registry->name())));
  Status held = Ok();
  if (!cri.ImageId(registry->name())) {
    held = ImportCanary(options.socket, registry->name(), image);
  }
  const auto id = held ? IdSoon(cri, registry->name()) : held.error();
  if (!id) {
    checks.push_back(Unknown("canary",
                             "the runtime did not take the canary's image: " +
                                 Printable(id.error().detail, 300),
                             "sudo systemctl status containerd"));
    return;
  }
  const std::size_t first = checks.size();
  for (const std::string& handler : options.handlers) {
    checks.push_back(TryHandler(options, handler, *id, image.tag));
  }
  cri.RemoveImage(*id);
  RemoveCgroups();
  if (!AllProven(checks, first)) return;
  if (Status kept = KeepProof(options); !kept) {
    checks.push_back({"proof", Health::kWarning, kept.error().detail,
                      "look at what is wrong with the disk"});
  }
}

void CheckLastProof(const Paths& paths, Time now, Checks& checks) {
  const auto proven = LastProof(paths);
  if (!proven) return;
  const bool good = *proven <= now && now - *proven < kProofIsGoodFor;
  checks.push_back(
      {"proof", good ? Health::kOk : Health::kWarning,
       "an unsigned image was last seen refused at " + Rfc3339(*proven),
       good ? "" : "sudo assay doctor --canary"});
}

}  // namespace assay
