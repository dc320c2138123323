// ReadAttestation: one [attestations.NAME] table into an Attestation.
#ifndef ASSAY_CORE_POLICY_ATTESTATION_READER_H_
#define ASSAY_CORE_POLICY_ATTESTATION_READER_H_

#include <memory>
#include <string>

#include "base/toml.h"
#include "core/policy/attestation.h"
#include "core/policy/rule_reader.h"

namespace assay {

// Null after at least one Diagnostic, and also when a signer that it names
// could not be read.
std::shared_ptr<const Attestation> ReadAttestation(const std::string& name,
                                                   const Toml& table,
                                                   const SignerMap& signers,
                                                   Diagnostics& diagnostics);

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_ATTESTATION_READER_H_
