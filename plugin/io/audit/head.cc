#include "io/audit/head.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/bytes.h"
#include "io/files/files.h"

namespace assay {
namespace {

// Of whole words, like all that follows it.
constexpr std::string_view kMagic = "assay-audit-head";
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kWord = 8;
constexpr std::size_t kHeadBytes =
    kMagic.size() + 2 * kIdBytes + 2 * kChainBytes + 10 * kWord;
constexpr std::chrono::microseconds kRetry{200};
static_assert(kHeadBytes % kWord == 0);

// Words are little-endian, as is every machine that this is built for.
static_assert(std::endian::native == std::endian::little);

std::uint64_t WordAt(const char* in) {
  std::uint64_t value = 0;
  std::memcpy(&value, in, kWord);
  return value;
}

// Puts one member after another. Every line of the log takes two heads.
class HeadWriter {
 public:
  void Put(std::string_view bytes) {
    bytes.copy(out_.data() + size_, bytes.size());
    size_ += bytes.size();
  }
  void Put(std::uint64_t value) {
    std::memcpy(out_.data() + size_, &value, kWord);
    size_ += kWord;
  }
  const std::string& out() const { return out_; }

 private:
  std::string out_ = std::string(kHeadBytes, '\0');
  std::size_t size_ = 0;
};

std::uint64_t TakeNumber(std::string_view& in) {
  const std::uint64_t value = WordAt(in.data());
  in.remove_prefix(kWord);
  return value;
}

std::string TakeBytes(std::string_view& in, std::size_t size) {
  std::string bytes(in.substr(0, size));
  in.remove_prefix(size);
  return bytes;
}

// Over all words but the last. It is a half-written head that is found, not a
// forged one: who may write this folder may write any head.
std::uint64_t Checksum(const std::string_view bytes) {
  std::uint64_t sum = 14'695'981'039'346'656'037ULL;
  for (std::size_t i = 0; i + kWord < kHeadBytes; i += kWord) {
    sum = (sum ^ WordAt(bytes.data() + i)) * 1'099'511'628'211ULL;
    sum ^= sum >> 32U;
  }
  return sum;
}

Error HeadError(Reason otherwise, const std::string& path, int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  return Fail(full ? Reason::kDiskFull : otherwise,
              "head of the audit log " + path + ": " + std::strerror(code));
}

}  // namespace

std::string AuditHead::Encode() const {
  HeadWriter out;
  out.Put(kMagic);
  out.Put(log);
  out.Put(sequence);
  out.Put(chain);
  out.Put(size);
  out.Put(next_chain);
  for (const std::uint64_t value : {next_size, device, inode, first, kept_from,
                                    signed_sequence, signed_at}) {
    out.Put(value);
  }
  out.Put(boot);
  out.Put(Checksum(out.out()));
  return out.out();
}

std::optional<AuditHead> AuditHead::Decode(std::string_view bytes) {
  if (bytes.size() != kHeadBytes || !bytes.starts_with(kMagic)) {
    return std::nullopt;
  }
  if (WordAt(bytes.data() + kHeadBytes - kWord) != Checksum(bytes)) {
    return std::nullopt;
  }
  bytes.remove_prefix(kMagic.size());
  AuditHead head;
  head.log = TakeBytes(bytes, kIdBytes);
  head.sequence = TakeNumber(bytes);
  head.chain = TakeBytes(bytes, kChainBytes);
  head.size = TakeNumber(bytes);
  head.next_chain = TakeBytes(bytes, kChainBytes);
  for (std::uint64_t* value :
       {&head.next_size, &head.device, &head.inode, &head.first,
        &head.kept_from, &head.signed_sequence, &head.signed_at}) {
    *value = TakeNumber(bytes);
  }
  head.boot = TakeBytes(bytes, kIdBytes);
  return head;
}

AuditHeadLock::~AuditHeadLock() {
  if (fd_ >= 0) ::flock(fd_, LOCK_UN);
}

Status AuditHeadFile::Open(Use use) {
  if (file_.valid()) {
    // Where somebody removed it, others lock another one by now. Who asks for
    // a file's times makes the next write to it cost as much again.
    struct statx opened {};
    if (::statx(file_.get(), "", AT_EMPTY_PATH, STATX_NLINK, &opened) == 0 &&
        opened.stx_nlink > 0) {
      return Ok();
    }
    file_.reset();
  }
  if (use == Use::kRead) {
    file_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file_.valid()) return Ok();
    return HeadError(
        errno == ENOENT ? Reason::kNotFound : Reason::kFileUnreadable, path_,
        errno);
  }
  const std::string folder = path_.substr(0, path_.rfind('/'));
  if (Status made = MakeFolders(folder, 0700); !made) return made;
  file_.reset(
      ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file_.valid()) return Ok();
  return HeadError(Reason::kWriteFailed, path_, errno);
}

Result<AuditHeadLock> AuditHeadFile::Lock(Use use,
                                          std::chrono::milliseconds patience) {
  if (Status opened = Open(use); !opened) return opened.error();
  const auto until = std::chrono::steady_clock::now() + patience;
  const int kind = use == Use::kRead ? LOCK_SH : LOCK_EX;
  while (::flock(file_.get(), kind | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return HeadError(Reason::kWriteFailed, path_, errno);
    }
    if (std::chrono::steady_clock::now() >= until) {
      return Fail(Reason::kWriteFailed, "the audit log's lock " + path_ +
                                            " is held by another process");
    }
    std::this_thread::sleep_for(kRetry);
  }
  return AuditHeadLock(file_.get());
}

std::optional<AuditHead> AuditHeadFile::Read() {
  std::array<char, kHeadBytes + 1> bytes{};
  const ssize_t size = ::pread(file_.get(), bytes.data(), bytes.size(), 0);
  if (size <= 0) return std::nullopt;
  const std::string_view found(bytes.data(), static_cast<std::size_t>(size));
  // Mostly nobody else wrote a line.
  if (last_ && found == last_bytes_) return last_;
  last_ = AuditHead::Decode(found);
  last_bytes_ = found;
  return last_;
}

Status AuditHeadFile::Write(const AuditHead& head) {
  last_bytes_ = head.Encode();
  last_ = head;
  const ssize_t size =
      ::pwrite(file_.get(), last_bytes_.data(), last_bytes_.size(), 0);
  if (size == static_cast<ssize_t>(last_bytes_.size())) return Ok();
  return HeadError(Reason::kWriteFailed, path_, size < 0 ? errno : ENOSPC);
}

Status AuditHeadFile::Forget() {
  last_.reset();
  if (::ftruncate(file_.get(), 0) == 0) return Ok();
  return HeadError(Reason::kWriteFailed, path_, errno);
}

std::string BootId() {
  const std::string nobody(kIdBytes, '\0');
  auto text = ReadFile("/proc/sys/kernel/random/boot_id", 64);
  if (!text) return nobody;
  std::erase_if(*text, [](char c) { return c == '-' || c == '\n'; });
  auto bytes = HexDecode(*text);
  return bytes && bytes->size() == kIdBytes ? *std::move(bytes) : nobody;
}

}  // namespace assay
