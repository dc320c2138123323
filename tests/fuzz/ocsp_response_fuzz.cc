// Property: what is believed of a response is what the issuer or its responder
// once said about that certificate.
#include <algorithm>
#include <cstdint>

#include "core/trust/revocation/ocsp_response.h"
#include "tests/fuzz/recorded_authority.h"

namespace {

using assay::OcspAnswer;
using assay::OcspResponse;
using assay::fuzz::Authority;
using assay::fuzz::Require;

bool SaysTheSame(const OcspAnswer& a, const OcspAnswer& b) {
  return a.status == b.status && a.this_update == b.this_update &&
         a.next_update == b.next_update && a.revoked_at == b.revoked_at &&
         a.on_hold == b.on_hold && a.invalid_since == b.invalid_since;
}

std::vector<OcspAnswer> AnswersOf(const std::vector<std::string>& responses,
                                  const assay::Certificate& one) {
  std::vector<OcspAnswer> answers;
  for (const auto& der : responses) {
    const auto answer = OcspResponse::ParseDer(der).value().AnswerFor(
        one, Authority().issuer, assay::fuzz::kRecordedNow);
    if (answer) answers.push_back(*answer);
  }
  Require(!answers.empty());
  return answers;
}

void CheckAbout(const OcspResponse& response, const assay::Certificate& one,
                const std::vector<OcspAnswer>& recorded) {
  const auto answer =
      response.AnswerFor(one, Authority().issuer, assay::fuzz::kRecordedNow);
  if (!answer) return;
  Require(std::any_of(recorded.begin(), recorded.end(), [&](const auto& known) {
    return SaysTheSame(*answer, known);
  }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const auto good = AnswersOf(Authority().answers, Authority().good);
  static const auto revoked =
      AnswersOf(Authority().answers, Authority().revoked);
  const auto response =
      OcspResponse::ParseDer({reinterpret_cast<const char*>(data), size});
  if (!response) return 0;
  CheckAbout(*response, Authority().good, good);
  CheckAbout(*response, Authority().revoked, revoked);
  return 0;
}
