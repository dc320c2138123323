#include "cli/verify_command.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <ostream>

#include "base/clock.h"
#include "cli/decision_view.h"
#include "cli/registry_access.h"
#include "core/verdict/verifier.h"
#include "io/evidence/base_collector.h"
#include "io/evidence/evidence_collector.h"
#include "io/evidence/evidence_store.h"
#include "io/policy/policy_loader.h"
#include "io/registry/registry_resolver.h"
#include "io/report/decision_record.h"
#include "io/report/request.h"

namespace assay {
namespace {

constexpr std::chrono::seconds kBudget{30};

// A reference into a registry has no layers on this node; should one ever be
// asked for, the answer is no.
class NoLayers : public LayerIntegrity {
 public:
  Status Check(const ImageManifest& /*manifest*/,
               const std::string& /*blob_dir*/,
               Deadline /*deadline*/) override {
    return Fail(Reason::kLayerMissing, "layers are hashed on the node");
  }
};

// Where evidence is kept: the node's store, or for somebody who may not use
// that one a folder of their own, gone when they are done. What cannot be kept
// must not make a decision unsure.
class EvidenceFolder {
 public:
  EvidenceFolder(const Paths& paths, bool offline)
      : path_(paths.EvidenceDir()) {
    namespace fs = std::filesystem;
    fs::path existing = path_;
    std::error_code ignored;
    while (!fs::exists(existing, ignored) && existing.has_relative_path()) {
      existing = existing.parent_path();
    }
    // Offline there is nothing but the store: that it cannot be read counts.
    if (offline || ::access(existing.c_str(), R_OK | W_OK | X_OK) == 0) return;
    std::string name =
        (fs::temp_directory_path(ignored) / "assay-verify-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return;
    path_ = name;
    temporary_ = true;
  }
  EvidenceFolder(const EvidenceFolder&) = delete;
  EvidenceFolder& operator=(const EvidenceFolder&) = delete;
  ~EvidenceFolder() {
    std::error_code ignored;
    if (temporary_) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool temporary_ = false;
};

std::string AllOf(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!text.empty()) text += "; ";
    text += diagnostic.str();
  }
  return text;
}

Error FirstReason(const Diagnostics& diagnostics, Reason otherwise) {
  return Fail(diagnostics.empty() ? otherwise : diagnostics.front().reason,
              AllOf(diagnostics));
}

Result<std::shared_ptr<const Policy>> LoadPolicy(const Paths& paths,
                                                 const std::string& where) {
  Diagnostics diagnostics;
  PolicyLoader loader(paths);
  auto policy = where.empty() ? loader.Load(diagnostics)
                              : loader.LoadFrom(where, diagnostics);
  if (policy != nullptr) return policy;
  return FirstReason(diagnostics, Reason::kPolicyMissing);
}

}  // namespace

Result<Json> VerifyReference(const Paths& paths, const std::string& reference,
                             const VerifyOptions& options) {
  auto name = Reference::Parse(reference);
  if (!name) return name.error();
  const auto config = NodeConfig::Read(paths);
  if (!config) return config.error();
  auto policy = LoadPolicy(paths, options.policy);
  if (!policy) return policy.error();

  RegistryClient registry(RegistryAccess(*config));
  RegistryResolver resolver(registry);
  const EvidenceFolder evidence_folder(paths, options.offline);
  EvidenceStoreOptions store_options;
  store_options.folder = evidence_folder.path();
  EvidenceStore store(store_options);
  EvidenceCollectorOptions collector_options;
  collector_options.now = WallClock;
  EvidenceCollector evidence(store, &registry, collector_options);
  BaseCollector bases(store, registry, nullptr, WallClock);
  NoLayers layers;
  const Verifier verifier(resolver, evidence, layers, bases);

  const auto started = std::chrono::steady_clock::now();
  Question question = NewQuestion(Hook::kVerify, kBudget);
  question.about =
      ReferenceClaim{*std::move(name), HostPlatform(), options.pod_namespace};
  question.now = options.now;
  question.offline = options.offline;
  const Verdict verdict = verifier.Decide(question, *policy);

  DecisionRecord record;
  RecordQuestion(question, record);
  record.allowed = verdict.accepted();
  record.policy_warnings = (*policy)->warnings();
  record.duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - started);
  return ToJson(record, verdict);
}

namespace {

Result<VerifyOptions> ReadOptions(const Arguments& arguments) {
  VerifyOptions options;
  options.policy = arguments.Value("policy");
  options.pod_namespace = arguments.Value("namespace");
  options.offline = arguments.Has("offline");
  options.now = WallClock();
  if (arguments.Has("at")) {
    const auto at = ParseRfc3339(arguments.Value("at"));
    if (!at) {
      return Fail(Reason::kUsage,
                  "--at takes a time like 2026-01-31T12:00:00Z");
    }
    options.now = *at;
  }
  return options;
}

ExitCode Run(Context& context, const Arguments& arguments) {
  const auto options = ReadOptions(arguments);
  if (!options) return PrintError(context, options.error());
  const auto record =
      VerifyReference(context.paths, arguments.operands().front(), *options);
  // Nothing was decided: the reference, the settings or the policy is wrong.
  if (!record) {
    PrintError(context, record.error());
    return ExitCode::kUsage;
  }
  return ShowDecision(context, *record);
}

constexpr Option kOptions[] = {
    {"policy", "PATH", "A policy file or folder instead of the node's"},
    {"namespace", "NS", "Decide as for a pod of this Kubernetes namespace"},
    {"offline", "", "Decide from stored evidence alone"},
    {"at", "TIME", "Decide as at this time (RFC 3339, UTC)"},
};

}  // namespace

const Command kVerifyCommand = {
    .name = "verify",
    .operands = "REF",
    .operands_least = 1,
    .operands_most = 1,
    .help = "Decide whether an image may run, as the node would",
    .details =
        "REF is an image in a registry. Needs neither the daemon nor root "
        "where\n"
        "policy and keys can be read. Exit status: 0 accepted, 1 rejected,\n"
        "2 usage or configuration, 3 undetermined. --json prints the object "
        "of\n"
        "the audit log.\n",
    .options = kOptions,
    .run = &Run,
};

}  // namespace assay
