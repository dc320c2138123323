// The DSSE envelope (secure-systems-lab/dsse, envelope.md) of an in-toto
// statement, in bundles and in cosign's legacy attestations.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_ENVELOPE_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_ENVELOPE_H_

#include <string>

#include "base/json.h"
#include "base/result.h"

namespace assay {

struct Envelope {
  std::string type;
  std::string payload;

  // What its signature is over: the pre-authentication encoding (protocol.md).
  std::string SignedBytes() const;
};

struct SignedEnvelope {
  Envelope envelope;
  std::string signature;

  // `path` is where `json` stands, for errors. Exactly one signature. Errors:
  // kBundleMalformed.
  static Result<SignedEnvelope> Read(const Json& json, const std::string& path);
};

// Whether the envelope says that a statement is in it. Errors: kPayloadType.
Status CheckPayloadType(const Envelope& envelope);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_ENVELOPE_H_
