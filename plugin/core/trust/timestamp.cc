#include "core/trust/timestamp.h"

#include <optional>

#include "core/trust/timestamp_token.h"

namespace assay {
namespace {

Error InvalidTimestamp(std::string detail) {
  return Fail(Reason::kTimestampInvalid, std::move(detail));
}

}  // namespace

Result<TimestampAuthority> TimestampAuthority::Make(
    std::vector<Certificate> chain, Validity validity, std::string uri) {
  std::optional<Certificate> pin;
  if (!chain.empty() && !chain.front().is_authority()) {
    pin = chain.front();
    chain.erase(chain.begin());
  }
  auto authority = CertificateAuthority::Make(chain, validity);
  if (!authority) return authority.error();
  TimestampAuthority made(*std::move(authority), std::move(chain),
                          std::move(uri));
  if (pin) {
    auto path = made.authority_.Verify(*pin, kTimeStamping);
    if (!path) return path.error();
    made.pin_ = *std::move(path);
  }
  return made;
}

Result<Time> TimestampAuthority::Verify(std::string_view response,
                                        std::string_view message) const {
  const auto token = TimestampToken::OfResponse(response);
  if (!token) return token.error();
  const auto imprint = token->CheckImprint(message);
  if (!imprint) return imprint.error();
  const auto time = token->ReadTime();
  if (!time) return time.error();

  // The pinned certificate's own path was verified by Make.
  const std::vector<Certificate> pinned =
      pin_ ? std::vector{pin_->leaf()} : std::vector<Certificate>{};
  const auto signer = token->FindSigner(pin_ ? pinned : chain_, pinned);
  if (!signer) return signer.error();
  if (pin_ && *signer != pin_->leaf()) {
    return InvalidTimestamp("its signer is not the authority's certificate");
  }
  const auto path =
      pin_ ? Result(*pin_) : authority_.Verify(*signer, kTimeStamping);
  if (!path) return path.error();
  if (path->leaf().is_authority() || !path->leaf().OnlyPurpose(kTimeStamping)) {
    return Fail(Reason::kCertificateProfile,
                path->leaf().Subject() + " is not for time stamps alone");
  }
  const auto valid = authority_.ValidAt(*path, time->stated);
  if (!valid) return valid.error();
  return time->stated;
}

}  // namespace assay
