// ChainWalk follows the audit log's chain line by line and names every line at
// which it does not hold. It reads no file; for one thread.
#ifndef ASSAY_IO_AUDIT_CHAIN_WALK_H_
#define ASSAY_IO_AUDIT_CHAIN_WALK_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "core/trust/public_key.h"
#include "io/audit/audit_key.h"
#include "io/audit/chain.h"
#include "io/audit/head.h"

namespace assay {

enum class ChainFlaw : std::uint8_t {
  kUnspecified = 0,
  kChanged,    // a line is not what was written
  kMissing,    // lines are gone
  kMisplaced,  // a line stands twice, or where it was not written
  kForeign,    // something that Assay did not write
  kCut,        // the log ended before its end
  kReplaced,   // another log stands in its place
  kSignature,  // a checkpoint is not of this log or not signed by its key
  kUnsigned,   // a checkpoint is missing
  kHeadLost,   // the head was removed: a cut before would not be seen
};

std::string_view ChainFlawName(ChainFlaw flaw);  // "changed"

struct ChainFinding {
  ChainFlaw flaw = ChainFlaw::kUnspecified;
  std::string file;
  std::uint64_t line = 0;      // in the file, from 1
  std::uint64_t sequence = 0;  // of the (first) line that it is about
  std::string text;
};

inline constexpr std::size_t kMostChainFindings = 100;

struct ChainReport {
  std::vector<ChainFinding> findings;  // at most kMostChainFindings
  std::uint64_t more = 0;              // that are not among them
  std::vector<std::string> remarks;    // what is as it may be
  std::uint64_t first = 0;             // sequence numbers; 0 for no line
  std::uint64_t last = 0;
  std::string chain;              // raw, of the last
  std::uint64_t checkpoints = 0;  // that hold
  std::uint64_t signed_to = 0;    // the last line under one
};

// What a log is held against beside itself.
struct ChainAnchors {
  std::optional<PublicKey> key;  // without it no checkpoint is verified
  std::vector<AuditCheckpoint> checkpoints;  // that were kept elsewhere
};

class ChainWalk {
 public:
  explicit ChainWalk(ChainAnchors anchors) : anchors_(std::move(anchors)) {}

  // Files in the order they were written.
  void StartFile(const std::string& name);
  // `ended`: whether a newline follows.
  void Line(std::string_view text, bool ended);
  // At the end, once. Without a head a cut is seen only by the checkpoints.
  ChainReport Finish(const std::optional<AuditHead>& head);

 private:
  // Bytes in a row that are no line of the chain.
  struct Strangers {
    std::string file;
    std::uint64_t line = 0;  // where they begin
    std::uint64_t lines = 0;
    std::uint64_t bytes = 0;
    Hasher hasher{HashAlgorithm::kSha256};  // a last newline is not in yet
    bool newline = false;
  };

  void Add(ChainFlaw flaw, std::uint64_t sequence, std::string text);
  void AddAt(const Strangers& where, ChainFlaw flaw, std::uint64_t sequence,
             std::string text);
  void AddStranger(std::string_view text, bool ended);
  static bool Matches(Strangers& strangers, const Json::Object& note);
  void Account(const ClaimedLine& line);
  void Heed(const ClaimedLine& line);
  bool Place(ClaimedLine& line);
  void Follow(const ClaimedLine& line);
  // Nothing without a checkpoint, or without a key.
  using Claim = std::optional<Result<AuditCheckpoint>>;
  void Check(const ClaimedLine& line, const std::string& before,
             const Claim& claimed);
  void CheckCheckpoint(const ClaimedLine& line, const std::string& before,
                       const Claim& claimed);
  void CompareAnchors(const ClaimedLine& line);
  void FinishStrangers(const std::optional<AuditHead>& head);
  void FinishHead(const AuditHead& head);
  void FinishAnchors();

  ChainAnchors anchors_;
  ChainReport report_;
  std::string file_;
  std::uint64_t line_ = 0;
  std::optional<Strangers> strangers_;
  bool excused_ = false;    // whether a gap before this line was told already
  std::string before_;      // the chain as the last line says; "" for unknown
  std::string recomputed_;  // where that line is not what it says
  std::set<std::string> logs_;  // ids
  std::uint64_t due_from_ = 0;  // the last line that had to be signed
  std::uint64_t kept_from_ = 1;
  bool told_unsigned_ = false;
};

}  // namespace assay

#endif  // ASSAY_IO_AUDIT_CHAIN_WALK_H_
