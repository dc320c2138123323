// An error in words, wherever one line is to say all of it.
#ifndef ASSAY_BASE_ERROR_TEXT_H_
#define ASSAY_BASE_ERROR_TEXT_H_

#include <string>

#include "base/result.h"

namespace assay {

// "reason-id: detail". The detail is not escaped.
std::string ErrorText(const Error& error);

}  // namespace assay

#endif  // ASSAY_BASE_ERROR_TEXT_H_
