// Question: what a hook or an operator asks. Step 1 of the walk. Everything in
// it is a claim; nothing here decides.
#ifndef ASSAY_CORE_QUESTION_QUESTION_H_
#define ASSAY_CORE_QUESTION_QUESTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "core/subject/descriptor.h"
#include "core/subject/reference.h"

namespace assay {

enum class Hook : std::uint8_t {
  kUnspecified = 0,
  kCreate,      // the shim: runc create
  kRun,         // the shim: runc run
  kRestore,     // the shim: runc restore
  kWarmUp,      // the runtime's events
  kVerify,      // an operator
  kPull,        // the image verifier: the runtime is about to pull
  kNri,         // the runtime, over NRI, before the shim
  kNriRunning,  // the runtime, over NRI: what runs already
};

std::string_view HookName(Hook hook);

// A container that a runtime is about to create, as the shim's command line
// tells it. The descriptors are borrowed for the length of the decision; -1
// where there is none.
struct ContainerClaim {
  std::string id;
  std::string bundle;             // absolute path
  std::string runtime_root;       // value of --root, "" if not given
  std::string runtime_namespace;  // environment NAMESPACE, "" if not set
  std::string runtime_address;    // environment GRPC_ADDRESS, "" if not set
  std::string runtime;            // "runc": the name the shim was called by
  int bundle_fd = -1;
  int config_fd = -1;  // config.json
  int shim_pid = 0;    // whose mount namespace holds the bundle
};

// An image named by an operator, or by a runtime that is about to pull it.
struct ReferenceClaim {
  Reference reference;
  Platform platform;
  std::string pod_namespace;  // decide as if for a pod of this namespace
  // What the reference stands for, as whoever asks has found; nullopt: it is
  // looked up.
  std::optional<Digest> found = {};
};

// A container that the runtime already holds, for `assay running` and for NRI
// at its start. There is no bundle to look at.
struct RecordClaim {
  std::string runtime_namespace;
  std::string id;
};

// A container that the runtime announces over NRI before it keeps a record of
// it: there is a snapshot of its name, and what the announcement says.
struct AnnouncedClaim {
  std::string runtime_namespace;
  std::string id;
  // What the image is said to be called, "" where nothing is said; where
  // `is_requested`, by whoever asks for the container.
  std::string image_name;
  bool is_requested = false;
  // Of the runtime's own record of the pod.
  std::string pod_namespace;
  std::string pod;
  std::string container;
};

// An image that the runtime holds, for warm-up.
struct ImageClaim {
  std::string runtime_namespace;
  std::string name;  // the runtime's image record
};

struct Question {
  std::string request_id;
  Hook hook = Hook::kUnspecified;
  std::variant<ContainerClaim, ReferenceClaim, RecordClaim, AnnouncedClaim,
               ImageClaim>
      about;
  Time now{};            // the wall clock, or an operator's --at
  Deadline deadline{};   // after this the answer is no use
  bool offline = false;  // decide from disk alone
};

// Whether it is not known for which pod's namespace the image is asked for.
// What the rule of any namespace accepts may then be the one that is meant.
bool IsForAnyNamespace(const Question& question);

// Whether a container waits for the answer, or may: then nothing is fetched
// that can be had beforehand.
bool IsWaitedFor(const Question& question);

}  // namespace assay

#endif  // ASSAY_CORE_QUESTION_QUESTION_H_
