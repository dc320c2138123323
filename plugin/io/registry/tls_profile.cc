#include "io/registry/tls_profile.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "base/limits.h"
#include "io/files/files.h"

namespace assay::registry {
namespace {

constexpr std::size_t kProfiles = 256;
constexpr std::size_t kAuthorities = 1024;

// Adds every certificate of a PEM text; false when there is none or one cannot
// be read.
bool AddAuthorities(X509_STORE* store, const std::string& pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  for (std::size_t count = 0; bio && count < kAuthorities; ++count) {
    const std::unique_ptr<X509, void (*)(X509*)> certificate(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
    if (!certificate) {
      const bool end =
          ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      ERR_clear_error();
      return end && count > 0;
    }
    if (X509_STORE_add_cert(store, certificate.get()) != 1) return false;
  }
  return false;
}

std::shared_ptr<X509_STORE> MakeStore(const std::string& authorities,
                                      bool system) {
  std::shared_ptr<X509_STORE> store(X509_STORE_new(), &X509_STORE_free);
  if (!store) return nullptr;
  if (system && X509_STORE_set_default_paths(store.get()) != 1) return nullptr;
  // Whatever is trusted may end a chain, as in Go's pools.
  X509_STORE_set_flags(store.get(),
                       X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  ERR_clear_error();
  if (!authorities.empty() && !AddAuthorities(store.get(), authorities)) {
    return nullptr;
  }
  return store;
}

void FreeNotes(void* /*parent*/, void* notes, CRYPTO_EX_DATA* /*data*/,
               int /*index*/, long /*argl*/, void* /*argp*/) {
  delete static_cast<std::shared_ptr<TlsNotes>*>(notes);
}

int NotesIndex() {
  static const int index =
      SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &FreeNotes);
  return index;
}

// OpenSSL calls this when a certificate is asked for and none is configured.
int NoCertificate(SSL* ssl, X509** /*certificate*/, EVP_PKEY** /*key*/) {
  auto* notes = static_cast<std::shared_ptr<TlsNotes>*>(
      SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), NotesIndex()));
  if (notes != nullptr) (*notes)->certificate_wanted = true;
  return 0;
}

std::string KeyOf(const TlsProfile& profile) {
  std::string key = profile.verify ? "v" : "-";
  key.push_back(profile.system ? 's' : '-');
  key.append(profile.client_cert).push_back('\0');
  key.append(profile.client_key).push_back('\0');
  key.append(profile.client_cert_pem).push_back('\0');
  key.append(profile.client_key_pem).push_back('\0');
  return key.append(profile.authorities);
}

}  // namespace

std::shared_ptr<X509_STORE> TlsStore::Get() {
  const std::lock_guard lock(mutex_);
  if (!store_) store_ = MakeStore(authorities_, system_);
  return store_;
}

Result<std::shared_ptr<const TlsProfile>> TlsProfiles::For(
    const RegistryHost& host) {
  TlsProfile profile;
  profile.verify = !host.skip_verify;
  profile.client_cert = host.client_cert;
  profile.client_key = host.client_key;
  for (const std::string& file : host.ca_files) {
    const auto pem = ReadFile(file, limits::kKeyFileBytes);
    if (!pem) return pem.error();
    profile.authorities.append(*pem).push_back('\n');
  }
  return Keep(std::move(profile));
}

Result<std::shared_ptr<const TlsProfile>> TlsProfiles::Default() {
  return Keep(TlsProfile());
}

Result<std::shared_ptr<const TlsProfile>> TlsProfiles::Exactly(
    TlsProfile given) {
  given.verify = true;
  given.system = given.authorities.empty();
  return Keep(std::move(given));
}

Result<std::shared_ptr<const TlsProfile>> TlsProfiles::Keep(
    TlsProfile profile) {
  const std::lock_guard lock(mutex_);
  const std::string key = KeyOf(profile);
  const auto found = profiles_.find(key);
  if (found != profiles_.end()) return found->second;
  profile.store =
      std::make_shared<TlsStore>(profile.authorities, profile.system);
  // What the operator configured is read now, to say what is wrong with it.
  if (!profile.authorities.empty() && !profile.store->Get()) {
    return Fail(Reason::kRegistryTls,
                "the authorities (ca) cannot be read as PEM certificates");
  }
  if (profiles_.size() >= kProfiles) profiles_.clear();
  auto made = std::make_shared<const TlsProfile>(std::move(profile));
  profiles_.emplace(key, made);
  return made;
}

bool PrepareContext(void* ssl_context, const TlsProfile& profile,
                    std::shared_ptr<TlsNotes> notes) {
  auto* context = static_cast<SSL_CTX*>(ssl_context);
  const std::shared_ptr<X509_STORE> store = profile.store->Get();
  if (!store || X509_STORE_up_ref(store.get()) != 1) return false;
  SSL_CTX_set_cert_store(context, store.get());
  auto* kept = new std::shared_ptr<TlsNotes>(std::move(notes));
  if (SSL_CTX_set_ex_data(context, NotesIndex(), kept) != 1) {
    delete kept;
    return false;
  }
  SSL_CTX_set_client_cert_cb(context, &NoCertificate);
  return true;
}

}  // namespace assay::registry
