// Statements signed by a key as cosign attests, in its legacy form and in a
// bundle, for the image with manifest "M" (support/walk.h) unless said else.
#ifndef ASSAY_TESTS_SUPPORT_ATTESTED_H_
#define ASSAY_TESTS_SUPPORT_ATTESTED_H_

#include <string>

#include "core/evidence/untrusted_artifact.h"
#include "tests/support/test_key.h"

namespace assay::test {

inline constexpr const char* kProvenance = "https://slsa.dev/provenance/v1";

struct SignedStatement {
  std::string predicate = "{}";  // JSON; "" leaves it out
  std::string predicate_type = kProvenance;
  std::string subject = "M";  // the bytes whose digest is named
  std::string type = "https://in-toto.io/Statement/v1";
  std::string payload_type = "application/vnd.in-toto+json";

  std::string Payload() const;
  // One layer of a `.att` manifest, found for "M".
  UntrustedArtifact Legacy(const TestKey& key) const;
  // A bundle that refers to "M".
  UntrustedArtifact Bundle(const TestKey& key) const;
};

}  // namespace assay::test

#endif  // ASSAY_TESTS_SUPPORT_ATTESTED_H_
