#include "core/verdict/signature_check.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

Reason WhyNotAmong(const std::vector<Reason>& reasons) {
  Findings findings;
  for (const Reason reason : reasons) {
    findings.failed.push_back({"signer", "artifact", Fail(reason)});
  }
  return WhyNot(Fail(Reason::kThresholdNotMet), findings, {}).reason;
}

TEST_CASE("of failed signatures the one that came furthest is told") {
  CHECK(WhyNotAmong({}) == Reason::kNoSignature);
  CHECK(WhyNotAmong({Reason::kBundleMalformed, Reason::kSignatureInvalid}) ==
        Reason::kSignatureInvalid);
}

TEST_CASE("a signer that could not tell leaves the verdict undetermined") {
  CHECK(WhyNotAmong({Reason::kSignatureInvalid, Reason::kTrustStale}) ==
        Reason::kTrustStale);
  CHECK(WhyNotAmong({Reason::kTrustMissing, Reason::kIdentityMismatch}) ==
        Reason::kTrustMissing);
}

TEST_CASE("an artifact that nobody can read leaves no verdict open") {
  CHECK(WhyNotAmong({Reason::kReferenceMalformed, Reason::kSignatureInvalid}) ==
        Reason::kSignatureInvalid);
}

}  // namespace
}  // namespace assay
