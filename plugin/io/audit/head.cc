#include "io/audit/head.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/bytes.h"
#include "io/files/files.h"

namespace assay {
namespace {

constexpr std::string_view kMagic = "assay audit head 1\n";
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kHeadBytes =
    kMagic.size() + 2 * kIdBytes + 2 * kChainBytes + 10 * 8;
constexpr std::chrono::microseconds kRetry{200};

void PutNumber(std::string& out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) {
    out.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
  }
}

std::uint64_t TakeNumber(std::string_view& in) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) {
    value = value << 8U | static_cast<unsigned char>(in[i]);
  }
  in.remove_prefix(8);
  return value;
}

std::string TakeBytes(std::string_view& in, std::size_t size) {
  std::string bytes(in.substr(0, size));
  in.remove_prefix(size);
  return bytes;
}

// FNV-1a: it is a half-written head that is found, not a forged one. Who may
// write this folder may write any head.
std::uint64_t Checksum(std::string_view bytes) {
  std::uint64_t sum = 14'695'981'039'346'656'037ULL;
  for (const char c : bytes) {
    sum = (sum ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
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
  std::string out;
  out.reserve(kHeadBytes);
  out.append(kMagic).append(log);
  PutNumber(out, sequence);
  out.append(chain);
  PutNumber(out, size);
  out.append(next_chain);
  for (const std::uint64_t value : {next_size, device, inode, first, kept_from,
                                    signed_sequence, signed_at}) {
    PutNumber(out, value);
  }
  out.append(boot);
  PutNumber(out, Checksum(out));
  return out;
}

std::optional<AuditHead> AuditHead::Decode(std::string_view bytes) {
  if (bytes.size() != kHeadBytes || !bytes.starts_with(kMagic)) {
    return std::nullopt;
  }
  std::string_view sum = bytes.substr(kHeadBytes - 8);
  if (TakeNumber(sum) != Checksum(bytes.substr(0, kHeadBytes - 8))) {
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
    // Where somebody removed it, others lock another one by now.
    struct stat opened {};
    if (::fstat(file_.get(), &opened) == 0 && opened.st_nlink > 0) return Ok();
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

std::optional<AuditHead> AuditHeadFile::Read() const {
  std::array<char, kHeadBytes + 1> bytes{};
  const ssize_t size = ::pread(file_.get(), bytes.data(), bytes.size(), 0);
  if (size <= 0) return std::nullopt;
  return AuditHead::Decode({bytes.data(), static_cast<std::size_t>(size)});
}

Status AuditHeadFile::Write(const AuditHead& head) const {
  const std::string bytes = head.Encode();
  const ssize_t size = ::pwrite(file_.get(), bytes.data(), bytes.size(), 0);
  if (size == static_cast<ssize_t>(bytes.size())) return Ok();
  return HeadError(Reason::kWriteFailed, path_, size < 0 ? errno : ENOSPC);
}

Status AuditHeadFile::Forget() const {
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
