#include "io/audit/audit_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "io/audit/audit_key.h"
#include "io/files/files.h"

namespace assay {
namespace {

// Others hold the lock for as long as it takes to write a line.
constexpr std::chrono::milliseconds kLockPatience{2000};
constexpr std::uint64_t kCheckpointSeconds = 600;
constexpr std::chrono::seconds kSignAgain{60};

Error WriteError(const std::string& path, int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  return Fail(full ? Reason::kDiskFull : Reason::kWriteFailed,
              "audit log " + path + ": " + std::strerror(code));
}

// Of a descriptor, or of the file at a path. Its times are not asked for: that
// would make the next write to it cost as much again.
std::optional<AuditFileFacts> FactsOf(int fd, const char* path) {
  struct statx found {};
  if (::statx(fd, path, *path == '\0' ? AT_EMPTY_PATH : 0,
              STATX_SIZE | STATX_INO, &found) != 0) {
    return std::nullopt;
  }
  return AuditFileFacts{found.stx_size,
                        makedev(found.stx_dev_major, found.stx_dev_minor),
                        found.stx_ino};
}

void Tell(const std::function<void(const std::string&)>& whom,
          const std::string& what) {
  if (whom) whom(what);
}

std::uint64_t SecondsNow() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace

Result<AuditFileFacts> AuditLog::Open() {
  const std::string folder = files_.log.substr(0, files_.log.rfind('/'));
  if (Status made = MakeFolders(folder, 0750); !made) return made.error();
  file_.reset(::open(files_.log.c_str(),
                     O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                     0640));
  const auto facts = file_.valid() ? FactsOf(file_.get(), "") : std::nullopt;
  if (facts) return *facts;
  const int code = errno;
  file_.reset();
  return WriteError(files_.log, code);
}

Result<WriterStart> AuditLog::Prepare() {
  kept_ = head_file_.Read();
  const auto named =
      file_.valid() ? FactsOf(AT_FDCWD, files_.log.c_str()) : std::nullopt;
  if (named && named->inode == facts_.inode && named->device == facts_.device) {
    facts_ = *named;
  } else {
    const auto facts = Open();
    if (!facts) return facts.error();
    facts_ = *facts;
  }
  const bool agrees = kept_ && kept_->sequence > 0 && !kept_->writing() &&
                      kept_->size == facts_.size &&
                      kept_->inode == facts_.inode &&
                      kept_->device == facts_.device;
  if (agrees) return WriterStart{*kept_, {}, true};
  WriterStart start = StartFrom(files_, kept_, file_.get(), facts_);
  if (!start.note.empty()) {
    Tell(listener_.warn,
         "audit log " + files_.log + ": " + Json(start.note).Dump());
  }
  return start;
}

// What a start has to say belongs to this very file, so that such a line goes
// in even where it is full.
bool AuditLog::IsFull(const WriterStart& start, std::size_t more) const {
  return start.note.empty() && start.head.sequence >= start.head.first &&
         start.head.size + more > limits_.file_bytes;
}

Status AuditLog::Rotate(WriterStart& start) {
  const std::string full = files_.Full(start.head.first);
  if (::rename(files_.log.c_str(), full.c_str()) != 0) {
    return WriteError(full, errno);
  }
  const auto facts = Open();
  if (!facts) return facts.error();
  facts_ = *facts;
  AuditHead& head = start.head;
  head.size = facts_.size;
  head.device = facts_.device;
  head.inode = facts_.inode;
  head.first = head.sequence + 1;
  const auto full_ones = files_.FullOnes();
  const auto most = static_cast<std::size_t>(limits_.full_files);
  const std::size_t drop =
      full_ones.size() > most ? full_ones.size() - most : 0;
  const std::uint64_t oldest =
      drop < full_ones.size() ? *files_.FirstOf(full_ones[drop]) : head.first;
  head.kept_from = std::max(head.kept_from, oldest);
  start.note = {{"event", Json(std::string("rotated"))},
                {"kept_from", Json(static_cast<std::int64_t>(head.kept_from))}};
  head.signed_at = 0;  // a new file begins with a checkpoint
  return Ok();
}

// Once the line that says so is written.
void AuditLog::DropOldest(std::uint64_t kept_from) const {
  for (const std::string& path : files_.FullOnes()) {
    if (*files_.FirstOf(path) < kept_from) ::unlink(path.c_str());
  }
}

// Without its key a log goes on, and says so: verifying it finds that no
// checkpoint is there.
std::string AuditLog::CheckpointWhereDue(AuditHead& head) {
  const std::uint64_t now = SecondsNow();
  const bool due =
      sign_first_ ||
      head.sequence - head.signed_sequence >= kLinesPerCheckpoint ||
      now < head.signed_at || now - head.signed_at >= kCheckpointSeconds;
  if (!due || std::chrono::steady_clock::now() < sign_from_) return {};
  Result<std::string> note;
  if (!key_) {
    auto key = LoadOrMakeAuditKey(files_.state);
    if (key) {
      key_ = *std::move(key);
    } else {
      note = key.error();
    }
  }
  if (key_) note = SignCheckpoint(*key_, {head.log, head.sequence, head.chain});
  if (!note) {
    Tell(listener_.warn,
         "audit log: no checkpoint is signed: " + note.error().detail);
    sign_from_ = std::chrono::steady_clock::now() + kSignAgain;
    return {};
  }
  sign_first_ = false;
  head.signed_sequence = head.sequence;
  head.signed_at = now;
  return *std::move(note);
}

Status AuditLog::Append(const Json& object) {
  const std::string text = object.Dump();
  const std::scoped_lock lock(mutex_);
  const auto held = head_file_.Lock(AuditHeadFile::Use::kWrite, kLockPatience);
  if (!held) return held.error();
  auto start = Prepare();
  if (!start) return start.error();
  const bool full = IsFull(*start, text.size());
  if (full) {
    if (Status made = Rotate(*start); !made) return made;
  }
  const std::string checkpoint = CheckpointWhereDue(start->head);
  const std::uint64_t kept_from = start->head.kept_from;
  if (Status written = Write(*std::move(start), checkpoint, text); !written) {
    return written;
  }
  if (full) DropOldest(kept_from);
  if (!checkpoint.empty()) {
    Tell(listener_.inform, "audit log checkpoint: " + Json(checkpoint).Dump());
  }
  return Ok();
}

Status AuditLog::Write(WriterStart start, const std::string& checkpoint,
                       const std::string& object) {
  AuditHead& head = start.head;
  LinkedLine line = LinkLine(head.sequence + 1, head.chain,
                             {checkpoint, std::move(start.note)}, object);
  std::string& text = line.text;
  if (!start.ends_line) text.insert(0, "\n");
  text.append("\n");
  head.boot = boot_;
  head.next_chain = line.chain;
  head.next_size = facts_.size + text.size();
  if (Status announced = head_file_.Write(head); !announced) return announced;
  const ssize_t written = ::write(file_.get(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) {
    const int code = written < 0 ? errno : ENOSPC;
    if (written > 0) TakeBack(facts_.size);
    const Status back = kept_ ? head_file_.Write(*kept_) : head_file_.Forget();
    return back ? WriteError(files_.log, code) : back.error();
  }
  ++head.sequence;
  head.chain = std::move(line.chain);
  head.size = std::exchange(head.next_size, 0);
  head.next_chain = StartOfChain();
  // The line is there: where this fails, the next writer finds it announced.
  (void)head_file_.Write(head);
  return Ok();
}

// Half a line would spoil the next one.
void AuditLog::TakeBack(std::uint64_t size) {
  if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) file_.reset();
}

}  // namespace assay
