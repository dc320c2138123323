// What `assay verify` works with, whatever kind of reference it is asked about:
// the node's evidence, a registry client, and the question itself.
#ifndef ASSAY_CLI_VERIFY_DESK_H_
#define ASSAY_CLI_VERIFY_DESK_H_

#include <chrono>
#include <string>

#include "base/paths.h"
#include "cli/verify_command.h"
#include "core/policy/policy.h"
#include "core/verdict/verdict.h"
#include "io/config/node_config.h"
#include "io/evidence/base_collector.h"
#include "io/evidence/evidence_collector.h"
#include "io/evidence/evidence_store.h"
#include "io/registry/registry_client.h"
#include "io/revocation/revocation_keeper.h"
#include "io/trust_data/trust_data_keeper.h"

namespace assay {

// Where evidence is kept: the node's store, or for somebody who may not use
// that one a folder of their own, gone when they are done. What cannot be kept
// must not make a decision unsure.
class EvidenceFolder {
 public:
  EvidenceFolder(const Paths& paths, bool offline);
  EvidenceFolder(const EvidenceFolder&) = delete;
  EvidenceFolder& operator=(const EvidenceFolder&) = delete;
  ~EvidenceFolder();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool temporary_ = false;
};

class VerifyDesk {
 public:
  VerifyDesk(const Paths& paths, const NodeConfig& config, bool offline);

  RegistryClient& registry() { return registry_; }
  EvidenceStore& store() { return store_; }
  EvidenceSource& evidence() { return evidence_; }
  BaseLibrary& bases() { return bases_; }
  RevocationSource& revocation() { return revocation_; }
  TrustDataSource& trust_data() { return trust_data_; }

 private:
  RegistryClient registry_;
  EvidenceFolder folder_;
  EvidenceStore store_;
  EvidenceCollector evidence_;
  BaseCollector bases_;
  RevocationKeeper revocation_;
  TrustDataKeeper trust_data_;
};

// One question about a reference, from when it is asked to its answer.
class Inquiry {
 public:
  // Whoever is to answer has `budget` to do so.
  Inquiry(const Reference& name, const VerifyOptions& options,
          std::chrono::seconds budget);

  const Question& question() const { return question_; }
  // The object of the audit line.
  Json Answer(const Verdict& verdict, const Policy& policy) const;

 private:
  std::chrono::steady_clock::time_point started_;
  Question question_;
};

}  // namespace assay

#endif  // ASSAY_CLI_VERIFY_DESK_H_
