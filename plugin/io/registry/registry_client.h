// RegistryClient: the distribution API as Assay needs it: manifests, blobs and
// referrers by digest or tag, many at once. Everything it returns has been
// re-hashed where a digest was asked for; nothing else about it is believed.
//
// Thread-safe; keeps connections, tokens and one parsed set of system
// authorities for its lifetime. libcurl and OpenSSL stay behind this header.
#ifndef ASSAY_IO_REGISTRY_REGISTRY_CLIENT_H_
#define ASSAY_IO_REGISTRY_REGISTRY_CLIENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/subject/descriptor.h"
#include "core/subject/reference.h"

namespace assay {

namespace registry {
struct GivenCredential;
}  // namespace registry

struct RegistryOptions {
  // Folders with hosts.toml per registry, containerd's certs.d layout; the
  // first that knows the host wins.
  std::vector<std::string> hosts_dirs;
  // docker config.json files, tried in order; credential helpers named there
  // are run from `helper_path` (a PATH-like list) only.
  std::vector<std::string> credential_files;
  std::string helper_path = "/usr/local/bin:/usr/bin";
  // Token servers that a registry may name although they are another host, or
  // at an internal address: "host[:port]". Passwords are sent there.
  std::vector<std::string> trusted_realms;
  std::string user_agent = "assay";
};

enum class FetchKind : std::uint8_t {
  kManifest = 0,
  kBlob,
  kReferrers,
  kTrustData,  // a document of a notary server
  // Of the registry itself, never of its mirrors (signature_store.h):
  kSignatureStore,  // whether it has one: kRegistryNotFound, or nothing
  kSignatures,      // what that has for a digest, as JSON
};

struct FetchRequest {
  FetchKind kind = FetchKind::kManifest;
  Reference repository;  // its tag and digest are ignored
  // A tag or a digest; for the others a digest; of trust data the name of a
  // document, "root.json"; for a store of signatures nothing.
  std::string what;
  std::size_t most = 0;  // largest answer in bytes
  // The repository was named by an image, not by whoever asks: its host must
  // be on a public address unless the operator's files describe it.
  bool claimed = false;
  // Of trust data: the address that publishes it; "" for the registry itself,
  // which is asked with its credentials. No mirror is asked for any.
  std::string server = {};
};

struct Fetched {
  std::string bytes;                  // empty for referrers
  std::string media_type;             // as the registry says
  std::optional<Digest> digest;       // of `bytes`
  std::vector<Descriptor> referrers;  // all pages, capped by limits
};

class RegistryClient {
 public:
  explicit RegistryClient(RegistryOptions options);
  // With connections and authorities of `like`, which may end before it; but it
  // shows `given` to the registry that it is for, and what it is let in with
  // ends with it and is used by nobody else.
  RegistryClient(const RegistryClient& like, registry::GivenCredential given);
  ~RegistryClient();
  RegistryClient(const RegistryClient&) = delete;
  RegistryClient& operator=(const RegistryClient&) = delete;

  // All requests together, results in their order. Each ends by the deadline.
  // Errors: kRegistryNotFound (404, and a referrers API that is not there),
  // kRegistryUnauthorized, kRegistryThrottled, kRegistryUnreachable,
  // kRegistryTls, kRegistryProtocol, kRegistryRealmRefused, kDeadline,
  // kEvidenceTooLarge, kEvidenceTooMany, kManifestDigestMismatch (what came
  // does not hash to what was asked for).
  std::vector<Result<Fetched>> Fetch(std::span<const FetchRequest> requests,
                                     Deadline deadline);

  Result<Fetched> FetchOne(const FetchRequest& request, Deadline deadline);

 private:
  friend class RegistryConversation;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Several Fetches for one purpose, each after the answers of the one before:
// hosts and authorizations are looked up once for all of them, and they use the
// same connections. For one thread, and not for longer than a decision.
class RegistryConversation {
 public:
  // Borrows the client, which must outlive it.
  explicit RegistryConversation(RegistryClient& client);
  ~RegistryConversation();
  RegistryConversation(const RegistryConversation&) = delete;
  RegistryConversation& operator=(const RegistryConversation&) = delete;

  // As RegistryClient's.
  std::vector<Result<Fetched>> Fetch(std::span<const FetchRequest> requests,
                                     Deadline deadline);

 private:
  class Impl;
  RegistryClient& client_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay

#endif  // ASSAY_IO_REGISTRY_REGISTRY_CLIENT_H_
