#include "core/schemes/trust_files.h"

namespace assay {

TrustKind TrustFiles::KindOf(std::string_view /*name*/) {
  return TrustKind::kAbsent;
}

Result<std::vector<TrustFile>> TrustFiles::ReadPlain(std::string_view name) {
  return Fail(Reason::kPolicyKeyUnreadable, std::string(name));
}

Result<PublishedFile> TrustFiles::ReadPublished(std::string_view name) {
  return Fail(Reason::kPolicyKeyUnreadable,
              "nothing is published here: " + std::string(name));
}

}  // namespace assay
