#include "cli/verify_desk.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "cli/registry_access.h"
#include "io/report/decision_record.h"
#include "io/report/request.h"

namespace assay {
namespace {

EvidenceStoreOptions StoreOptions(const EvidenceFolder& folder) {
  EvidenceStoreOptions options;
  options.folder = folder.path();
  return options;
}

EvidenceCollectorOptions CollectorOptions() {
  EvidenceCollectorOptions options;
  options.now = WallClock;
  return options;
}

}  // namespace

EvidenceFolder::EvidenceFolder(const Paths& paths, bool offline)
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

EvidenceFolder::~EvidenceFolder() {
  std::error_code ignored;
  if (temporary_) std::filesystem::remove_all(path_, ignored);
}

VerifyDesk::VerifyDesk(const Paths& paths, const NodeConfig& config,
                       bool offline)
    : registry_(RegistryAccess(config)),
      folder_(paths, offline),
      store_(StoreOptions(folder_)),
      evidence_(store_, &registry_, CollectorOptions()),
      bases_(store_, registry_, nullptr, WallClock),
      revocation_({paths.RevocationDir(), WallClock}),
      trust_data_(registry_, {paths.TrustDataDir(), WallClock}) {}

Inquiry::Inquiry(const Reference& name, const VerifyOptions& options,
                 std::chrono::seconds budget)
    : started_(std::chrono::steady_clock::now()),
      question_(NewQuestion(Hook::kVerify, budget)) {
  question_.about = ReferenceClaim{name, HostPlatform(), options.pod_namespace};
  question_.now = options.now;
  question_.offline = options.offline;
}

Json Inquiry::Answer(const Verdict& verdict, const Policy& policy) const {
  DecisionRecord record;
  RecordQuestion(question_, record);
  record.allowed = verdict.accepted();
  record.policy_warnings = policy.warnings();
  record.duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - started_);
  return ToJson(record, verdict);
}

}  // namespace assay
