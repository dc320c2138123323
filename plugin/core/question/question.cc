#include "core/question/question.h"

namespace assay {

std::string_view HookName(Hook hook) {
  switch (hook) {
    case Hook::kUnspecified:
      return "unspecified";
    case Hook::kCreate:
      return "create";
    case Hook::kRun:
      return "run";
    case Hook::kRestore:
      return "restore";
    case Hook::kWarmUp:
      return "warm-up";
    case Hook::kVerify:
      return "verify";
    case Hook::kPull:
      return "pull";
    case Hook::kNri:
      return "nri";
    case Hook::kNriRunning:
      return "nri-running";
  }
  return "unspecified";
}

bool IsWaitedFor(const Question& question) {
  return question.hook != Hook::kWarmUp && question.hook != Hook::kVerify &&
         question.hook != Hook::kPull;
}

bool IsForAnyNamespace(const Question& question) {
  if (question.hook != Hook::kPull) return false;
  const auto* image = std::get_if<ReferenceClaim>(&question.about);
  return image == nullptr || image->pod_namespace.empty();
}

}  // namespace assay
