// Resolver: the port that turns a claim into a Subject. Implemented by
// io/containerd (a container, an image record) and io/registry (a reference).
#ifndef ASSAY_CORE_QUESTION_RESOLVER_H_
#define ASSAY_CORE_QUESTION_RESOLVER_H_

#include "base/result.h"
#include "core/question/question.h"
#include "core/subject/subject.h"

namespace assay {

class Resolver {
 public:
  virtual ~Resolver() = default;
  // Thread-safe. Honours question.deadline (kDeadline). What cannot be bound
  // is an error of stage kSubject, never a guess.
  virtual Result<Subject> Resolve(const Question& question) = 0;
};

}  // namespace assay

#endif  // ASSAY_CORE_QUESTION_RESOLVER_H_
