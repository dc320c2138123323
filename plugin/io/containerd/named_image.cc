#include "io/containerd/named_image.h"

#include "base/bytes.h"
#include "core/subject/image_config.h"
#include "io/containerd/subject_builder.h"

namespace assay {
namespace {

// The variant is not looked at: a host runs several.
bool IsHostPlatform(const Platform& platform) {
  const Platform host = HostPlatform();
  return platform.os == host.os && platform.architecture == host.architecture;
}

}  // namespace

Result<Subject> BindNamedImage(ContentStore& store, const HeldImages& held,
                               const ImageClaim& claim) {
  const auto named = ThatAreNamed(held.images, claim.name);
  if (named.empty()) {
    if (held.broken) return *held.broken;
    return Fail(Reason::kNotFound, Printable(claim.name));
  }
  for (const HeldImage& image : named) {
    auto bytes = store.Config(image.config);
    if (!bytes) continue;
    auto config = ImageConfig::Parse(*bytes);
    if (!config || !IsHostPlatform(config->platform)) continue;
    auto subject = BuildSubject(
        store, image.config, ThatHold(held.images, image.config), claim.name);
    if (subject) {
      subject->workload.runtime_namespace = claim.runtime_namespace;
    }
    return subject;
  }
  return Fail(Reason::kPlatformMissing, Printable(claim.name));
}

}  // namespace assay
