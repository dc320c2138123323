// Answers one ask as told, rightly or in one of the wrong ways. Shared by the
// test's daemon and the test's decider.
#ifndef ASSAY_TESTS_INTEGRATION_SHIM_ANSWERER_H_
#define ASSAY_TESTS_INTEGRATION_SHIM_ANSWERER_H_

#include <string>

#include "base/unique_fd.h"
#include "io/ask/connection.h"

namespace assay::test {

// What an answerer was asked.
struct Asked {
  AskRequest request;
  std::string config;  // what the descriptor of config.json held
  std::string bundle;  // where the bundle's descriptor points to
  Reason problem{};    // why the request was not taken, if it was not
};

// `manner` is "allow", "deny LINE", or a fault: "hang", "close" (before
// reading), "drop" (after), "nonce", "version", "magic", "short", "long",
// "zero", "unknown", "talkative" (an allow with a line), "silent" (a deny
// without one), "swap" (replaces config.json, then allows), "touch", "move"
// (puts another folder in the bundle's place, then allows).
Asked Answer(UniqueFd connection, const std::string& manner);

}  // namespace assay::test

#endif  // ASSAY_TESTS_INTEGRATION_SHIM_ANSWERER_H_
