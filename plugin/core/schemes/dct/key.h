// Keys and roles of Notary v1 metadata (notary tuf/data/keys.go, roles.go), and
// whether enough keys of a role signed. A key is told apart by what it is,
// never by its id: one key in two certificates is one signer.
#ifndef ASSAY_CORE_SCHEMES_DCT_KEY_H_
#define ASSAY_CORE_SCHEMES_DCT_KEY_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/trust/certificate.h"
#include "core/trust/public_key.h"
#include "core/trust/tuf/key.h"

namespace assay::dct {

struct Key {
  PublicKey key;
  std::vector<Certificate> certificates;  // the key's own first; none if bare
};

// By key id, which is proven to be the key's.
using Keys = std::map<std::string, Key, std::less<>>;

// Keys of kinds or sizes that Assay does not verify are left out: they never
// help to reach a threshold. Errors: kDctMalformed (also for an id that is
// another key's, and for what is no public key at all).
Result<Keys> ReadKeys(const Json* json);

// The id of a key object: the SHA-256 of its canonical form, in hex. Errors:
// kDctMalformed.
Result<std::string> KeyId(const std::string& type, const std::string& text);

// Who must sign for a role, as any TUF has it. Errors: kDctMalformed.
using tuf::Role;
Result<Role> ReadRole(const Json* json);

struct Signature {
  std::string key_id;
  std::string method;
  std::string bytes;
};

// Whether the key made this signature by a method that keys of its kind have.
bool Verifies(const PublicKey& key, std::string_view message,
              const Signature& signature);

// The fingerprints of the keys of the role that signed `message`.
std::set<Digest> SignersOf(const Keys& keys, const Role& role,
                           std::string_view message,
                           const std::vector<Signature>& signatures);

// The fingerprints of the keys of the role.
std::set<Digest> FingerprintsOf(const Keys& keys, const Role& role);

// That `threshold` different keys of the role signed. Errors: kDctSignature.
Status CheckThreshold(const Keys& keys, const Role& role,
                      std::string_view message,
                      const std::vector<Signature>& signatures);

}  // namespace assay::dct

#endif  // ASSAY_CORE_SCHEMES_DCT_KEY_H_
