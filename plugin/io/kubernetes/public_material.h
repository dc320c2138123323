// What of the trust a policy names anybody may see, whichever signer it is for.
#ifndef ASSAY_IO_KUBERNETES_PUBLIC_MATERIAL_H_
#define ASSAY_IO_KUBERNETES_PUBLIC_MATERIAL_H_

#include <string_view>

namespace assay {

// Whether all of a file is public keys or certificates (PEM or DER), OpenPGP
// public keys, or a trusted root of sigstore: as far as that can be read. No
// private key, no password, and nothing that cannot be told from one.
bool IsPublicMaterial(std::string_view file);

}  // namespace assay

#endif  // ASSAY_IO_KUBERNETES_PUBLIC_MATERIAL_H_
