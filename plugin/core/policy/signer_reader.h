// SignerReader: one [signers.NAME] table into a signer, with what it names of
// the node's trust.
//
// What a cluster holds is no mistake of the policy: a signer that cannot be
// read for that reason alone is there, and nothing satisfies it.
#ifndef ASSAY_CORE_POLICY_SIGNER_READER_H_
#define ASSAY_CORE_POLICY_SIGNER_READER_H_

#include <memory>
#include <string>

#include "base/toml.h"
#include "core/policy/recorded_trust.h"
#include "core/schemes/scheme_table.h"

namespace assay {

class SignerReader {
 public:
  // Borrows `trust`. `always`: whatever is wrong, the signer is there.
  SignerReader(RecordedTrust& trust, bool always)
      : trust_(trust), always_(always) {}

  // Null after a Diagnostic, which never is with `always`.
  std::shared_ptr<const Signer> Read(const Scheme& scheme,
                                     const std::string& name, const Toml& table,
                                     Diagnostics& diagnostics);

 private:
  RecordedTrust& trust_;
  const bool always_;
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_SIGNER_READER_H_
