// Signatures in lookaside stores: files named STORE/PATH@ALGORITHM=HEX/
// signature-N with N from 1 until one is not there (containers/image,
// docs/signature-protocols.md). What is in a folder of this node is read at
// every decision; what is behind a web server is fetched as what registries
// have is, and kept in the evidence store as one artifact a signature: an OCI
// manifest of ours whose only layer it is.
#ifndef ASSAY_IO_EVIDENCE_LOOKASIDE_H_
#define ASSAY_IO_EVIDENCE_LOOKASIDE_H_

#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "core/evidence/evidence_source.h"
#include "io/evidence/registry_evidence.h"

namespace assay {

inline constexpr std::string_view kLookasideType =
    "application/vnd.assay.lookaside-signature.v1";

// The stores that have the signatures of the request's name.
struct LookasidePlaces {
  std::set<std::string> folders;
  std::set<std::string> addresses;  // http and https
  // Those of `addresses` that the registry's own store replaces, if it has one.
  std::set<std::string> replaceable;
  bool registry = false;  // whether it is to be asked for such a store
};
LookasidePlaces LookasidesOf(const EvidenceRequest& request);

// Adds what a folder has for the target; that there is no such folder is no
// failure. Failures: kLookasideFailed, kEvidenceTooLarge, kEvidenceTooMany.
void ReadLookaside(const std::string& folder, const Reference& name,
                   const Digest& target, EvidenceSet& set);

// A signature as it is kept.
FoundArtifact KeepLookaside(const Digest& target, std::string where,
                            const std::string& bytes, Time now);

// Asks web servers, without credentials and following no redirect. Thread-safe.
class LookasideClient {
 public:
  LookasideClient();
  ~LookasideClient();
  LookasideClient(const LookasideClient&) = delete;
  LookasideClient& operator=(const LookasideClient&) = delete;

  // For all targets of the request, from each of the addresses. Failures: as
  // ReadLookaside. Ends by the deadline.
  RegistryEvidence Fetch(const EvidenceRequest& request,
                         const std::set<std::string>& addresses,
                         Deadline deadline, Time now);

 private:
  class Impl;
  std::once_flag made_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_EVIDENCE_LOOKASIDE_H_
