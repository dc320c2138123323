#include "io/layers/memory_file.h"

#include "io/files/files.h"

namespace assay {
namespace {

// 65,536 lines of about 170 bytes.
constexpr std::size_t kMemoryFileBytes = 32U << 20;
// Writing the memory file may take one part in so many of the time.
constexpr int kSaveShare = 20;

}  // namespace

Freshness FreshnessOf(const LayerRecord& record, Time now,
                      std::chrono::hours term) {
  // Doubles, because a clock may stand anywhere and seconds could overflow.
  const auto seconds = [](auto duration) {
    return std::chrono::duration<double>(duration).count();
  };
  const double age = seconds(now.time_since_epoch()) -
                     seconds(record.hashed_at.time_since_epoch());
  const double limit = seconds(term);
  const auto spread = static_cast<unsigned char>(record.digest.bytes().front());
  if (age > 4 * limit || age < -limit) return Freshness::kExpired;
  return age > limit * (1 + spread / 512.0) ? Freshness::kStale
                                            : Freshness::kFresh;
}

MemoryFile::MemoryFile(std::string path) : path_(std::move(path)) { Load(); }

void MemoryFile::Load() {
  if (path_.empty()) return;
  auto text = ReadFile(path_, kMemoryFileBytes, FileTrust::kOwnerOrRoot);
  if (!text && text.error().reason == Reason::kNotFound) return;
  auto records = text ? ReadLayerRecords(*text) : text.error();
  if (!records) {
    problem_ = WithContext(records.error(), path_);
    return;
  }
  for (const LayerRecord& record : *records) memory_.Remember(record);
}

Status MemoryFile::Save() {
  const std::lock_guard lock(mutex_);
  if (path_.empty() || !changed_.exchange(false)) return Ok();
  const auto began = std::chrono::steady_clock::now();
  Status written =
      WriteFileAtomically(path_, WriteLayerRecords(memory_.Records()), 0600);
  const auto ended = std::chrono::steady_clock::now();
  next_save_ = ended + kSaveShare * (ended - began);
  if (written) {
    problem_.reset();
  } else {
    problem_ = written.error();
    changed_ = true;
  }
  return written;
}

void MemoryFile::SaveSometimes() {
  {
    const std::lock_guard lock(mutex_);
    if (std::chrono::steady_clock::now() < next_save_) return;
  }
  static_cast<void>(Save());
}

std::optional<Error> MemoryFile::Problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

}  // namespace assay
