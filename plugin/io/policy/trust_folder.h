// TrustFolder: reads the key files that a policy names, from the trust folder
// or by absolute path. What decides about trust must be root's (or our own)
// and writable by nobody else.
#ifndef ASSAY_IO_POLICY_TRUST_FOLDER_H_
#define ASSAY_IO_POLICY_TRUST_FOLDER_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/schemes/trust_files.h"
#include "io/policy/volume_links.h"

namespace assay {

class TrustFolder : public TrustFiles {
 public:
  explicit TrustFolder(std::string folder) : folder_(std::move(folder)) {}

  // A folder yields its files, without those whose names begin with a dot; a
  // mounted Kubernetes Secret or ConfigMap the entries that ChooseEntries
  // chooses, all of one generation and of the one that was read first; a file
  // that is such an object, as kubectl prints it, the same. `name` may go on
  // with `#` and the entry that is meant.
  Result<std::vector<TrustFile>> Read(std::string_view name) override;

  TrustKind KindOf(std::string_view name) override;
  Result<std::vector<TrustFile>> ReadPlain(std::string_view name) override;
  Result<std::vector<TrustFile>> ReadSettings(std::string_view folder,
                                              std::string_view ending) override;

  // Where whatever was asked for lies, found or not: what to watch for changes.
  const std::set<std::string>& asked_folders() const { return asked_folders_; }

 private:
  std::string PathOf(std::string_view name) const;
  // Remembers where it lies.
  TrustKind Look(const std::string& path);
  Result<std::vector<TrustFile>> ReadNamed(const std::string& path,
                                           std::string_view item);
  Result<std::vector<TrustFile>> ReadFolder(const std::string& path,
                                            const std::string& folder,
                                            std::string_view item);
  Result<std::vector<TrustFile>> ReadVolume(const std::string& path,
                                            const std::string& generation,
                                            std::string_view item);
  Result<TrustFile> ReadOne(const std::string& path);

  std::string folder_;
  VolumeLinks links_;
  bool read_any_ = false;  // then `links_` must stay what they are
  std::set<std::string> asked_folders_;
};

}  // namespace assay

#endif  // ASSAY_IO_POLICY_TRUST_FOLDER_H_
