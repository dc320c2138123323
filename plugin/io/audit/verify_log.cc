#include "io/audit/verify_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/limits.h"
#include "base/unique_fd.h"
#include "io/audit/line_reader.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::chrono::milliseconds kReaderPatience{5000};

// A file as long as it was when the head was read.
struct OpenLog {
  std::string name;
  UniqueFd fd;
  std::uint64_t size = 0;
};

Result<OpenLog> OpenOne(const std::string& path) {
  OpenLog log{path,
              UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)),
              0};
  struct stat found {};
  if (!log.fd.valid() || ::fstat(log.fd.get(), &found) != 0) {
    return Fail(errno == ENOENT ? Reason::kNotFound : Reason::kFileUnreadable,
                path + ": " + std::strerror(errno));
  }
  log.size = static_cast<std::uint64_t>(found.st_size);
  return log;
}

struct LogSnapshot {
  std::vector<OpenLog> files;
  std::optional<AuditHead> head;
  Status head_status;
};

Result<LogSnapshot> Snapshot(const AuditFiles& files) {
  LogSnapshot snapshot;
  AuditHeadFile head(files.Head());
  const auto lock = head.Lock(AuditHeadFile::Use::kRead, kReaderPatience);
  snapshot.head_status = lock ? Ok() : Status(lock.error());
  if (lock) {
    snapshot.head = head.Read();
    if (!snapshot.head) {
      snapshot.head_status =
          Fail(Reason::kFileUnreadable, files.Head() + " is no head");
    }
  }
  std::vector<std::string> paths = files.FullOnes();
  paths.push_back(files.log);
  for (const std::string& path : paths) {
    auto log = OpenOne(path);
    // A log without its file is found by its head.
    if (!log && log.error().reason == Reason::kNotFound) continue;
    if (!log) return log.error();
    snapshot.files.push_back(*std::move(log));
  }
  if (snapshot.files.empty() && !snapshot.head) {
    return Fail(Reason::kNotFound, files.log);
  }
  return snapshot;
}

Result<LogSnapshot> Named(const std::vector<std::string>& paths) {
  LogSnapshot snapshot;
  snapshot.head_status =
      Fail(Reason::kNotFound, "the head is not of files that are named");
  for (const std::string& path : paths) {
    auto log = OpenOne(path);
    if (!log) return log.error();
    snapshot.files.push_back(*std::move(log));
  }
  return snapshot;
}

Result<ChainAnchors> Anchors(const AuditFiles& files,
                             const AuditVerification& what,
                             std::string& no_key) {
  ChainAnchors anchors;
  const bool own = what.key.empty();
  auto key = LoadAuditPublicKey(own ? files.PublicKeyFile() : what.key);
  if (key) {
    anchors.key = *std::move(key);
  } else if (!own || !what.checkpoints.empty()) {
    return key.error();
  } else {
    no_key = key.error().detail;
  }
  for (const std::string& path : what.checkpoints) {
    const auto note = ReadFile(path, limits::kCheckpointBytes);
    if (!note) return note.error();
    auto checkpoint = VerifyCheckpoint(*anchors.key, *note);
    if (!checkpoint) return WithContext(checkpoint.error(), path);
    anchors.checkpoints.push_back(*std::move(checkpoint));
  }
  return anchors;
}

}  // namespace

Result<AuditVerdict> VerifyAuditLog(const AuditFiles& files,
                                    const AuditVerification& what) {
  AuditVerdict verdict;
  auto anchors = Anchors(files, what, verdict.no_key);
  if (!anchors) return anchors.error();
  const auto snapshot =
      what.files.empty() ? Snapshot(files) : Named(what.files);
  if (!snapshot) return snapshot.error();
  if (!snapshot->head_status) {
    verdict.no_head = snapshot->head_status.error().detail;
  }
  ChainWalk walk(*std::move(anchors));
  for (const OpenLog& log : snapshot->files) {
    walk.StartFile(log.name);
    LineReader lines(log.fd.get(), 0, log.size);
    while (const auto line = lines.Next()) walk.Line(line->text, line->ended);
  }
  verdict.report = walk.Finish(snapshot->head);
  return verdict;
}

Result<std::string> ExportCheckpoint(const AuditFiles& files) {
  AuditHeadFile file(files.Head());
  const auto lock = file.Lock(AuditHeadFile::Use::kRead, kReaderPatience);
  if (!lock) return lock.error();
  const auto head = file.Read();
  if (!head || head->sequence == 0) {
    return Fail(Reason::kNotFound, files.log + " has no line yet");
  }
  const auto key = LoadAuditKey(files.state);
  if (!key) return key.error();
  return SignCheckpoint(*key, {head->log, head->sequence, head->chain});
}

}  // namespace assay
