// NotationEnvelope: what a Notary Project signature says, as JWS or COSE, in
// one form (specifications/signature-specification.md of the Notary Project;
// RFC 7515, RFC 9052). Parsing believes nothing: the signature is judged by
// CheckSignature, the chain by certificate_profile.h, trust by the signer.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_ENVELOPE_H_
#define ASSAY_CORE_SCHEMES_NOTATION_ENVELOPE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/trust/certificate.h"

namespace assay {

inline constexpr std::string_view kNotationArtifactType =
    "application/vnd.cncf.notary.signature";
inline constexpr std::string_view kJwsMediaType = "application/jose+json";
inline constexpr std::string_view kCoseMediaType = "application/cose";
inline constexpr std::string_view kNotationPayloadType =
    "application/vnd.cncf.notary.payload.v1+json";

// Who vouches for the signing time: nobody (x509) or the signing service.
enum class SigningScheme : std::uint8_t {
  kUnknown = 0,
  kX509,              // notary.x509
  kSigningAuthority,  // notary.x509.signingAuthority
};

// The six of the specification; the certificate's key decides which it is.
enum class EnvelopeAlgorithm : std::uint8_t {
  kUnknown = 0,
  kPs256,
  kPs384,
  kPs512,
  kEs256,
  kEs384,
  kEs512,
};

struct NotationEnvelope {
  std::string payload;       // the signed JSON document
  std::string signed_bytes;  // what the signature is over, payload included
  std::string signature;     // raw: PSS, or r and s side by side
  EnvelopeAlgorithm algorithm = EnvelopeAlgorithm::kUnknown;
  SigningScheme scheme = SigningScheme::kUnknown;
  Time signing_time{};         // a claim, unless a signing authority made it
  std::optional<Time> expiry;  // from then on it no longer counts
  std::vector<std::string> chain;  // DER, leaf first; not empty
  std::string timestamp;           // DER token of RFC 3161; "" without
  std::string plugin;          // the verification plugin it demands; "" without
  std::string plugin_version;  // the lowest one it is content with; "" = any
  // Where that plugin is AWS Signer's, the critical headers it judges.
  std::string aws_profile_version;
  std::string aws_job;
};

// Reads an envelope of either form. Errors: kEnvelopeMalformed,
// kEnvelopeCritical (a header that must be understood is not, or one that must
// be critical is not), kEnvelopeAlgorithm, kPayloadType, and those of the
// format it is in.
Result<NotationEnvelope> ParseEnvelope(std::string_view media_type,
                                       std::string_view bytes);

// That the leaf's key made the signature, by the algorithm that goes with that
// key and with a salt as long as the hash. Errors: kKeyUnsupported,
// kEnvelopeAlgorithm, kSignatureInvalid.
Status CheckSignature(const NotationEnvelope& envelope,
                      const Certificate& leaf);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_ENVELOPE_H_
