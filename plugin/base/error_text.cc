#include "base/error_text.h"

namespace assay {

std::string ErrorText(const Error& error) {
  return std::string(Describe(error.reason).id) + ": " + error.detail;
}

}  // namespace assay
