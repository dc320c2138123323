// What every question starts with: when it is asked and what it is called.
#ifndef ASSAY_IO_REPORT_REQUEST_H_
#define ASSAY_IO_REPORT_REQUEST_H_

#include <chrono>

#include "core/question/question.h"

namespace assay {

// The wall clock, whole seconds.
Time WallClock();

// A question with a new request id, asked now, to be answered within `budget`.
Question NewQuestion(Hook hook, std::chrono::milliseconds budget);

}  // namespace assay

#endif  // ASSAY_IO_REPORT_REQUEST_H_
