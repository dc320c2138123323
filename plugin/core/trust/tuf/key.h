// Keys and roles of TUF metadata, and whether enough keys of a role signed
// (specification sections 4.3 and 4.2.1).
#ifndef ASSAY_CORE_TRUST_TUF_KEY_H_
#define ASSAY_CORE_TRUST_TUF_KEY_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/trust/public_key.h"

namespace assay::tuf {

struct Key {
  PublicKey key;
  SignatureAlgorithm algorithm;
};

// By key id. What an id says about its key is not believed: keys are told
// apart by what they are.
using Keys = std::map<std::string, Key, std::less<>>;

// Keys of kinds, sizes or schemes that Assay does not verify are left out:
// they never help to reach a threshold. Errors: kTufMalformed, kTufTooLarge.
Result<Keys> ReadKeys(const Json* json);

// Who must sign for a role: never fewer than one key.
struct Role {
  std::set<std::string, std::less<>> key_ids;
  std::size_t threshold = 0;  // zero is never reached

  // Errors: kTufMalformed (no keys, one twice, a threshold below 1).
  static Result<Role> Read(const Json* json);
};

struct Signature {
  std::string key_id;
  std::string bytes;
};

// True when the same keys, told apart by what they are, sign for both.
bool SameSigners(const Keys& a, const Role& in_a, const Keys& b,
                 const Role& in_b);

// That `threshold` different keys of the role signed `message`. A key counts
// once, however many signatures or ids it has. Errors: kTufSignature.
Status CheckThreshold(const Keys& keys, const Role& role,
                      std::string_view message,
                      const std::vector<Signature>& signatures);

}  // namespace assay::tuf

#endif  // ASSAY_CORE_TRUST_TUF_KEY_H_
