// Critical extensions of what OpenSSL decoded; only the .cc files of this
// folder include it.
#ifndef ASSAY_CORE_TRUST_REVOCATION_UNKNOWN_CRITICAL_H_
#define ASSAY_CORE_TRUST_REVOCATION_UNKNOWN_CRITICAL_H_

#include <openssl/x509.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "core/trust/asn1_values.h"

namespace assay {

// The OID of one that is marked critical and is none of `known`, NIDs; "" where
// all are understood. The functions are OpenSSL's for this kind of holder.
template <auto kCount, auto kGet, typename T>
std::string UnknownCritical(T* holder, std::initializer_list<int> known) {
  const int count = kCount(holder);
  for (int i = 0; i < count; ++i) {
    X509_EXTENSION* extension = kGet(holder, i);
    ASN1_OBJECT* name = X509_EXTENSION_get_object(extension);
    if (X509_EXTENSION_get_critical(extension) == 0) continue;
    const int nid = OBJ_obj2nid(name);
    if (std::find(known.begin(), known.end(), nid) != known.end()) continue;
    const auto oid = OidOf(name);
    return oid.empty() ? "an unreadable one" : oid;
  }
  return {};
}

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_REVOCATION_UNKNOWN_CRITICAL_H_
