// Checkpoints of transparency logs: a tree's size and root in a signed note
// (C2SP signed-note and tlog-checkpoint). Reading one verifies nothing.
#ifndef ASSAY_CORE_TRUST_CHECKPOINT_H_
#define ASSAY_CORE_TRUST_CHECKPOINT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay {

struct NoteSignature {
  std::string name;
  std::string key_hint;  // the first four bytes of the key's id
  std::string signature;
};

struct Checkpoint {
  std::string body;    // what is signed, its last newline included
  std::string origin;  // which log, in its own words
  std::int64_t tree_size = 0;
  std::string root;                       // raw SHA-256
  std::vector<NoteSignature> signatures;  // of the log, and of witnesses

  // Errors: kCheckpointMalformed.
  static Result<Checkpoint> Parse(std::string_view note);
};

}  // namespace assay

#endif  // ASSAY_CORE_TRUST_CHECKPOINT_H_
