// Reference: a normalised image name, host/path[:tag][@digest], by the grammar
// of the distribution specification and the short forms that containerd and
// docker expand ("busybox" is docker.io/library/busybox:latest).
#ifndef ASSAY_CORE_SUBJECT_REFERENCE_H_
#define ASSAY_CORE_SUBJECT_REFERENCE_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace assay {

class Reference {
 public:
  // Errors: kReferenceMalformed. Adds the default host and, where neither tag
  // nor digest is given, the tag "latest".
  static Result<Reference> Parse(std::string_view text);

  const std::string& host() const { return host_; }  // "registry.example.com"
  const std::string& path() const { return path_; }  // "payments/api"
  const std::optional<std::string>& tag() const { return tag_; }
  const std::optional<Digest>& digest() const { return digest_; }

  std::string Repository() const { return host_ + "/" + path_; }
  std::string str() const;

  // The same repository at another place inside it.
  Reference WithTag(std::string tag) const;
  Reference WithDigest(const Digest& digest) const;  // drops the tag

  friend bool operator==(const Reference&, const Reference&) = default;

 private:
  Reference() = default;

  std::string host_;
  std::string path_;
  std::optional<std::string> tag_;
  std::optional<Digest> digest_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SUBJECT_REFERENCE_H_
