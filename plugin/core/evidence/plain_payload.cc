#include "core/evidence/plain_payload.h"

namespace assay {

std::string PlainCosignPayload(const Reference& name, const Digest& manifest) {
  // Cosign calls this one registry by its older name.
  const std::string host =
      name.host() == "docker.io" ? "index.docker.io" : name.host();
  return R"({"critical":{"identity":{"docker-reference":")" + host + "/" +
         name.path() + R"("},"image":{"docker-manifest-digest":")" +
         manifest.str() +
         R"("},"type":"cosign container image signature"},"optional":null})";
}

}  // namespace assay
