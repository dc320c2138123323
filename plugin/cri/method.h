// What the image proxy does with a call, by its method's path alone.
#ifndef ASSAY_CRI_METHOD_H_
#define ASSAY_CRI_METHOD_H_

#include <string>
#include <string_view>

namespace assay::cri {

enum class MethodKind {
  kUnpassable = 0,  // a server might read it as a pull that is not judged
  kForward,
  kPull,
};

struct Method {
  MethodKind kind = MethodKind::kUnpassable;
  std::string service;  // of a pull: "runtime.v1.ImageService"
};

// Servers do not agree on what a path means: some take one without its first
// slash, some stop at a question mark, some decode %XX. So a path of other than
// the letters of names is not passed on, and neither is PullImage of a service
// that we do not know how to read.
Method ReadMethod(std::string_view path);

}  // namespace assay::cri

#endif  // ASSAY_CRI_METHOD_H_
