#include "core/trust/revocation/revocation_source.h"

namespace assay {

Result<RevocationDocument> ParseRevocation(const RevocationPlace& place,
                                           std::string_view bytes) {
  if (!place.about) {
    auto list = RevocationList::ParseDer(bytes);
    if (!list) return list.error();
    return RevocationDocument(*std::move(list));
  }
  auto response = OcspResponse::ParseDer(bytes);
  if (!response) return response.error();
  return RevocationDocument(*std::move(response));
}

Status CheckHolds(const RevocationDocument& document,
                  const RevocationPlace& place, Time now) {
  const auto* list = std::get_if<RevocationList>(&document);
  if ((list == nullptr) != place.about.has_value()) {
    return Fail(Reason::kRevocationInvalid, "it is of another kind");
  }
  if (list != nullptr) return list->CheckSignedBy(place.issuer);
  const auto answer = std::get<OcspResponse>(document).AnswerFor(
      *place.about, place.issuer, now);
  if (!answer) return answer.error();
  return Ok();
}

std::optional<Time> KnownAt(const RevocationDocument& document,
                            const RevocationPlace& place, Time now) {
  if (const auto* list = std::get_if<RevocationList>(&document)) {
    return list->this_update();
  }
  if (!place.about) return std::nullopt;
  const auto answer = std::get<OcspResponse>(document).AnswerFor(
      *place.about, place.issuer, now);
  if (!answer) return std::nullopt;
  return answer->this_update;
}

}  // namespace assay
