#include "core/schemes/containers_policy/sigstore_attachments.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/yaml.h"
#include "core/subject/containers_scopes.h"

namespace assay {

Status SigstoreAttachments::AddScope(const std::string& scope,
                                     const Json& section,
                                     const std::string& path) {
  const Json* value = section.Find("use-sigstore-attachments");
  if (value == nullptr || value->IsNull()) return Ok();
  const bool* used = value->AsBool();
  if (used == nullptr) {
    return Fail(Reason::kPolicyMalformed,
                path + ": use-sigstore-attachments of '" + Printable(scope) +
                    "' must be true or false");
  }
  scopes_[scope] = *used;
  return Ok();
}

Status SigstoreAttachments::Add(const TrustFile& file) {
  const auto yaml = ParseYaml(file.bytes);
  if (!yaml) return WithContext(yaml.error(), file.path);
  if (const Json* rest = yaml->Find("default-docker")) {
    const auto added = AddScope("", *rest, file.path);
    if (!added) return added;
  }
  const auto* scopes = yaml->FindObject("docker");
  if (scopes == nullptr) return Ok();
  for (const auto& [scope, section] : *scopes) {
    const auto added = AddScope(scope, section, file.path);
    if (!added) return added;
  }
  return Ok();
}

Result<SigstoreAttachments> SigstoreAttachments::Read(TrustFiles& files,
                                                      std::string_view folder) {
  const auto read = files.ReadSettings(folder, ".yaml");
  if (!read) return read.error();
  SigstoreAttachments attachments;
  for (const TrustFile& file : *read) {
    const auto added = attachments.Add(file);
    if (!added) return added.error();
  }
  return attachments;
}

bool SigstoreAttachments::UsedFor(const Reference& name) const {
  auto scopes = ContainersScopes(name);
  scopes.emplace_back();
  for (const std::string& scope : scopes) {
    const auto found = scopes_.find(scope);
    if (found != scopes_.end()) return found->second;
  }
  return false;
}

bool SigstoreAttachments::UsedAnywhere() const {
  return std::any_of(scopes_.begin(), scopes_.end(),
                     [](const auto& one) { return one.second; });
}

}  // namespace assay
