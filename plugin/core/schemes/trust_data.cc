#include "core/schemes/trust_data.h"

namespace assay {

const std::string& TrustData::Of(const std::string& role) const {
  static const std::string none;
  const auto found = by_role.find(role);
  return found == by_role.end() ? none : found->second;
}

}  // namespace assay
