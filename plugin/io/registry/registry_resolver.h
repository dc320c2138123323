// RegistryResolver: the Subject of an image that an operator names by reference
// (`assay verify REF`), read from its registry. A tag is looked up once; the
// rest is by digest, every byte re-hashed.
#ifndef ASSAY_IO_REGISTRY_REGISTRY_RESOLVER_H_
#define ASSAY_IO_REGISTRY_REGISTRY_RESOLVER_H_

#include "core/question/resolver.h"
#include "io/registry/registry_client.h"

namespace assay {

class RegistryResolver : public Resolver {
 public:
  // Borrows the client, which must outlive it.
  explicit RegistryResolver(RegistryClient& client) : client_(client) {}

  // Resolves a ReferenceClaim; an empty platform is this machine's. The
  // configuration itself is not fetched: its digest is what a signature
  // covers, and no rule reads more of it. Errors: kManifestMissing,
  // kManifestMalformed, kManifestUnsupported, kManifestDigestMismatch,
  // kPlatformMissing, those of RegistryClient, and kInternal for other claims.
  Result<Subject> Resolve(const Question& question) override;

 private:
  RegistryClient& client_;
};

}  // namespace assay

#endif  // ASSAY_IO_REGISTRY_REGISTRY_RESOLVER_H_
