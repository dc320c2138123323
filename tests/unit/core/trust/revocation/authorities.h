// The authorities and the certificates that the tests of this folder share.
#ifndef ASSAY_TESTS_UNIT_CORE_TRUST_REVOCATION_AUTHORITIES_H_
#define ASSAY_TESTS_UNIT_CORE_TRUST_REVOCATION_AUTHORITIES_H_

#include <chrono>

#include "base/result.h"
#include "tests/support/revoker.h"

namespace assay {

using std::chrono::hours;
using std::chrono::minutes;
using test::AnswerSpec;
using test::CertificateSpec;
using test::kRevokerNow;
using test::ListSpec;
using test::Party;
using test::RevokedSpec;

struct Authorities {
  Party root = Party::Root(CertificateSpec::Authority("r", 1));
  Party issuer = root.Issue(CertificateSpec::Authority("i", 2));
  Party leaf = issuer.Issue({});  // 1000
  Party other_leaf = issuer.Issue({.serial = 2000});
  Party responder = issuer.Issue(CertificateSpec::Responder(3));
  // Another authority of the same name, and its certificate of the same serial.
  Party twin = root.Issue(CertificateSpec::Authority("i", 4));
  Party twin_leaf = twin.Issue({});
  Party stranger = Party::Root(CertificateSpec::Authority("s", 1));
};

inline const Authorities& World() {
  static const Authorities world;
  return world;
}

// kUnspecified where it did not fail.
template <typename T>
Reason ReasonOf(const Result<T>& result) {
  return result ? Reason::kUnspecified : result.error().reason;
}

}  // namespace assay

#endif  // ASSAY_TESTS_UNIT_CORE_TRUST_REVOCATION_AUTHORITIES_H_
