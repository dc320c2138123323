// A change of a text as people read it: the unified format of diff(1).
#ifndef ASSAY_IO_WIRE_DIFF_H_
#define ASSAY_IO_WIRE_DIFF_H_

#include <string>
#include <string_view>

namespace assay {

// Empty when nothing changes. `old_name` may be "/dev/null".
std::string UnifiedDiff(std::string_view before, std::string_view after,
                        const std::string& old_name,
                        const std::string& new_name);

}  // namespace assay

#endif  // ASSAY_IO_WIRE_DIFF_H_
