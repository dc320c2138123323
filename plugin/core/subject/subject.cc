#include "core/subject/subject.h"

#include <algorithm>

namespace assay {
namespace {

void AddOnce(std::vector<Digest>& digests, const Digest& digest) {
  if (std::find(digests.begin(), digests.end(), digest) == digests.end()) {
    digests.push_back(digest);
  }
}

}  // namespace

std::vector<Digest> Subject::Manifests() const {
  std::vector<Digest> digests;
  for (const SignableImage& image : images) AddOnce(digests, image.manifest);
  return digests;
}

std::vector<Digest> Subject::SignableDigests() const {
  std::vector<Digest> digests = Manifests();
  for (const SignableImage& image : images) {
    for (const Digest& index : image.indexes) AddOnce(digests, index);
  }
  return digests;
}

}  // namespace assay
