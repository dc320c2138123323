#include "io/audit/writer_start.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <cstdlib>
#include <limits>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/unique_fd.h"
#include "io/audit/line_reader.h"

namespace assay {
namespace {

constexpr std::uint64_t kWholeFile = std::numeric_limits<std::uint64_t>::max();

std::string NewLogId() {
  std::string id(16, '\0');
  const ssize_t size = ::getrandom(id.data(), id.size(), 0);
  if (size != static_cast<ssize_t>(id.size())) std::abort();
  return id;
}

Json Number(std::uint64_t value) {
  return Json(static_cast<std::int64_t>(value));
}

Json::Object NoteOf(std::string event) {
  return {{"event", Json(std::move(event))}};
}

// What stands between the last good line and the end is no line. Its hash lets
// it be told from what somebody makes of it later.
void AddRemainder(int fd, std::uint64_t from, std::uint64_t to,
                  Json::Object& note) {
  if (from >= to) return;
  Hasher hasher(HashAlgorithm::kSha256);
  LineReader lines(fd, from, to);
  while (const auto line = lines.Next()) {
    hasher.Update(line->text);
    if (line->ended) hasher.Update("\n");
  }
  note.emplace("bytes", Number(to - from));
  note.emplace("sha256", Json(hasher.Finish().hex()));
}

bool EndsLine(int fd, std::uint64_t size) {
  char last = '\n';
  if (size == 0) return true;
  const ssize_t count = ::pread(fd, &last, 1, static_cast<off_t>(size - 1));
  return count == 1 && last == '\n';
}

// The chained lines of a file, each taken for what it says.
struct SeenLines {
  std::uint64_t first = 0;  // sequence numbers; 0 for none
  std::uint64_t last = 0;
  std::string chain;      // of the last
  std::uint64_t end = 0;  // behind it
};

SeenLines LinesIn(int fd) {
  SeenLines seen;
  LineReader lines(fd, 0, kWholeFile);
  while (const auto line = lines.Next()) {
    auto claimed = ReadChainLine(line->text);
    if (!line->ended || !claimed) continue;
    if (seen.first == 0) seen.first = claimed->sequence;
    seen.last = claimed->sequence;
    seen.chain = std::move(claimed->chain);
    seen.end = lines.offset();
  }
  return seen;
}

SeenLines LinesIn(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  return fd.valid() ? LinesIn(fd.get()) : SeenLines();
}

// There is no head: the log is new, or was written before there were chains, or
// somebody removed the head.
WriterStart WithoutHead(const AuditFiles& files, int fd,
                        const AuditFileFacts& facts) {
  WriterStart start;
  start.head.log = NewLogId();
  SeenLines here = facts.size > 0 ? LinesIn(fd) : SeenLines();
  const auto full = files.FullOnes();
  SeenLines last = here;
  if (last.last == 0 && !full.empty()) last = LinesIn(full.back());
  start.note = NoteOf(last.last == 0 ? "begun" : "head-lost");
  start.note.emplace("log", Json(HexEncode(start.head.log)));
  AddRemainder(fd, here.end, facts.size, start.note);
  start.head.size = here.end;
  if (last.last == 0) return start;
  start.head.sequence = last.last;
  start.head.chain = last.chain;
  start.head.first = here.last == 0 ? last.last + 1 : here.first;
  start.head.kept_from = full.empty() ? last.first : *files.FirstOf(full[0]);
  start.note.emplace("kept_from", Number(start.head.kept_from));
  return start;
}

// A line that its writer did not come to count is taken where the head had
// announced it. After a restart of the machine the head may be older than the
// file, and every line that goes on with the chain is taken.
std::uint64_t TakeUncounted(int fd, const AuditFileFacts& facts, bool restarted,
                            AuditHead& head) {
  std::uint64_t taken = 0;
  const AuditHead kept = head;
  LineReader lines(fd, kept.size, facts.size);
  while (const auto line = lines.Next()) {
    auto claimed = ReadChainLine(line->text);
    if (!line->ended || !claimed) continue;
    const bool announced = kept.writing() && claimed->chain == kept.next_chain;
    if ((!announced && !restarted) || claimed->sequence != head.sequence + 1 ||
        claimed->chain != ChainOf(head.chain, claimed->body)) {
      continue;
    }
    head.sequence = claimed->sequence;
    head.chain = std::move(claimed->chain);
    head.size = lines.offset();
    if (!announced) ++taken;
  }
  return taken;
}

// The file is at least as long as the head says.
WriterStart BehindTheEnd(const AuditHead& kept, int fd,
                         const AuditFileFacts& facts, bool restarted) {
  WriterStart start{kept, {}, true};
  const std::uint64_t taken = TakeUncounted(fd, facts, restarted, start.head);
  const bool interrupted =
      restarted || (kept.writing() && facts.size < kept.next_size);
  if (taken == 0 && start.head.size == facts.size) return start;
  start.note = NoteOf(interrupted ? "interrupted" : "foreign");
  if (taken > 0) start.note.emplace("lines", Number(taken));
  AddRemainder(fd, start.head.size, facts.size, start.note);
  return start;
}

WriterStart WithHead(const AuditHead& kept, int fd,
                     const AuditFileFacts& facts) {
  const bool restarted = kept.boot != BootId();
  const bool same = kept.device == facts.device && kept.inode == facts.inode;
  WriterStart start;
  if (same && facts.size >= kept.size) {
    start = BehindTheEnd(kept, fd, facts, restarted);
  } else {
    start.head = kept;
    start.head.size = facts.size;
    if (!same) start.head.first = kept.sequence + 1;
    const bool moved = !same && facts.size == 0;
    start.note = NoteOf(same ? "cut" : moved ? "moved" : "replaced");
  }
  if (!start.note.empty() && restarted) {
    start.note.emplace("restarted", Json(true));
  }
  return start;
}

}  // namespace

WriterStart StartFrom(const AuditFiles& files,
                      const std::optional<AuditHead>& kept, int fd,
                      const AuditFileFacts& facts) {
  // A head of no line is of a first one, which may have come to its end.
  std::optional<AuditHead> head = kept;
  if (head && head->sequence == 0) {
    (void)TakeUncounted(fd, facts, false, *head);
    if (head->sequence == 0) head.reset();
  }
  WriterStart start =
      head ? WithHead(*head, fd, facts) : WithoutHead(files, fd, facts);
  start.head.next_chain = StartOfChain();
  start.head.next_size = 0;
  start.head.device = facts.device;
  start.head.inode = facts.inode;
  start.ends_line = EndsLine(fd, facts.size);
  return start;
}

}  // namespace assay
