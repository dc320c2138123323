#include "io/layout/layout_bases.h"

#include "base/limits.h"

namespace assay {

Result<std::string> LayoutBases::Config(const Question& /*question*/,
                                        const Subject& subject,
                                        const Reference& /*name*/,
                                        Reach /*reach*/) {
  return image_.Read(subject.config, limits::kConfigBytes);
}

}  // namespace assay
