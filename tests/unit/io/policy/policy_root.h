// A root with a policy folder and a trust folder that holds one real key.
#ifndef ASSAY_TESTS_UNIT_IO_POLICY_POLICY_ROOT_H_
#define ASSAY_TESTS_UNIT_IO_POLICY_POLICY_ROOT_H_

#include <string>

#include "base/paths.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_key.h"

namespace assay::test {

inline const std::string kSigned =
    "version = 1\n[[rule]]\nscope = \"**\"\nrequire = \"release\"\n"
    "[signers.release]\ntype = \"sigstore-key\"\nkeys = [\"cosign.pub\"]\n";

struct PolicyRoot {
  PolicyRoot() {
    static const std::string kPem = TestKey::Make(KeyKind::kEcdsaP256).Pem();
    folder.Write("etc/assay/trust/cosign.pub", kPem);
    pem = kPem;
  }
  std::string WritePolicy(const std::string& name, const std::string& text) {
    return folder.Write("etc/assay/policy.d/" + name, text);
  }
  Paths paths() const { return Paths(folder.path()); }

  testing::TempFolder folder;
  std::string pem;
};

}  // namespace assay::test

#endif  // ASSAY_TESTS_UNIT_IO_POLICY_POLICY_ROOT_H_
