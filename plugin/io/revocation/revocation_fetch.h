// Asks a place what it says: a list by GET, a responder by GET or POST
// (RFC 6960 appendix A.1).
#ifndef ASSAY_IO_REVOCATION_REVOCATION_FETCH_H_
#define ASSAY_IO_REVOCATION_REVOCATION_FETCH_H_

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "core/trust/revocation/revocation_source.h"
#include "io/registry/document_client.h"

namespace assay {

// The bytes of a complete answer, of which nothing is believed. Not later than
// the deadline, and not longer than such an answer may take. Error:
// kRevocationUnknown, naming the address.
Result<std::string> FetchRevocation(registry::DocumentClient& client,
                                    const RevocationPlace& place,
                                    Deadline deadline);

}  // namespace assay

#endif  // ASSAY_IO_REVOCATION_REVOCATION_FETCH_H_
