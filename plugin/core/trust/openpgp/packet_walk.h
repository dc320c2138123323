// The packets of one OpenPGP message (RFC 4880), read by ourselves: what is
// signed and the signature over it, and that there is nothing else. Whoever
// verifies is handed these two and no message, so that no reader of messages
// can be led to other content than ours.
//
// One shape passes, the one that containers' simple signing asks for
// (containers/image, docs/containers-signature.5.md): a one-pass signature
// packet, one literal of kind binary, one signature, these three alone, as they
// are or inside one compressed packet (ZIP or ZLIB).
#ifndef ASSAY_CORE_TRUST_OPENPGP_PACKET_WALK_H_
#define ASSAY_CORE_TRUST_OPENPGP_PACKET_WALK_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

// Nothing of it is verified.
struct UntrustedOpenpgpMessage {
  std::string content;    // of the literal
  std::string signature;  // one signature packet, its header written anew
};

// May be called from any thread. Errors: kOpenpgpForm (armored, cleartext,
// detached, encrypted), kOpenpgpUnsigned (content that no signature is over,
// alone or beside what is signed), kOpenpgpSignatures (more than one),
// kSignatureHash, kOpenpgpMalformed, kTooLarge.
Result<UntrustedOpenpgpMessage> WalkOpenpgpMessage(std::string_view bytes);

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_OPENPGP_PACKET_WALK_H_
