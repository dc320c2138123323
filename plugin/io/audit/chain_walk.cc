#include "io/audit/chain_walk.h"

#include <algorithm>

#include "base/bytes.h"
#include "io/audit/audit_files.h"

namespace assay {
namespace {

std::string Range(std::uint64_t first, std::uint64_t last) {
  if (first == last) return "line " + std::to_string(first) + " is";
  return "lines " + std::to_string(first) + " to " + std::to_string(last) +
         " are";
}

std::string TextIn(const Json::Object& note, std::string_view key) {
  const auto found = note.find(key);
  const bool text = found != note.end() && found->second.AsString() != nullptr;
  return text ? *found->second.AsString() : std::string();
}

std::uint64_t NumberIn(const Json::Object& note, std::string_view key) {
  const auto found = note.find(key);
  if (found == note.end() || found->second.AsInt() == nullptr) return 0;
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(*found->second.AsInt(), 0));
}

// The body as it would be with another number.
std::string Renumbered(const ClaimedLine& line, std::uint64_t sequence) {
  const std::string start = "{\"seq\":";
  const auto digits = std::to_string(line.sequence).size();
  return start + std::to_string(sequence) +
         std::string(line.body.substr(start.size() + digits));
}

}  // namespace

std::string_view ChainFlawName(ChainFlaw flaw) {
  switch (flaw) {
    case ChainFlaw::kUnspecified:
      return "unspecified";
    case ChainFlaw::kChanged:
      return "changed";
    case ChainFlaw::kMissing:
      return "missing";
    case ChainFlaw::kMisplaced:
      return "misplaced";
    case ChainFlaw::kForeign:
      return "foreign";
    case ChainFlaw::kCut:
      return "cut";
    case ChainFlaw::kReplaced:
      return "replaced";
    case ChainFlaw::kSignature:
      return "signature";
    case ChainFlaw::kUnsigned:
      return "unsigned";
    case ChainFlaw::kHeadLost:
      return "head-lost";
  }
  return "unspecified";
}

void ChainWalk::Add(ChainFlaw flaw, std::uint64_t sequence, std::string text) {
  Strangers here;
  here.file = file_;
  here.line = line_;
  AddAt(here, flaw, sequence, std::move(text));
}

void ChainWalk::AddAt(const Strangers& where, ChainFlaw flaw,
                      std::uint64_t sequence, std::string text) {
  if (report_.findings.size() == kMostChainFindings) {
    ++report_.more;
    return;
  }
  report_.findings.push_back(
      {flaw, where.file, where.line, sequence, std::move(text)});
}

void ChainWalk::StartFile(const std::string& name) {
  file_ = name;
  line_ = 0;
}

void ChainWalk::AddStranger(std::string_view text, bool ended) {
  if (!strangers_) {
    Strangers first;
    first.file = file_;
    first.line = line_;
    strangers_ = std::move(first);
  }
  Strangers& all = *strangers_;
  if (all.newline) all.hasher.Update("\n");
  all.hasher.Update(text);
  all.newline = ended;
  all.bytes += text.size() + (ended ? 1 : 0);
  ++all.lines;
}

// What the writer saw there, and to which it may have added a newline.
bool ChainWalk::Matches(Strangers& strangers, const Json::Object& note) {
  const std::uint64_t bytes = NumberIn(note, "bytes");
  const bool added = strangers.newline && bytes + 1 == strangers.bytes;
  if (bytes != strangers.bytes && !added) return false;
  if (strangers.newline && !added) strangers.hasher.Update("\n");
  return strangers.hasher.Finish().hex() == TextIn(note, "sha256");
}

// Each byte between two lines must be one that the second of them tells of.
void ChainWalk::Account(const ClaimedLine& line) {
  excused_ = false;
  std::optional<Strangers> strangers = std::exchange(strangers_, std::nullopt);
  const Json::Object& note = line.extras.note;
  const std::string event = TextIn(note, "event");
  if (!strangers) {
    if (NumberIn(note, "bytes") == 0) return;
    Add(ChainFlaw::kMissing, line.sequence,
        "what its writer found before it is gone");
    return;
  }
  const bool tells = event == "begun" || event == "interrupted" ||
                     event == "foreign" || event == "head-lost";
  if (tells && Matches(*strangers, note)) return;
  if (event == "cut" || event == "replaced") return;
  const std::uint64_t next = report_.last + 1;
  if (line.sequence == next + 1) {
    AddAt(*strangers, ChainFlaw::kChanged, next,
          "line " + std::to_string(next) + " is not what was written");
    excused_ = true;
  } else {
    AddAt(*strangers, tells ? ChainFlaw::kChanged : ChainFlaw::kForeign,
          line.sequence,
          tells ? "what is no line here is not what the next writer found"
                : "this is no line of the log");
  }
}

