// TransparencyPolicy: which sigstore deployments a signer trusts to witness a
// signature, and how many witnesses it asks for.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_TRANSPARENCY_POLICY_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_TRANSPARENCY_POLICY_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/toml.h"
#include "core/schemes/sigstore/witnesses.h"
#include "core/schemes/trust_files.h"

namespace assay {

// Distinct witnesses that a signature needs.
struct Thresholds {
  std::size_t logs = 1;
  std::size_t timestamps = 0;        // distinct time-stamping authorities
  std::size_t certificate_logs = 0;  // distinct logs that promised the leaf
};

// The trusted root of a deployment, and whether it may be relied on.
struct RootSource {
  std::shared_ptr<const TrustedRoot> root;  // null: `why` it is not there
  std::optional<Time> fresh_until;          // nullopt: for good
  std::string name;                         // as the policy names it
  Error why;

  // Errors: `why`, kTrustStale.
  Status Judge(Time now) const;
};

struct TransparencyPolicy {
  // Each is judged alone: a log of one never speaks for another's certificate.
  // Empty: nothing is asked, and what a signature carries is not judged.
  std::vector<RootSource> roots;
  Thresholds thresholds;

  // Reads the keys `trusted_root` (a file or several, `tuf:NAME` where a TUF
  // repository publishes it) and `transparency` of a signer's table. Where it
  // names none, `otherwise` are the thresholds and `root` is the file, "" for
  // none. nullopt after a Diagnostic.
  static std::optional<TransparencyPolicy> Read(TomlReader& table,
                                                TrustFiles& files,
                                                Diagnostics& diagnostics,
                                                const Thresholds& otherwise,
                                                const std::string& root = {});

  // The first success of `judge` over the roots, and until when that root may
  // be relied on. Else why a root could not be asked, else the first root's
  // failure. Errors: those of `judge` and of RootSource::Judge, kLogThreshold
  // without any root.
  Result<Witnesses> AnyRoot(
      Time now,
      const std::function<Result<Witnesses>(const TrustedRoot&)>& judge) const;

  // What a root's witnesses attest, where they suffice. Errors: those of
  // Witnesses::Of, kLogThreshold, kTimestampThreshold.
  Result<Witnesses> Ask(const TrustedRoot& root, const LoggedSignature& logged,
                        Time now) const;

  // ", 1 log, 1 timestamp": for a signer's summary; "" without roots.
  std::string Summary() const;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_TRANSPARENCY_POLICY_H_
