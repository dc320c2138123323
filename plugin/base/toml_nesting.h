// How deep a TOML text nests, found without recursion: the TOML library
// recurses into what it reads, and its destructors do too.
#ifndef ASSAY_BASE_TOML_NESTING_H_
#define ASSAY_BASE_TOML_NESTING_H_

#include <cstddef>
#include <optional>
#include <string_view>

namespace assay {

// The offset of the first bracket, or of the first dot of a dotted key, that
// goes deeper than `most`. Brackets inside strings and comments do not count.
std::optional<std::size_t> FindTomlTooDeep(std::string_view text,
                                           std::size_t most);

}  // namespace assay

#endif  // ASSAY_BASE_TOML_NESTING_H_
