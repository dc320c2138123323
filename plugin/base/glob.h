// Globs over whole texts, with one wildcard.
#ifndef ASSAY_BASE_GLOB_H_
#define ASSAY_BASE_GLOB_H_

#include <string_view>

namespace assay {

// Matches `text` against a glob whose `*` stands for any run of characters;
// used for namespaces and inside one component. Never takes longer than the
// product of the lengths.
bool GlobMatches(std::string_view glob, std::string_view text);

// True when some text matches both globs.
bool GlobsOverlap(std::string_view a, std::string_view b);

}  // namespace assay

#endif  // ASSAY_BASE_GLOB_H_
