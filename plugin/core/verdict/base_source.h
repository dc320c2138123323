// BaseSource, BaseLibrary: the ports that find images which may lie below the
// one decided about. Implemented by io/containerd (what the node holds) and
// io/evidence (what is stored, and what a registry has). Nothing they yield is
// believed: core/verdict/base_check.cc re-hashes it.
#ifndef ASSAY_CORE_VERDICT_BASE_SOURCE_H_
#define ASSAY_CORE_VERDICT_BASE_SOURCE_H_

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/evidence/evidence_source.h"
#include "core/question/question.h"
#include "core/subject/base_hint.h"
#include "core/subject/subject.h"

namespace assay {

struct UntrustedDocument {
  Digest digest;
  std::string bytes;
};

// The documents of one image. All of it claims, the digests too.
struct UntrustedBase {
  std::vector<Reference> names;  // where it is said to come from
  UntrustedDocument manifest;
  std::string config;
  std::vector<UntrustedDocument> indexes;  // that list the manifest
  bool stored = false;                     // kept by a BaseLibrary already
};

// All borrowed for the length of the call.
struct BaseRequest {
  const Question& question;
  const Subject& subject;
  const Reference& name;       // the subject's, under which it is decided
  const SignableImage& image;  // of the subject
  const ImageConfig& config;   // the subject's
  const std::optional<BaseHint>& hint;
  Reach reach = Reach::kDisk;
};

struct BaseSet {
  // At most limits::kBaseCandidates, the likeliest first.
  std::vector<UntrustedBase> candidates;
  std::vector<Error> failures;  // as in an EvidenceSet
};

class BaseSource {
 public:
  virtual ~BaseSource() = default;
  // Both are thread-safe and end by the question's deadline.
  // The bytes of the subject's configuration.
  virtual Result<std::string> Config(const Question& question,
                                     const Subject& subject,
                                     const Reference& name, Reach reach) = 0;
  virtual BaseSet Find(const BaseRequest& request) = 0;
};

class BaseLibrary : public BaseSource {
 public:
  // Keeps what was proven to be the base of the image with this manifest, with
  // the name under which it was, so that Find() yields it again without
  // network and runtime. Errors: those of the evidence store.
  virtual Status Keep(const Digest& image, const Reference& name,
                      const UntrustedBase& base) = 0;
};

}  // namespace assay

#endif  // ASSAY_CORE_VERDICT_BASE_SOURCE_H_
