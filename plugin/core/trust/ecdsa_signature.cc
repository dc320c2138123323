#include "core/trust/ecdsa_signature.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include "core/trust/openssl_handles.h"

namespace assay {
namespace {

using SignaturePtr = OpensslPtr<ECDSA_SIG, ECDSA_SIG_free>;
using NumberPtr = OpensslPtr<BIGNUM, BN_free>;

std::size_t NumberBytes(KeyKind kind) {
  switch (kind) {
    case KeyKind::kEcdsaP256:
      return 32;
    case KeyKind::kEcdsaP384:
      return 48;
    case KeyKind::kEcdsaP521:
      return 66;
    case KeyKind::kRsa2048:
    case KeyKind::kRsa3072:
    case KeyKind::kRsa4096:
    case KeyKind::kEd25519:
      break;
  }
  return 0;
}

NumberPtr NumberOf(std::string_view bytes) {
  return NumberPtr(
      BN_bin2bn(UnsignedBytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

}  // namespace

std::optional<std::string> EcdsaDer(KeyKind kind, std::string_view raw) {
  const ErrorQueueCleaner cleaner;
  const std::size_t size = NumberBytes(kind);
  if (size == 0 || raw.size() != 2 * size) return std::nullopt;
  NumberPtr r = NumberOf(raw.substr(0, size));
  NumberPtr s = NumberOf(raw.substr(size));
  const SignaturePtr signature(ECDSA_SIG_new());
  if (!r || !s || !signature ||
      ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) {
    return std::nullopt;
  }
  static_cast<void>(r.release());  // the signature's now
  static_cast<void>(s.release());
  std::string der = ToDer<i2d_ECDSA_SIG>(signature.get());
  if (der.empty()) return std::nullopt;
  return der;
}

}  // namespace assay
