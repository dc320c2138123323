// Where trust data is read: a notary server, or a folder as notary's and
// docker's clients keep it: FOLDER/REPOSITORY/metadata/ROLE.json.
#ifndef ASSAY_IO_TRUST_DATA_NOTARY_DOCUMENTS_H_
#define ASSAY_IO_TRUST_DATA_NOTARY_DOCUMENTS_H_

#include <memory>
#include <string>

#include "core/schemes/trust_data.h"
#include "io/registry/registry_client.h"

namespace assay {

// Whether a place is a folder of this machine.
bool IsFolder(const TrustDataPlace& place);

// For one reading, on one thread. Borrows both; nothing is asked later than the
// deadline.
std::unique_ptr<TrustDocuments> OpenDocuments(RegistryClient& registry,
                                              const TrustDataPlace& place,
                                              Deadline deadline);

}  // namespace assay

#endif  // ASSAY_IO_TRUST_DATA_NOTARY_DOCUMENTS_H_