// What the line says about the log.
void ChainWalk::Heed(const ClaimedLine& line) {
  const Json::Object& note = line.extras.note;
  if (note.empty()) return;
  const std::string event = TextIn(note, "event");
  const std::string at = "line " + std::to_string(line.sequence) + ": ";
  const std::string when =
      note.contains("restarted") ? ", after the machine had stopped" : "";
  if (auto log = HexDecode(TextIn(note, "log")); log && !log->empty()) {
    logs_.insert(*std::move(log));
  }
  kept_from_ = std::max(kept_from_, NumberIn(note, "kept_from"));
  if (event == "begun") {
    if (const auto bytes = NumberIn(note, "bytes"); bytes > 0) {
      report_.remarks.push_back(at + std::to_string(bytes) +
                                " bytes before it are older than the chain");
    }
  } else if (event == "moved") {
    report_.remarks.push_back(
        at + "the file before it was moved away, not by Assay");
  } else if (event == "interrupted") {
    const std::uint64_t lines = NumberIn(note, "lines");
    report_.remarks.push_back(
        at + "the write before it was interrupted" + when +
        (lines > 0 ? "; the head did not know the last " +
                         std::to_string(lines) + " lines before that"
                   : ""));
  } else if (event == "foreign") {
    Add(ChainFlaw::kForeign, line.sequence,
        "its writer found before it what Assay had not written");
  } else if (event == "cut") {
    Add(ChainFlaw::kCut, line.sequence, "its writer found the file cut" + when);
  } else if (event == "replaced") {
    Add(ChainFlaw::kReplaced, line.sequence,
        "its writer found another file in the log's place");
  } else if (event == "head-lost") {
    Add(ChainFlaw::kHeadLost, line.sequence,
        "its writer found no head: lines that were cut before would not be "
        "missed");
  }
}

// False for a line that stands where it does not belong. One of which only the
// number was changed is put back.
bool ChainWalk::Place(ClaimedLine& line) {
  const std::uint64_t next = report_.last + 1;
  if (report_.last == 0 || line.sequence == next) return true;
  if (!before_.empty() &&
      ChainOf(before_, Renumbered(line, next)) == line.chain) {
    Add(ChainFlaw::kChanged, next,
        "line " + std::to_string(next) + " is not what was written");
    line.sequence = next;
    excused_ = true;
    return true;
  }
  if (line.sequence < next) {
    Add(ChainFlaw::kMisplaced, line.sequence,
        "line " + std::to_string(line.sequence) + " stands behind line " +
            std::to_string(report_.last));
    return false;
  }
  if (!excused_) {
    Add(ChainFlaw::kMissing, next,
        Range(next, line.sequence - 1) + " missing before line " +
            std::to_string(line.sequence));
  }
  before_.clear();
  return true;
}

void ChainWalk::Follow(const ClaimedLine& line) {
  if (report_.last == 0) {
    report_.first = line.sequence;
    due_from_ = line.sequence - 1;
    if (line.sequence == 1) before_ = StartOfChain();
  }
  std::string before = before_;
  Claim claimed;
  if (anchors_.key && !line.extras.checkpoint.empty()) {
    claimed = VerifyCheckpoint(*anchors_.key, line.extras.checkpoint);
  }
  // Where the line before is not here, its checkpoint says what it was.
  if (before.empty() && claimed && *claimed &&
      (*claimed)->sequence + 1 == line.sequence) {
    before = (*claimed)->chain;
  }
  Check(line, before, claimed);
  report_.last = line.sequence;
  before_ = line.chain;
  CompareAnchors(line);
}

void ChainWalk::Check(const ClaimedLine& line, const std::string& before,
                      const Claim& claimed) {
  std::string known = before;
  if (!before.empty() && !excused_) {
    std::string computed = ChainOf(before, line.body);
    bool holds = computed == line.chain;
    if (!holds && !recomputed_.empty() &&
        ChainOf(recomputed_, line.body) == line.chain) {
      known = recomputed_;
      holds = true;
    }
    if (!holds) {
      Add(ChainFlaw::kChanged, line.sequence,
          "line " + std::to_string(line.sequence) +
              " is not what was written, or does not follow the one before");
    }
    recomputed_ = holds ? std::string() : std::move(computed);
  }
  CheckCheckpoint(line, known, claimed);
}

