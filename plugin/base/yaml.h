// Strict YAML into the tree that JSON becomes, so that what reads one reads the
// other. Of YAML (1.2.2) that part alone is taken which every reader of it
// understands alike: no anchors and aliases, no directives, no tags but those
// of the core schema (10.3), no merge keys, no keys that are not text, and no
// plain words that YAML 1.1 and 1.2 take for different things ("yes", "010",
// "1_000", "1:30"). Refused beyond that: what base/json.h refuses.
#ifndef ASSAY_BASE_YAML_H_
#define ASSAY_BASE_YAML_H_

#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/limits.h"
#include "base/result.h"

namespace assay {

// The one document of a text; null where the text has none. Numbers as in
// JSON. Errors, whose detail begins with "LINE:COLUMN: ": kYamlMalformed (more
// than one document, too), kYamlUnsupported, kJsonDuplicate, kJsonTooDeep,
// kTooLarge.
Result<Json> ParseYaml(std::string_view text,
                       std::size_t most = limits::kYamlBytes);

// Every document of a text but the empty ones, at most limits::kYamlDocuments.
// Errors: as above.
Result<std::vector<Json>> ParseYamlDocuments(
    std::string_view text, std::size_t most = limits::kYamlBytes);

}  // namespace assay

#endif  // ASSAY_BASE_YAML_H_
