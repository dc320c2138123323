// Property: a checkpoint that reads is, written anew, the very note it was read
// from, and one that a log signed is one that this log wrote.
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "core/trust/checkpoint.h"
#include "core/trust/merkle.h"
#include "tests/fuzz/recorded.h"

namespace {

using assay::Checkpoint;
using assay::LogNaming;
using assay::fuzz::Recorded;
using assay::fuzz::Require;

std::string Write(const Checkpoint& checkpoint) {
  std::string note = checkpoint.body + "\n";
  for (const auto& line : checkpoint.signatures) {
    note += "\u2014 " + line.name + " " +
            assay::Base64Encode(line.key_hint + line.signature) + "\n";
  }
  return note;
}

bool IsSigned(const Checkpoint& checkpoint, const Recorded& recorded,
              LogNaming naming) {
  const auto& entry = recorded.candidate.material.log_entries.front();
  return recorded.root.FindLog(entry.log_id)
      ->VerifyCheckpoint(checkpoint, naming)
      .has_value();
}

void RequireRecorded(const Checkpoint& checkpoint, const Recorded& recorded,
                     LogNaming naming) {
  static const auto read = [](const Recorded& one) {
    const auto& entry = one.candidate.material.log_entries.front();
    return Checkpoint::Parse(entry.inclusion->checkpoint).value();
  };
  const Checkpoint real = read(recorded);
  Require(IsSigned(real, recorded, naming));
  if (!IsSigned(checkpoint, recorded, naming)) return;
  Require(checkpoint.body == real.body && checkpoint.root == real.root &&
          checkpoint.tree_size == real.tree_size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view note(reinterpret_cast<const char*>(data), size);
  const auto read = Checkpoint::Parse(note);
  if (!read) return 0;
  Require(Write(*read) == note);
  Require(read->body.ends_with('\n') && read->tree_size >= 0 &&
          read->root.size() == assay::kMerkleHashBytes &&
          !read->signatures.empty() && !read->origin.empty());
  RequireRecorded(*read, assay::fuzz::FirstGeneration(), LogNaming::kByKey);
  RequireRecorded(*read, assay::fuzz::SecondGeneration(), LogNaming::kByName);
  return 0;
}
