// A registry's own store of simple-signing signatures, which it announces by a
// header of its answer to GET /v2/: the extension that OpenShift's registry has
// (containers/image, docs/signature-protocols.md,
// "X-Registry-Supports-Signatures").
#ifndef ASSAY_IO_REGISTRY_SIGNATURE_STORE_H_
#define ASSAY_IO_REGISTRY_SIGNATURE_STORE_H_

#include <string>

#include "io/registry/auth_cache.h"
#include "io/registry/host_session.h"

namespace assay::registry {

// Below the server, whatever path its API has.
std::string SignaturesPath(const Reference& repository,
                           const std::string& digest);

// Nothing when the host says that it has such a store, kRegistryNotFound when
// it says that it has none. The header comes with a challenge, too, so no
// credentials are sent for it. What a host told is remembered for a while.
// `url` is its /v2/. Errors: those of RegistryClient.
Task<Result<Fetched>> FindSignatureStore(AuthCache& known,
                                         const RegistryHost& host,
                                         HostSession& session, Url url,
                                         Deadline deadline);

// The list for one image; one without signatures has an empty list. Errors:
// those of RegistryClient; kRegistryProtocol for another server's answer, too.
Task<Result<Fetched>> FetchSignatures(HostSession& session, Url url,
                                      std::size_t most, Deadline deadline);

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_SIGNATURE_STORE_H_
