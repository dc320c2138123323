// RecordedTrust: passes trust files to the signers of one policy and remembers
// them: for the fingerprint, and so that the same texts can be read again with
// the very same files.
#ifndef ASSAY_CORE_POLICY_RECORDED_TRUST_H_
#define ASSAY_CORE_POLICY_RECORDED_TRUST_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/schemes/trust_files.h"

namespace assay {

// The files that a policy was read with.
struct KeptTrust {
  // By how and under which name they were asked for.
  std::map<std::string, std::vector<TrustFile>, std::less<>> files;
  std::map<std::string, TrustKind, std::less<>> kinds;
};

// Each name is read once, so that all signers of one policy see the same bytes.
// For one reading of a policy, and one thread.
class RecordedTrust final : public TrustFiles {
 public:
  // Borrows both. With `kept`, files are those and no others; what a cluster
  // and a TUF repository hold is that of now, and where they cannot be asked
  // because of the settings of the node, nothing is known of them.
  explicit RecordedTrust(TrustFiles& files, const KeptTrust* kept = nullptr)
      : files_(files), kept_(kept) {}

  // From here on: whether the cluster seems to hold nothing. Forgets who asked.
  void HideCluster(bool hidden);
  // Whether anybody asked for what a cluster holds.
  bool asked_cluster() const { return asked_cluster_; }
  // A signer was read with nothing; `why` counts, too.
  void NoteWithheld(std::string_view signer, const Error& why);

  // By the name the policy gives and the bytes, since it is the pair that
  // decides. The path is left out, so that one policy has one fingerprint on
  // every node; the name of a settings file is not, since it may say what the
  // file is for.
  Digest Fingerprint() const;
  // What was read.
  KeptTrust TakeRead() { return std::move(read_); }

  Result<std::vector<TrustFile>> Read(std::string_view name) override;
  TrustKind KindOf(std::string_view name) override;
  Result<std::vector<TrustFile>> ReadPlain(std::string_view name) override;
  Result<std::vector<TrustFile>> ReadSettings(std::string_view folder,
                                              std::string_view ending) override;
  std::string OnNode(std::string_view path) const override {
    return files_.OnNode(path);
  }
  Result<std::vector<TrustFile>> ReadCluster(std::string_view name) override;
  Result<PublishedFile> ReadPublished(std::string_view name) override;

 private:
  using Files = std::vector<TrustFile>;

  template <typename Reading>
  Result<Files> Once(std::string_view name, const std::string& how,
                     std::string (*what)(const TrustFile&),
                     const Reading& reading);
  Result<Files> AskCluster(std::string_view name);

  TrustFiles& files_;
  const KeptTrust* kept_;
  bool cluster_hidden_ = false;
  bool asked_cluster_ = false;
  KeptTrust read_;
  std::map<std::string, Result<Files>, std::less<>> answers_;  // of the cluster
  std::set<std::string> entries_;
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_RECORDED_TRUST_H_