void ChainWalk::CheckCheckpoint(const ClaimedLine& line,
                                const std::string& before,
                                const Claim& claimed) {
  if (line.extras.checkpoint.empty()) {
    if (line.sequence - due_from_ > kLinesPerCheckpoint &&
        !std::exchange(told_unsigned_, true)) {
      Add(ChainFlaw::kUnsigned, line.sequence,
          "no checkpoint since line " + std::to_string(due_from_));
    }
    return;
  }
  due_from_ = line.sequence - 1;
  told_unsigned_ = false;
  if (!claimed) return;
  if (!*claimed) {
    Add(ChainFlaw::kSignature, line.sequence,
        "its checkpoint does not hold: " + claimed->error().detail);
    return;
  }
  const AuditCheckpoint& checkpoint = **claimed;
  const bool of_this = checkpoint.sequence + 1 == line.sequence &&
                       (before.empty() || checkpoint.chain == before) &&
                       (logs_.empty() || logs_.contains(checkpoint.log));
  logs_.insert(checkpoint.log);
  if (!of_this) {
    Add(ChainFlaw::kSignature, line.sequence,
        "its checkpoint is not of the lines before it");
    return;
  }
  ++report_.checkpoints;
  report_.signed_to = checkpoint.sequence;
}

void ChainWalk::CompareAnchors(const ClaimedLine& line) {
  for (const AuditCheckpoint& kept : anchors_.checkpoints) {
    if (kept.sequence == line.sequence && kept.chain != line.chain) {
      Add(ChainFlaw::kReplaced, line.sequence,
          "it is not the line of the checkpoint that was kept");
    }
  }
}

void ChainWalk::Line(std::string_view text, bool ended) {
  ++line_;
  auto line = ended ? ReadChainLine(text) : std::nullopt;
  if (!line) {
    AddStranger(text, ended);
    return;
  }
  Account(*line);
  if (!Place(*line)) return;
  Heed(*line);
  Follow(*line);
}

void ChainWalk::FinishStrangers(const std::optional<AuditHead>& head) {
  if (!strangers_) return;
  const std::uint64_t next = report_.last + 1;
  const bool announced = head && head->writing() && !strangers_->newline &&
                         head->sequence == report_.last;
  if (announced) {
    report_.remarks.emplace_back("the last write was interrupted");
  } else if (head && head->sequence == next && strangers_->lines == 1) {
    AddAt(*strangers_, ChainFlaw::kChanged, next,
          "line " + std::to_string(next) + " is not what was written");
    report_.last = next;
    before_.clear();
  } else {
    AddAt(*strangers_, head ? ChainFlaw::kForeign : ChainFlaw::kCut, next,
          head ? "this is no line of the log" : "the last line is not whole");
  }
}

void ChainWalk::FinishHead(const AuditHead& head) {
  kept_from_ = std::max(kept_from_, head.kept_from);
  if (head.sequence > report_.last) {
    Add(ChainFlaw::kCut, report_.last + 1,
        Range(report_.last + 1, head.sequence) + " missing at the end");
  } else if (head.sequence == report_.last) {
    const bool same = before_.empty() || before_ == head.chain ||
                      (!recomputed_.empty() && recomputed_ == head.chain);
    if (!same) {
      Add(ChainFlaw::kReplaced, report_.last,
          "the last line is not the one that was written");
    }
  } else if (head.writing() && head.sequence + 1 == report_.last &&
             before_ == head.next_chain) {
    report_.remarks.emplace_back("the last line was just being written");
  } else if (head.boot != BootId()) {
    report_.remarks.push_back(
        "the head does not know " +
        std::to_string(report_.last - head.sequence) +
        " lines at the end, and the machine has stopped since");
  } else {
    Add(ChainFlaw::kForeign, head.sequence + 1,
        "Assay has not written what stands behind line " +
            std::to_string(head.sequence));
  }
}

void ChainWalk::FinishAnchors() {
  for (const AuditCheckpoint& kept : anchors_.checkpoints) {
    const std::string line = "line " + std::to_string(kept.sequence);
    if (!logs_.empty() && !logs_.contains(kept.log)) {
      Add(ChainFlaw::kReplaced, kept.sequence,
          "the checkpoint that was kept is of another log");
    } else if (kept.sequence > report_.last) {
      Add(ChainFlaw::kCut, report_.last + 1,
          "the checkpoint that was kept covers " + line);
    } else if (kept.sequence < report_.first) {
      report_.remarks.push_back("the checkpoint of " + line +
                                " is older than what is here");
    }
  }
}

ChainReport ChainWalk::Finish(const std::optional<AuditHead>& head) {
  FinishStrangers(head);
  if (head) FinishHead(*head);
  FinishAnchors();
  if (report_.first > kept_from_) {
    Add(ChainFlaw::kMissing, kept_from_,
        Range(kept_from_, report_.first - 1) + " missing at the beginning");
  }
  report_.chain = before_;
  return std::move(report_);
}

}  // namespace assay
