// What OpenSSL's values say. Only the .cc files of core/trust and below include
// it.
#ifndef ASSAY_CORE_TRUST_ASN1_VALUES_H_
#define ASSAY_CORE_TRUST_ASN1_VALUES_H_

#include <openssl/x509.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "core/trust/openssl_handles.h"

namespace assay {

// Borrowed from the value.
std::string_view ViewOf(const ASN1_STRING* text);

// In numbers; "" where it is too long to be one.
std::string OidOf(const ASN1_OBJECT* object);

// nullopt for none, and for one that cannot be read.
std::optional<Time> TimeOf(const ASN1_TIME* time);

// By its NID: SHA-256, SHA-384 or SHA-512.
bool IsStrongHash(int nid);

// The NID of the hash that a signature is over; NID_undef where the algorithm
// names none.
int SignatureHashOf(const X509_ALGOR* algorithm);

// The value of one DER encoding with nothing behind it, else null. OpenSSL
// itself reads more than DER and stops before what follows.
template <typename Pointer, auto kDecode, auto kEncode>
Pointer ReadDer(std::string_view der) {
  const unsigned char* cursor = UnsignedBytes(der);
  Pointer value(kDecode(nullptr, &cursor, static_cast<long>(der.size())));
  if (value && ToDer<kEncode>(value.get()) != der) value.reset();
  return value;
}

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_ASN1_VALUES_H_
