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

// The system's authorities, where they count, and the given ones (PEM, "" for
// none). Thread-safe.
class TlsStore {
 public:
  TlsStore(std::string authorities, bool system)
      : authorities_(std::move(authorities)), system_(system) {}

  // Null when they cannot be read; nothing is believed then.
  std::shared_ptr<x509_store_st> Get();

 private:
  const std::string authorities_;
  const bool system_;
  std::mutex mutex_;
  std::shared_ptr<x509_store_st> store_;
};

struct TlsProfile {
  bool verify = true;
  bool system = true;  // the system's authorities count, too
  // Authorities beside the system's, PEM, "" for none. libcurl compares them
  // when it looks for a connection to use again, so that one made under other
  // authorities never serves.
  std::string authorities;
  std::string client_cert;  // files
  std::string client_key;
  std::string client_cert_pem;  // or what would be in them
  std::string client_key_pem;
  std::shared_ptr<TlsStore> store;
};

// Makes profiles and keeps them. Thread-safe.
class TlsProfiles {
 public:
  // Errors: kRegistryTls (no certificate in the file), kFileUnreadable,
  // kFileTooLarge, kNotFound.
  Result<std::shared_ptr<const TlsProfile>> For(const RegistryHost& host);
  // Of `given` the authorities, which then are the only ones that count, and
  // the client certificate. Errors: kRegistryTls.
  Result<std::shared_ptr<const TlsProfile>> Exactly(TlsProfile given);
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
