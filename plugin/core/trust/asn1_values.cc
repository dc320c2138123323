#include "core/trust/asn1_values.h"

#include <openssl/rsa.h>

#include <array>
#include <ctime>

namespace assay {
namespace {

using PssPtr = OpensslPtr<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free>;

}  // namespace

std::string_view ViewOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string OidOf(const ASN1_OBJECT* object) {
  constexpr int kAsNumbers = 1;
  std::array<char, 128> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()),
                               object, kAsNumbers);
  const bool whole = size > 0 && static_cast<std::size_t>(size) < text.size();
  return whole ? text.data() : std::string();
}

// OpenSSL takes none for the present.
std::optional<Time> TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return std::nullopt;
  }
  return Time(std::chrono::seconds(::timegm(&parts)));
}

bool IsStrongHash(int nid) {
  return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512;
}

// RFC 4055 section 3.1: with PSS the hash stands in the parameters, and is
// SHA-1 where it does not.
int SignatureHashOf(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* name = nullptr;
  int type = V_ASN1_UNDEF;
  const void* value = nullptr;
  X509_ALGOR_get0(&name, &type, &value, algorithm);
  int hash = NID_undef;
  if (OBJ_obj2nid(name) != NID_rsassaPss) {
    return OBJ_find_sigid_algs(OBJ_obj2nid(name), &hash, nullptr) == 1
               ? hash
               : NID_undef;
  }
  if (type != V_ASN1_SEQUENCE) return NID_undef;
  const auto pss = ReadDer<PssPtr, d2i_RSA_PSS_PARAMS, i2d_RSA_PSS_PARAMS>(
      ViewOf(static_cast<const ASN1_STRING*>(value)));
  if (!pss || pss->hashAlgorithm == nullptr) return NID_undef;
  X509_ALGOR_get0(&name, nullptr, nullptr, pss->hashAlgorithm);
  return OBJ_obj2nid(name);
}

}  // namespace assay
