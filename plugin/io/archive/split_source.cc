#include "io/archive/split_source.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/unique_fd.h"

namespace assay {
namespace {

constexpr std::int64_t kFileEntry = 1;
constexpr std::int64_t kSegmentEntry = 2;

Error MalformedSplit(std::string_view what) {
  return Fail(Reason::kArchiveMalformed, "tar-split: " + std::string(what));
}

class Split : public ByteSource {
 public:
  Split(std::unique_ptr<ByteSource> lines, int folder)
      : lines_(std::move(lines)), folder_(folder) {}

  Result<std::size_t> Read(char* to, std::size_t most) override {
    for (;;) {
      if (used_ < segment_.size()) {
        const std::size_t count = segment_.copy(to, most, used_);
        used_ += count;
        return count;
      }
      if (left_ > 0) return ReadFrom(to, most);
      auto line = NextLine();
      if (!line) return line.error();
      if (!*line) return std::size_t{0};
      if (auto begun = Begin(**line); !begun) return begun.error();
    }
  }

 private:
  // Nothing at the end.
  Result<std::optional<std::string>> NextLine() {
    for (;;) {
      const std::size_t end = text_.find('\n', searched_);
      if (end != std::string::npos) {
        std::string line = text_.substr(0, end);
        text_.erase(0, end + 1);
        searched_ = 0;
        if (++entries_ > 2 * limits::kLayerEntries) {
          return MalformedSplit("more entries than the limit");
        }
        return std::optional(std::move(line));
      }
      searched_ = text_.size();
      if (text_.size() > limits::kStorageSplitBytes) {
        return MalformedSplit("an entry larger than the limit");
      }
      constexpr std::size_t kStep = 64U << 10;
      text_.resize(searched_ + kStep);
      const auto count = lines_->Read(text_.data() + searched_, kStep);
      text_.resize(searched_ + (count ? *count : 0));
      if (!count) return count.error();
      if (*count > 0) continue;
      if (!text_.empty()) return MalformedSplit("no whole line");
      return std::optional<std::string>();
    }
  }

  Status Begin(const std::string& line) {
    const auto json = Json::Parse(line, limits::kStorageSplitBytes);
    if (!json) return MalformedSplit(json.error().detail);
    const std::int64_t* type = json->FindInt("type");
    if (type == nullptr) return MalformedSplit("type");
    if (*type == kSegmentEntry) return BeginSegment(*json);
    if (*type == kFileEntry) return BeginFile(*json);
    return MalformedSplit("an unknown entry");
  }

  Status BeginSegment(const Json& entry) {
    const std::string* payload = entry.FindString("payload");
    auto bytes = payload == nullptr ? std::nullopt : Base64Decode(*payload);
    if (!bytes) return MalformedSplit("payload");
    segment_ = *std::move(bytes);
    used_ = 0;
    return Ok();
  }

  // A name that is not UTF-8 is told in base64.
  static std::optional<std::string> NameOf(const Json& entry) {
    const std::string* raw = entry.FindString("name_raw");
    if (raw != nullptr) return Base64Decode(*raw);
    const std::string* name = entry.FindString("name");
    return name == nullptr ? std::nullopt : std::optional(*name);
  }

  Status BeginFile(const Json& entry) {
    const std::int64_t* size = entry.FindInt("size");
    if (size == nullptr || *size == 0) return Ok();
    const auto name = NameOf(entry);
    if (*size < 0 || !name || name->find('\0') != std::string::npos) {
      return MalformedSplit("name or size");
    }
    name_ = *name;
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    file_.reset(static_cast<int>(
        ::syscall(SYS_openat2, folder_, name_.c_str(), &how, sizeof(how))));
    struct stat info {};
    if (!file_.valid() || ::fstat(file_.get(), &info) != 0) {
      const bool gone = errno == ENOENT || errno == ENOTDIR;
      return Wrong(
          gone ? Reason::kRootfsFileMissing : Reason::kRootfsUnreadable,
          std::strerror(errno));
    }
    if (!S_ISREG(info.st_mode) || info.st_size != *size) {
      return Wrong(Reason::kRootfsFileChanged, "its size is another");
    }
    left_ = static_cast<std::uint64_t>(*size);
    return Ok();
  }

  Result<std::size_t> ReadFrom(char* to, std::size_t most) {
    const std::size_t wanted = std::min<std::uint64_t>(most, left_);
    for (;;) {
      const ssize_t count = ::read(file_.get(), to, wanted);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        return Wrong(Reason::kRootfsUnreadable, std::strerror(errno));
      }
      if (count == 0) {
        return Wrong(Reason::kRootfsFileChanged, "it ends early");
      }
      left_ -= static_cast<std::uint64_t>(count);
      return static_cast<std::size_t>(count);
    }
  }

  Error Wrong(Reason reason, std::string_view how) const {
    return Fail(reason, Printable(name_) + ": " + std::string(how));
  }

  std::unique_ptr<ByteSource> lines_;
  int folder_;
  std::string text_;          // read, but not yet a whole line
  std::size_t searched_ = 0;  // of it, without a line's end
  std::size_t entries_ = 0;
  std::string segment_;
  std::size_t used_ = 0;
  std::string name_;  // of the file under way
  UniqueFd file_;
  std::uint64_t left_ = 0;  // of it
};

}  // namespace

std::unique_ptr<ByteSource> SplitSource(std::unique_ptr<ByteSource> split,
                                        int folder) {
  return std::make_unique<Split>(std::move(split), folder);
}

}  // namespace assay
