// RecordedTrust: passes trust files to the signers of one policy and remembers
// them: for the fingerprint, and so that the policy can be read anew when they
// are no longer there.
#ifndef ASSAY_CORE_POLICY_RECORDED_TRUST_H_
#define ASSAY_CORE_POLICY_RECORDED_TRUST_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/schemes/trust_files.h"

namespace assay {

// The files that the signers of a policy were read with.
struct KeptTrust {
  // By how and under which name they were asked for.
  std::map<std::string, std::vector<TrustFile>, std::less<>> files;
  std::map<std::string, TrustKind, std::less<>> kinds;
};

// Each name is read once, so that all signers of one policy see the same bytes.
// For one reading of a policy, and one thread.
class RecordedTrust final : public TrustFiles {
 public:
  // Which files a signer is read with.
  struct View {
    bool kept = false;    // those of a policy that was read before
    bool cluster = true;  // else it holds nothing
  };

  // Borrows both. With `kept`, what may yet come and what cannot be asked are
  // the same: the settings of the node are no part of the policy.
  explicit RecordedTrust(TrustFiles& files, const KeptTrust* kept = nullptr)
      : files_(files), kept_(kept) {}

  // Begins to read a signer.
  void Begin(const View& view);
  // Ends it: what it was read with counts, or does not.
  void Take();
  // It is read with nothing; `why` counts instead.
  void Withhold(std::string_view signer, const Error& why);

  // Whether the signer that was begun asked for what a cluster holds.
  bool asked_cluster() const { return asked_cluster_; }

  // By the name the policy gives and the bytes, since it is the pair that
  // decides. The path is left out, so that one policy has one fingerprint on
  // every node; the name of a settings file is not, since it may say what the
  // file is for.
  Digest Fingerprint() const;
  // What the signers were read with.
  KeptTrust TakeKept();

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
  View view_;
  bool asked_cluster_ = false;
  std::map<std::string, Files, std::less<>> read_;
  std::map<std::string, Result<Files>, std::less<>> answers_;  // of the cluster
  // Of the signer that was begun.
  KeptTrust begun_;
  std::set<std::string> begun_entries_;
  // Of those that were taken.
  KeptTrust taken_;
  std::set<std::string> entries_;
};

}  // namespace assay

#endif  // ASSAY_CORE_POLICY_RECORDED_TRUST_H_
