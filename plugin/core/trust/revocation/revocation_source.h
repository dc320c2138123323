// RevocationSource: the port to what authorities say about certificates.
// Implemented by io/revocation over what is kept on disk and, where a question
// may wait, over HTTP.
#ifndef ASSAY_CORE_TRUST_REVOCATION_REVOCATION_SOURCE_H_
#define ASSAY_CORE_TRUST_REVOCATION_REVOCATION_SOURCE_H_

#include <memory>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/result.h"
#include "core/trust/revocation/ocsp_response.h"
#include "core/trust/revocation/revocation_list.h"

namespace assay {

// Parsed, and not yet believed.
using RevocationDocument = std::variant<RevocationList, OcspResponse>;

// Where a document is: a list's address, or a responder's and what it is asked.
struct RevocationPlace {
  std::string url;           // http
  std::string ocsp_request;  // DER; "" for a list
};

// Errors: kRevocationMalformed. Which of the two it is, the place says.
Result<RevocationDocument> ParseRevocation(const RevocationPlace& place,
                                           std::string_view bytes);

// Thread-safe.
class RevocationSource {
 public:
  virtual ~RevocationSource() = default;
  // What was fetched before. Errors: kNotFound, kRevocationMalformed,
  // kFileUnreadable.
  virtual Result<RevocationDocument> Kept(const RevocationPlace& place) = 0;
  // What the place says now; it is kept. Errors: kRevocationUnknown (no
  // answer), kRevocationMalformed, kDeadline.
  virtual Result<RevocationDocument> Fetch(const RevocationPlace& place,
                                           Deadline deadline) = 0;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_REVOCATION_REVOCATION_SOURCE_H_
