// Encodings of bytes as text. All decoders are strict: exactly one text
// stands for given bytes, anything else fails.
#ifndef ASSAY_BASE_BYTES_H_
#define ASSAY_BASE_BYTES_H_

#include <optional>
#include <string>
#include <string_view>

namespace assay {

std::string HexEncode(std::string_view bytes);  // lower case
// Lower case, even length.
std::optional<std::string> HexDecode(std::string_view text);

std::string Base64Encode(std::string_view bytes);  // RFC 4648 section 4
// Padded standard alphabet, no white space, zero trailing bits.
std::optional<std::string> Base64Decode(std::string_view text);
// The alphabet of RFC 4648 section 5 without padding, as JOSE uses it (RFC 7515
// section 2).
std::optional<std::string> Base64UrlDecode(std::string_view text);

// Shows hostile text on one line: control characters, quotes-breaking bytes
// and invalid UTF-8 become \xNN; longer than `most` bytes ends in "...".
std::string Printable(std::string_view text, std::size_t most = 200);

// Bytes of the well-formed UTF-8 sequence at the start of `text`, which is not
// empty; 0 if there is none (Unicode 15, table 3-7).
std::size_t Utf8Length(std::string_view text);

// True when `text` is well-formed UTF-8 without surrogates or NUL.
bool IsUtf8(std::string_view text);

}  // namespace assay

#endif  // ASSAY_BASE_BYTES_H_
