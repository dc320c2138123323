// The signature systems Assay reads: one row a system, looked up by the
// `type` of a [signers.NAME] table. A new system is a new folder and a new
// row here.
#ifndef ASSAY_CORE_SCHEMES_SCHEME_TABLE_H_
#define ASSAY_CORE_SCHEMES_SCHEME_TABLE_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/toml.h"
#include "core/schemes/signer.h"
#include "core/schemes/trust_files.h"

namespace assay {

struct Scheme {
  std::string_view type;  // "sigstore-key"
  // Reads the table of signer `name` (the keys `type`, `valid_from` and
  // `valid_until` included) and the files it names. Problems go to
  // `diagnostics`; then the result is null.
  std::unique_ptr<Signer> (*read)(const std::string& name, const Toml& table,
                                  TrustFiles& files, Diagnostics& diagnostics);
  // Whether its signers sign statements (Signer::StatementPlaces).
  bool attests = false;
};

// Null when there is no such type.
const Scheme* FindScheme(std::string_view type);

// For near-miss suggestions.
std::set<std::string, std::less<>> SchemeTypes();

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_SCHEME_TABLE_H_
