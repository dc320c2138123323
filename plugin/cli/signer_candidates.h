// Every signer that the files of a trust folder could stand for: a key as a key
// of cosign and of plain OpenSSL, a certificate as a root of the Notary
// Project, a trusted root with whoever it vouches for.
#ifndef ASSAY_CLI_SIGNER_CANDIDATES_H_
#define ASSAY_CLI_SIGNER_CANDIDATES_H_

#include "base/paths.h"
#include "base/result.h"
#include "cli/policy_proposal.h"

namespace assay {

// By a name made of the file's. A file that is none of these is left out.
// Errors: those of ListFolder.
Result<CandidateSigners> FindCandidates(const Paths& paths);

// The text of a policy with these signers, which lets every identity of an
// authority sign: to look for signatures, never to be put in force.
std::string PolicyOfCandidates(const CandidateSigners& candidates);

}  // namespace assay

#endif  // ASSAY_CLI_SIGNER_CANDIDATES_H_
