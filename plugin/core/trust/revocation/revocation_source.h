// RevocationSource: the port to what authorities say about certificates.
// Implemented by io/revocation over what is kept on disk and, where a question
// may wait, over HTTP.
#ifndef ASSAY_CORE_TRUST_REVOCATION_REVOCATION_SOURCE_H_
#define ASSAY_CORE_TRUST_REVOCATION_REVOCATION_SOURCE_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/result.h"
#include "core/trust/certificate.h"
#include "core/trust/revocation/ocsp_response.h"
#include "core/trust/revocation/revocation_list.h"

namespace assay {

// Parsed, and not yet believed.
using RevocationDocument = std::variant<RevocationList, OcspResponse>;

// Where a document is, and what it must be: a list of the issuer's, or a
// responder's answer about a certificate of that issuer.
struct RevocationPlace {
  std::string url;  // http
  Certificate issuer;
  std::optional<Certificate> about;  // nullopt: a list
};

// Errors: kRevocationMalformed. Which of the two it is, the place says.
Result<RevocationDocument> ParseRevocation(const RevocationPlace& place,
                                           std::string_view bytes);

// That it is what the place must have: signed by, or for, the issuer, and about
// that certificate. Says nothing about its age. Errors: kRevocationInvalid.
Status CheckHolds(const RevocationDocument& document,
                  const RevocationPlace& place, Time now);

// When what the document says was known; of one that holds. nullopt where it
// says nothing of what the place is about.
std::optional<Time> KnownAt(const RevocationDocument& document,
                            const RevocationPlace& place, Time now);

// Whether a document that holds may be kept in the place of another. Where that
// one holds, too: not what is older, nor what does not revoke a certificate
// that it revokes for good, nor, before newer is due, a list of another scope,
// or one of list and delta for the other. Else whoever stands on the way to an
// authority could make us forget. A list of times to come gives way to any that
// is not, unless it revokes for good whom that one does not.
bool MayReplace(const RevocationDocument& document,
                const RevocationDocument& kept, const RevocationPlace& place,
                Time now);

// Thread-safe.
class RevocationSource {
 public:
  virtual ~RevocationSource() = default;
  // What was fetched before; it was right then, and is to be checked again.
  // Errors: kNotFound, kRevocationMalformed, kFileUnreadable.
  virtual Result<RevocationDocument> Kept(const RevocationPlace& place) = 0;
  // What the place says now, or what is kept where that is newer. It holds, and
  // is kept. Errors: kRevocationUnknown (no answer), kRevocationMalformed,
  // kRevocationInvalid.
  virtual Result<RevocationDocument> Fetch(const RevocationPlace& place,
                                           Deadline deadline) = 0;
};

// What a question may consult. Without a source nobody can be asked.
struct RevocationAccess {
  RevocationSource* source = nullptr;  // borrowed
  // Until when places may be asked; nullopt: what is kept must do.
  std::optional<Deadline> fetch_until;
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_REVOCATION_REVOCATION_SOURCE_H_
