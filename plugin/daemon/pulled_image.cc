#include "daemon/pulled_image.h"

#include <algorithm>

#include "base/bytes.h"

namespace assay {
namespace {

// containerd writes "sha256:<hex>", CRI-O the hex alone.
bool IsImageId(const std::string& id, const Digest& config) {
  return id == config.str() || id == config.hex();
}

bool HoldsJudged(const cri::PulledImage& pulled, const Subject& judged) {
  const std::vector<Digest> digests = judged.SignableDigests();
  return std::any_of(pulled.repo_digests.begin(), pulled.repo_digests.end(),
                     [&](const std::string& text) {
                       const auto held = Reference::Parse(text);
                       return held && held->digest() &&
                              held->Repository() ==
                                  judged.names.front().Repository() &&
                              std::find(digests.begin(), digests.end(),
                                        *held->digest()) != digests.end();
                     });
}

}  // namespace

Status CheckPulled(const cri::PulledImage& pulled, const Subject& judged) {
  if (!IsImageId(pulled.id, judged.config)) {
    return Fail(Reason::kSubjectTagMoved,
                "judged was the image " + judged.config.str() +
                    ", pulled was " + Printable(pulled.id));
  }
  if (!HoldsJudged(pulled, judged)) {
    return Fail(
        Reason::kSubjectTagMoved,
        "the runtime does not hold " + judged.names.front().Repository() + "@" +
            judged.images.front().manifest.str() + ", which was judged");
  }
  return Ok();
}

}  // namespace assay
