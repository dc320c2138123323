// A policy that says what is already so: which of an operator's keys,
// authorities and identities signed the images of a node. Text for people to
// read before they use it; nothing here decides.
#ifndef ASSAY_CLI_POLICY_PROPOSAL_H_
#define ASSAY_CLI_POLICY_PROPOSAL_H_

#include <map>
#include <string>
#include <vector>

namespace assay {

// A signature that holds.
struct HeldSignature {
  std::string signer;    // of the candidates
  std::string scheme;    // "sigstore-key"
  std::string identity;  // as in the audit log
};

struct SignedImage {
  std::string name;  // a reference
  bool running = false;
  std::vector<HeldSignature> signatures;
  std::vector<std::string> problems;
};

// A [signers.NAME] table without its head, by name: the lines that say where
// keys and certificates are. Whoever is told from others by an identity must
// leave `identities` out.
using CandidateSigners = std::map<std::string, std::string>;

struct PolicyProposal {
  std::string text;                          // a whole policy file
  std::vector<std::string> unsigned_images;  // their names
  std::size_t rules = 0;
};

// One rule a repository, or one for all that lie together and are signed by
// the same; only whoever signed every image of it is asked for. The rest is
// told in comments.
PolicyProposal ProposePolicy(const std::vector<SignedImage>& images,
                             const CandidateSigners& candidates);

}  // namespace assay

#endif  // ASSAY_CLI_POLICY_PROPOSAL_H_
