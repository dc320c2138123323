#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstdlib>

#include "base/bytes.h"

namespace assay {
namespace {

struct Algorithm {
  HashAlgorithm id;
  std::string_view name;
  const char* openssl_name;
  std::size_t size;
};

constexpr std::array<Algorithm, 3> kAlgorithms = {{
    {HashAlgorithm::kSha256, "sha256", "SHA256", 32},
    {HashAlgorithm::kSha384, "sha384", "SHA384", 48},
    {HashAlgorithm::kSha512, "sha512", "SHA512", 64},
}};

const Algorithm& Row(HashAlgorithm algorithm) {
  return kAlgorithms.at(static_cast<std::size_t>(algorithm) - 1);
}

// A process that cannot hash cannot decide: it ends, and an ended process
// refuses.
void Require(bool ok) {
  if (!ok) std::abort();
}

const EVP_MD* Fetched(HashAlgorithm algorithm) {
  static const std::array<EVP_MD*, 3> kFetched = [] {
    // Nearly always the first use of OpenSSL in a process. One that starts for
    // one decision need not load texts of errors that nobody prints, nor the
    // names of ciphers from before OpenSSL 3 (TLS asks its providers by newer
    // ones), nor give back piece by piece what its end gives back at once.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
                            OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                            OPENSSL_INIT_NO_ATEXIT,
                        nullptr);
    std::array<EVP_MD*, 3> fetched{};
    for (std::size_t i = 0; i < fetched.size(); ++i) {
      fetched.at(i) =
          EVP_MD_fetch(nullptr, kAlgorithms.at(i).openssl_name, nullptr);
      Require(fetched.at(i) != nullptr);
    }
    return fetched;
  }();
  return kFetched.at(static_cast<std::size_t>(algorithm) - 1);
}

struct EvpContext {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  EvpContext() { Require(evp != nullptr); }
  EvpContext(const EvpContext&) = delete;
  EvpContext& operator=(const EvpContext&) = delete;
  ~EvpContext() { EVP_MD_CTX_free(evp); }

  void Begin(HashAlgorithm algorithm) {
    Require(EVP_DigestInit_ex2(evp, Fetched(algorithm), nullptr) == 1);
  }
  void Update(std::string_view bytes) {
    Require(EVP_DigestUpdate(evp, bytes.data(), bytes.size()) == 1);
  }
  std::string Finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned size = 0;
    Require(EVP_DigestFinal_ex(evp, raw.data(), &size) == 1);
    return {raw.begin(), raw.begin() + size};
  }
};

}  // namespace

std::string_view HashName(HashAlgorithm algorithm) {
  return Row(algorithm).name;
}

std::size_t HashSize(HashAlgorithm algorithm) { return Row(algorithm).size; }

Result<Digest> Digest::Parse(std::string_view text) {
  for (const Algorithm& row : kAlgorithms) {
    if (text.size() != row.name.size() + 1 + row.size * 2) continue;
    if (!text.starts_with(row.name) || text[row.name.size()] != ':') continue;
    auto bytes = HexDecode(text.substr(row.name.size() + 1));
    if (bytes) return Digest(row.id, *std::move(bytes));
  }
  return Fail(Reason::kDigestMalformed, Printable(text));
}

Digest Digest::Of(std::string_view bytes, HashAlgorithm algorithm) {
  // Most texts are short, and a new context costs more than hashing them.
  thread_local std::array<EvpContext, kAlgorithms.size()> contexts;
  EvpContext& context = contexts.at(static_cast<std::size_t>(algorithm) - 1);
  context.Begin(algorithm);
  context.Update(bytes);
  return {algorithm, context.Finish()};
}

std::string Digest::hex() const { return HexEncode(bytes_); }

std::string Digest::str() const {
  return std::string(HashName(algorithm_)) + ":" + hex();
}

bool Digest::Matches(std::string_view bytes) const {
  return Of(bytes, algorithm_) == *this;
}

struct Hasher::Context : EvpContext {};

Hasher::Hasher(HashAlgorithm algorithm)
    : algorithm_(algorithm), context_(std::make_unique<Context>()) {
  context_->Begin(algorithm);
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::Update(std::string_view bytes) { context_->Update(bytes); }

Digest Hasher::Finish() { return {algorithm_, context_->Finish()}; }

}  // namespace assay
