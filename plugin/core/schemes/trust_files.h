// TrustFiles: the port through which signers read what they believe: keys,
// certificates and trusted roots. Implemented by io/policy.
#ifndef ASSAY_CORE_SCHEMES_TRUST_FILES_H_
#define ASSAY_CORE_SCHEMES_TRUST_FILES_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"

namespace assay {

class TrustedRoot;

// One file that a signer names: its bytes and where they came from.
struct TrustFile {
  std::string path;  // for people
  std::string bytes;
};

// A file that the TUF repository of the node vouches for.
struct PublishedFile {
  std::string bytes;
  Time fresh_until{};  // afterwards nobody knows whether it still stands
};

// What stands at a place; a symbolic link is neither a file nor a folder.
enum class TrustKind : std::uint8_t { kAbsent = 0, kFile, kFolder, kOther };

// For one reading of the policy, and one thread.
class TrustFiles {
 public:
  virtual ~TrustFiles() = default;
  // `name` is relative to the trust folder, or absolute, and may go on with
  // `#` and an entry of what it names. A folder yields its files in name order,
  // a Secret or ConfigMap of Kubernetes what kubernetes_object.h says. Errors:
  // kPolicyKeyUnreadable, kPolicyMalformed, kFileUnsafe, kFileTooLarge; those
  // of an object.
  virtual Result<std::vector<TrustFile>> Read(std::string_view name) = 0;
  // What is there under a name, without following a link.
  virtual TrustKind KindOf(std::string_view name);
  // The same as Read for those who follow no links: one file, or all of a
  // folder, which then may hold nothing but files. Errors: as Read.
  virtual Result<std::vector<TrustFile>> ReadPlain(std::string_view name);
  // Files of other programs' configuration: those right in `folder`, an
  // absolute path, whose names end in `ending`, in name order; none where there
  // is no such folder. Errors: as Read.
  virtual Result<std::vector<TrustFile>> ReadSettings(std::string_view folder,
                                                      std::string_view ending);
  // Where an absolute path of the node's own is: below the root that --root
  // gives, if it gives one.
  virtual std::string OnNode(std::string_view path) const;
  // What is kept on this node, proven anew. Errors: kTrustMissing (nothing yet,
  // which a later reload may mend); those of a wrong configuration, as above.
  virtual Result<PublishedFile> ReadPublished(std::string_view name);

  // Read, or ReadCluster where the name is one of a cluster: for what signers
  // name themselves. What other programs' configuration names is on disk alone.
  Result<std::vector<TrustFile>> ReadAnywhere(std::string_view name);

  // What a Kubernetes cluster holds under a name as
  // cluster_reference.h has it: what is known on this node of what its API
  // server said last. Errors: kKubernetesPending (nothing yet), kKubernetesGone
  // (the object, the entry or what a key is made of is not there), both of
  // which a later reload may mend; those of a wrong configuration, as above.
  virtual Result<std::vector<TrustFile>> ReadCluster(std::string_view name);

  // What this reading of the policy has parsed so far, by the digest of its
  // bytes: signers that name one root share it.
  std::map<Digest, std::shared_ptr<const TrustedRoot>>& parsed_roots() {
    return parsed_roots_;
  }

 private:
  std::map<Digest, std::shared_ptr<const TrustedRoot>> parsed_roots_;
};

}  // namespace assay

#endif  // ASSAY_CORE_SCHEMES_TRUST_FILES_H_
