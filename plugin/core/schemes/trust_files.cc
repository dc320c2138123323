#include "core/schemes/trust_files.h"

#include "core/schemes/cluster_reference.h"

namespace assay {

TrustKind TrustFiles::KindOf(std::string_view /*name*/) {
  return TrustKind::kAbsent;
}

Result<std::vector<TrustFile>> TrustFiles::ReadPlain(std::string_view name) {
  return Fail(Reason::kPolicyKeyUnreadable, std::string(name));
}

Result<std::vector<TrustFile>> TrustFiles::ReadSettings(
    std::string_view /*folder*/, std::string_view /*ending*/) {
  return std::vector<TrustFile>();
}

std::string TrustFiles::OnNode(std::string_view path) const {
  return std::string(path);
}

Result<std::vector<TrustFile>> TrustFiles::ReadAnywhere(std::string_view name) {
  return name.starts_with(kClusterPrefix) ? ReadCluster(name) : Read(name);
}

Result<std::vector<TrustFile>> TrustFiles::ReadCluster(std::string_view name) {
  return Fail(Reason::kPolicyKeyUnreadable,
              "no cluster is known here: " + std::string(name));
}

Result<PublishedFile> TrustFiles::ReadPublished(std::string_view name) {
  return Fail(Reason::kPolicyKeyUnreadable,
              "nothing is published here: " + std::string(name));
}

}  // namespace assay
