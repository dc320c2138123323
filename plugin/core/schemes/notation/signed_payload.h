// SignedPayload: the document inside a Notary Project envelope, which names the
// image (signature-specification.md, "Payload").
#ifndef ASSAY_CORE_SCHEMES_NOTATION_SIGNED_PAYLOAD_H_
#define ASSAY_CORE_SCHEMES_NOTATION_SIGNED_PAYLOAD_H_

#include <string_view>

#include "base/result.h"
#include "core/schemes/signer.h"
#include "core/subject/descriptor.h"

namespace assay {

struct SignedPayload {
  Descriptor artifact;  // its annotations are the user's metadata

  // Errors: kPayloadMalformed and those of Json::Parse.
  static Result<SignedPayload> Parse(std::string_view bytes);

  // That it is about one of the target's digests, and describes that document
  // as it is where its bytes are at hand. Errors: kSignatureOtherImage.
  Status CheckNames(const SigningTarget& target) const;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_NOTATION_SIGNED_PAYLOAD_H_
