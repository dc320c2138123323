// CertifiedSignature: a candidate that the key of the certificate beside it
// signed. Whose certificate it is, nobody has asked yet.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_CERTIFIED_SIGNATURE_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_CERTIFIED_SIGNATURE_H_

#include <vector>

#include "base/result.h"
#include "core/schemes/keyring.h"
#include "core/schemes/sigstore/candidate.h"
#include "core/schemes/sigstore/log_body.h"
#include "core/trust/certificate.h"

namespace assay {

struct CertifiedSignature {
  Certificate leaf;
  // May stand between leaf and authority; not believed.
  std::vector<Certificate> hints;
  LoggedSignature logged;  // borrows the candidate

  // `use` says how such a key signs. Errors: kBundleMaterial (no certificate,
  // or a bundle that brings its own anchor), kCertificateMalformed,
  // kKeyUnsupported, kSignatureInvalid, kArtifactNeeded.
  static Result<CertifiedSignature> Of(const Candidate& candidate, KeyUse use);
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_CERTIFIED_SIGNATURE_H_
