// The protected headers that both envelope forms share, and the rules about
// them: which must be there, which must be critical, which exclude each other.
#ifndef ASSAY_CORE_SCHEMES_NOTATION_PROTECTED_HEADERS_H_
#define ASSAY_CORE_SCHEMES_NOTATION_PROTECTED_HEADERS_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "core/schemes/notation/envelope.h"

namespace assay {

inline constexpr std::string_view kSigningSchemeHeader =
    "io.cncf.notary.signingScheme";
inline constexpr std::string_view kSigningTimeHeader =
    "io.cncf.notary.signingTime";
inline constexpr std::string_view kAuthenticTimeHeader =
    "io.cncf.notary.authenticSigningTime";
inline constexpr std::string_view kExpiryHeader = "io.cncf.notary.expiry";
inline constexpr std::string_view kPluginHeader =
    "io.cncf.notary.verificationPlugin";
inline constexpr std::string_view kPluginVersionHeader =
    "io.cncf.notary.verificationPluginMinVersion";
// Of AWS Signer's plugin; they mean something where that plugin is asked for.
inline constexpr std::string_view kAwsPlugin =
    "com.amazonaws.signer.notation.plugin";
inline constexpr std::string_view kAwsProfileHeader =
    "com.amazonaws.signer.signingProfileVersion";
inline constexpr std::string_view kAwsJobHeader =
    "com.amazonaws.signer.signingJob";
// Of the unprotected headers.
inline constexpr std::string_view kTimestampHeader =
    "io.cncf.notary.timestampSignature";
inline constexpr std::string_view kAgentHeader = "io.cncf.notary.signingAgent";

// What either form yields; absent means that the header is not there.
struct ProtectedHeaders {
  std::set<std::string, std::less<>> present;   // every text label
  std::set<std::string, std::less<>> critical;  // never empty
  std::string content_type;
  std::string scheme;
  std::optional<Time> signing_time;
  std::optional<Time> authentic_time;
  std::optional<Time> expiry;
  std::string plugin;
  std::string plugin_version;
  std::string aws_profile_version;
  std::string aws_job;
};

// One form's own way to a header that is known to be there, by its name.
class HeaderReader {
 public:
  virtual ~HeaderReader() = default;
  virtual Result<std::string> Text(std::string_view name) const = 0;
  virtual Result<Time> When(std::string_view name) const = 0;
};

// Fills what goes by one name in both forms, of the headers that are `present`.
// Errors: those of the reader.
Status ReadNamed(const HeaderReader& from, ProtectedHeaders& headers);

// Judges them and fills the envelope's scheme, times and plugin. Errors as
// ParseEnvelope.
Status ApplyHeaders(const ProtectedHeaders& headers,
                    NotationEnvelope& envelope);

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_PROTECTED_HEADERS_H_
