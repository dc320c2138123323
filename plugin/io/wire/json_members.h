// The members of a JSON object's text, so that one can be set without touching
// a byte of the others. The text is JSON already; whoever edits by this parses
// the result and compares.
#ifndef ASSAY_IO_WIRE_JSON_MEMBERS_H_
#define ASSAY_IO_WIRE_JSON_MEMBERS_H_

#include <string>
#include <string_view>

namespace assay {

// The value takes the place of the present one, or becomes the first member.
// A key that is written with escapes is not recognised.
std::string SetMember(const std::string& object, std::string_view key,
                      std::string_view value);

// Without that member; the same text where there is none.
std::string DropMember(const std::string& object, std::string_view key);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_JSON_MEMBERS_H_
