// Whether a file holds OpenPGP public keys and nothing else, by its packets
// alone: librnp is not asked. Says nothing about whether they are good keys.
#ifndef ASSAY_CORE_TRUST_OPENPGP_PUBLIC_PACKETS_H_
#define ASSAY_CORE_TRUST_OPENPGP_PUBLIC_PACKETS_H_

#include <string_view>

namespace assay {

// Binary (RFC 4880 section 11.1), or armored blocks of it (section 6.2) with
// nothing around them.
bool HoldsPublicOpenpgpKeys(std::string_view file);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_OPENPGP_PUBLIC_PACKETS_H_
