/* Where a program of Assay lies. */
#ifndef ASSAY_SHIM_ROOT_H_
#define ASSAY_SHIM_ROOT_H_

#include <limits.h>
#include <stdbool.h>

/* ROOT of api/ask.h, for a program that is installed as ROOT `installed_as`.
 * False when it is not; then `root` is where it lies, or "". The kernel's word
 * alone counts, so that no option and no variable can lead to another socket or
 * runtime. */
bool FindRoot(const char* installed_as, char root[PATH_MAX]);

#endif /* ASSAY_SHIM_ROOT_H_ */
