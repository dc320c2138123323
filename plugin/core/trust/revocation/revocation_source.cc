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

namespace {

// Of lists alone: an answer from times to come does not hold.
bool IsToCome(const RevocationDocument& document, Time now) {
  const auto* list = std::get_if<RevocationList>(&document);
  return list != nullptr && list->this_update() > now + kAuthorityClockSkew;
}

}  // namespace

bool MayReplace(const RevocationDocument& document,
                const RevocationDocument& kept, const RevocationPlace& place,
                Time now) {
  if (!CheckHolds(kept, place, now)) return true;
  if (IsToCome(kept, now) && !IsToCome(document, now)) {
    return std::get<RevocationList>(document).RevokesAllOf(
        std::get<RevocationList>(kept));
  }
  if (KnownAt(document, place, now) < KnownAt(kept, place, now)) return false;
  if (const auto* list = std::get_if<RevocationList>(&kept)) {
    const bool due = list->next_update() && *list->next_update() < now;
    return due || list->IsLike(std::get<RevocationList>(document));
  }
  const auto revokes = [&](const RevocationDocument& one) {
    const auto answer =
        std::get<OcspResponse>(one).AnswerFor(*place.about, place.issuer, now);
    return answer && answer->status == OcspStatus::kRevoked && !answer->on_hold;
  };
  return !revokes(kept) || revokes(document);
}

}  // namespace assay
