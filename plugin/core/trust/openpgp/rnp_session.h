// RnpSession: one set of librnp's objects with some keys in it, for one thread
// at a time. RnpPool: sessions with the same keys, for any thread. Only the .cc
// files of this folder include it.
#ifndef ASSAY_CORE_TRUST_OPENPGP_RNP_SESSION_H_
#define ASSAY_CORE_TRUST_OPENPGP_RNP_SESSION_H_

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "core/trust/openpgp/rnp_library.h"

namespace assay {

// What librnp says of a key; of a subkey, `primary` is another's fingerprint.
struct RnpKeyFacts {
  std::string fingerprint;
  std::string primary;
  std::string algorithm;  // "RSA", "ECDSA", "EDDSA" ...
  std::string curve;      // "" where there is none
  std::uint32_t bits = 0;
  Time created{};
  std::optional<Time> expires;
  bool valid = false;  // a self-signature holds, whatever the time is
  bool revoked = false;
  bool signs = false;  // may be used for signing data
};

// What librnp says of one detached signature.
struct RnpSignatureFacts {
  bool verified = false;     // the mathematics hold
  bool out_of_time = false;  // but it has expired, or is of a time to come
  std::string signer;        // key id that it names
  std::optional<RnpKeyFacts> key;  // nullopt when it is not here
  std::string type;                // "binary"
  std::string hash;                // "SHA256"
  Time created{};
  std::optional<Time> expires;
};

class RnpSession {
 public:
  // Each of `keyrings` is binary or one armored block. Fills `fingerprints`,
  // where given, with those of all keys and subkeys. Errors: kKeyMalformed,
  // kInternal.
  static Result<std::unique_ptr<RnpSession>> Open(
      const RnpLibrary& rnp, const std::vector<std::string>& keyrings,
      std::vector<std::string>* fingerprints);

  // Errors: kInternal.
  Result<RnpKeyFacts> KeyBy(const std::string& fingerprint);
  Result<std::vector<std::string>> UserIdsOf(const std::string& fingerprint);
  // A signature packet over `content`, at `now`. Errors: kInternal,
  // kOpenpgpMalformed (librnp finds no signature, or several).
  Result<RnpSignatureFacts> Verify(std::string_view content,
                                   std::string_view signature, Time now);

 private:
  using Ffi = RnpPtr<rnp_ffi_t, decltype(&rnp_ffi_destroy)>;
  using Input = RnpPtr<rnp_input_t, decltype(&rnp_input_destroy)>;
  using Key = RnpPtr<rnp_key_handle_t, decltype(&rnp_key_handle_destroy)>;

  RnpSession(const RnpLibrary& rnp, rnp_ffi_t ffi)
      : rnp_(rnp), ffi_(ffi, {rnp.ffi_destroy}) {}

  Input InputOf(std::string_view bytes) const;
  Key Locate(const std::string& fingerprint) const;
  std::string TakeText(rnp_result_t result, char* text) const;
  Status Import(const std::string& keyring,
                std::vector<std::string>* fingerprints);
  RnpKeyFacts FactsOf(rnp_key_handle_t key) const;
  Result<RnpSignatureFacts> FactsOf(rnp_op_verify_t op) const;

  const RnpLibrary& rnp_;
  Ffi ffi_;
};

// Thread-safe.
class RnpPool {
 public:
  RnpPool(const RnpLibrary& rnp, std::vector<std::string> keyrings)
      : rnp_(rnp), keyrings_(std::move(keyrings)) {}
  RnpPool(const RnpPool&) = delete;
  RnpPool& operator=(const RnpPool&) = delete;
  ~RnpPool();

  // One that nobody uses; a new one where there is none. Errors: as Open.
  Result<std::unique_ptr<RnpSession>> Take();
  // For the next; more than a few are not kept.
  void Give(std::unique_ptr<RnpSession> session);

 private:
  const RnpLibrary& rnp_;
  const std::vector<std::string> keyrings_;
  std::array<std::atomic<RnpSession*>, 4> idle_{};
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_OPENPGP_RNP_SESSION_H_
