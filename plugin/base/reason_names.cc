#include "base/reason.h"

namespace assay {

std::string_view EndingName(Ending ending) {
  switch (ending) {
    case Ending::kUndetermined:
      return "undetermined";
    case Ending::kRejected:
      return "rejected";
    case Ending::kAccepted:
      return "accepted";
  }
  return "undetermined";
}

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kHook:
      return "hook";
    case Stage::kQuestion:
      return "question";
    case Stage::kSubject:
      return "subject";
    case Stage::kPolicy:
      return "policy";
    case Stage::kEvidence:
      return "evidence";
    case Stage::kFormat:
      return "format";
    case Stage::kSignature:
      return "signature";
    case Stage::kBase:
      return "base";
    case Stage::kIntegrity:
      return "integrity";
    case Stage::kVerdict:
      return "verdict";
  }
  return "hook";
}

}  // namespace assay
