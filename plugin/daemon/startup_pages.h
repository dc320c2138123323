// What a long-lived process used to start and will hardly use again.
#ifndef ASSAY_DAEMON_STARTUP_PAGES_H_
#define ASSAY_DAEMON_STARTUP_PAGES_H_

#include <cstddef>

namespace assay {

// Unmaps the pages of code of this program and its libraries. Nothing is lost:
// they are the files' own, and come back one by one from the page cache when
// they are run. Starting maps three quarters of all code; serving needs less.
// Returns the bytes of code that may have been mapped. Any thread, any time.
std::size_t ReleaseStartupPages();

}  // namespace assay

#endif  // ASSAY_DAEMON_STARTUP_PAGES_H_
