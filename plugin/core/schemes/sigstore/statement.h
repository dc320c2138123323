// The in-toto statement of a signature or attestation
// (github.com/in-toto/attestation, spec/v1/statement.md; v0.1 has the same
// members). Parsed only after its bytes have been verified.
#ifndef ASSAY_CORE_SCHEMES_SIGSTORE_STATEMENT_H_
#define ASSAY_CORE_SCHEMES_SIGSTORE_STATEMENT_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/json.h"
#include "base/result.h"

namespace assay {

struct StatementSubject {
  std::map<std::string, std::string> digests;  // algorithm to hex
  std::map<std::string, std::string> annotations;

  bool Names(const Digest& digest) const;
};

struct Statement {
  std::string predicate_type;
  std::vector<StatementSubject> subjects;  // never empty
  std::shared_ptr<const Json> predicate;   // null where there is none

  // Errors: those of Json::Parse, kStatementMalformed.
  static Result<Statement> Parse(std::string_view payload);
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SIGSTORE_STATEMENT_H_
