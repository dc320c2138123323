// ImageConfig: the configuration of an image and the chain ID of its layers
// (OCI image specification, config.md, section "Layer ChainID").
#ifndef ASSAY_CORE_SUBJECT_IMAGE_CONFIG_H_
#define ASSAY_CORE_SUBJECT_IMAGE_CONFIG_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/subject/descriptor.h"

namespace assay {

struct ImageConfig {
  Platform platform;
  std::vector<Digest> diff_ids;  // bottom layer first; may be empty
  std::vector<std::string> env;
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::string working_dir;
  std::string user;
  std::map<std::string, std::string> labels;  // a claim, never trusted

  // Errors: kConfigMalformed, kTooLarge and those of Json::Parse.
  static Result<ImageConfig> Parse(std::string_view bytes);

  // The digest that names the committed snapshot of all layers; nullopt for an
  // image without layers.
  std::optional<Digest> ChainId() const;
};

}  // namespace assay

#endif  // ASSAY_CORE_SUBJECT_IMAGE_CONFIG_H_
