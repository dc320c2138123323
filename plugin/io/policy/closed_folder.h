// Whether what lies in a folder is there by nobody's will but root's or ours.
// Files that others may not write can still be renamed and removed by who may
// write their folder, and a policy less one file is another policy.
#ifndef ASSAY_IO_POLICY_CLOSED_FOLDER_H_
#define ASSAY_IO_POLICY_CLOSED_FOLDER_H_

#include <string>

#include "base/result.h"

namespace assay {

// A folder with the sticky bit keeps its files, as mounted Secrets have it. A
// folder that is not there is closed. Errors: kFileUnsafe.
Status CheckClosedFolder(const std::string& folder);

}  // namespace assay

#endif  // ASSAY_IO_POLICY_CLOSED_FOLDER_H_
