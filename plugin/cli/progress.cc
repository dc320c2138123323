#include "cli/progress.h"

#include <unistd.h>

#include <iostream>

namespace assay {

Progress::Progress(bool shown)
    : shown_(shown && ::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { Clear(); }

void Progress::Clear() {
  if (!last_.empty()) std::cerr << "\r\x1b[K" << std::flush;
  last_.clear();
}

void Progress::Show(const std::string& text) {
  if (!shown_ || text == last_) return;
  last_ = text;
  std::cerr << "\r\x1b[K" << text << std::flush;
}

}  // namespace assay
