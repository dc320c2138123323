// VolumeLinks follows the links of a path so that all that one reading of the
// policy takes from a mounted Kubernetes volume is of one generation: there
// every file is a link through `..data`, a link to a folder `..TIME` beside it
// that kubelet replaces by a rename. Where `..data` led once, it leads for as
// long as this object lives.
#ifndef ASSAY_IO_POLICY_VOLUME_LINKS_H_
#define ASSAY_IO_POLICY_VOLUME_LINKS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

// For one thread.
class VolumeLinks {
 public:
  // The absolute path without links. What does not exist, and what links in
  // circles, stays as it is from there on, for whoever opens it to fail.
  std::string Resolve(std::string_view path);

  // The folder that holds the entries of the volume mounted at `folder`, which
  // is resolved; nullopt when none is: when there is no `..data`, or one that
  // leads anywhere but to a sibling whose name starts with "..".
  std::optional<std::string> Generation(const std::string& folder);

  // Whether a `..data` that was followed leads elsewhere by now.
  bool Replaced() const;
  // Follows all of them anew.
  void Forget() { generations_.clear(); }

 private:
  std::map<std::string, std::string> generations_;
};

}  // namespace assay

#endif  // ASSAY_IO_POLICY_VOLUME_LINKS_H_
