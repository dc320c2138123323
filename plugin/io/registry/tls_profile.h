// TlsProfile: whom to believe and who to be on a TLS connection. The system's
// authorities are parsed once a profile, when its first TLS connection needs
// them: reading the whole bundle takes 39-43 ms, which libcurl alone would
// spend on every connection, and one in plain text never needs it.
#ifndef ASSAY_IO_REGISTRY_TLS_PROFILE_H_
#define ASSAY_IO_REGISTRY_TLS_PROFILE_H_

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "io/registry/registry_host.h"

struct x509_store_st;

namespace assay::registry {

// The system's authorities and the given ones (PEM, "" for none). Thread-safe.
class TlsStore {
 public:
  explicit TlsStore(std::string authorities)
      : authorities_(std::move(authorities)) {}

  // Null when they cannot be read; nothing is believed then.
  std::shared_ptr<x509_store_st> Get();

 private:
  const std::string authorities_;
  std::mutex mutex_;
  std::shared_ptr<x509_store_st> store_;
};

struct TlsProfile {
  bool verify = true;
  // Authorities beside the system's, PEM, "" for none. libcurl compares them
  // when it looks for a connection to use again, so that one made under other
  // authorities never serves.
  std::string authorities;
  std::string client_cert;
  std::string client_key;
  std::shared_ptr<TlsStore> store;
};

// Makes profiles and keeps them. Thread-safe.
class TlsProfiles {
 public:
  // Errors: kRegistryTls (no certificate in the file), kFileUnreadable,
  // kFileTooLarge, kNotFound.
  Result<std::shared_ptr<const TlsProfile>> For(const RegistryHost& host);
  // The system's authorities, no client certificate.
  Result<std::shared_ptr<const TlsProfile>> Default();

 private:
  Result<std::shared_ptr<const TlsProfile>> Keep(TlsProfile profile);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const TlsProfile>> profiles_;
};

// What a handshake told; outlives the exchange that began it.
struct TlsNotes {
  // The server asked for a certificate and we have none. In TLS 1.3 it refuses
  // only after the handshake, which looks like a broken connection.
  std::atomic<bool> certificate_wanted = false;
};

// Gives an SSL_CTX (as libcurl's callback hands it out) the profile's store.
// False when it cannot.
bool PrepareContext(void* ssl_context, const TlsProfile& profile,
                    std::shared_ptr<TlsNotes> notes);

}  // namespace assay::registry

#endif  // ASSAY_IO_REGISTRY_TLS_PROFILE_H_
