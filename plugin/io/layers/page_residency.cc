#include "io/layers/page_residency.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace assay {
namespace {

// Larger files are read without being looked at page by page.
constexpr std::int64_t kLargestFile = 64LL << 30;
constexpr std::int64_t kPagesAtOnce = 16384;

}  // namespace

PageResidency::PageResidency(int fd, std::int64_t size)
    : fd_(fd), page_(::sysconf(_SC_PAGESIZE)) {
  if (size <= 0 || size > kLargestFile) return;
  const auto length = static_cast<std::size_t>(size);
  // Never touched, only asked about, so a truncation cannot raise a signal.
  void* map = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED) return;
  const std::int64_t pages = (size + page_ - 1) / page_;
  std::vector<unsigned char> states(kPagesAtOnce);
  resident_.reserve(static_cast<std::size_t>(pages));
  for (std::int64_t first = 0; first < pages; first += kPagesAtOnce) {
    const std::int64_t count = std::min(kPagesAtOnce, pages - first);
    char* start = static_cast<char*>(map) + first * page_;
    if (::mincore(start, static_cast<std::size_t>(count * page_),
                  states.data()) != 0) {
      resident_.clear();
      break;
    }
    for (std::int64_t i = 0; i < count; ++i) {
      resident_.push_back((states[static_cast<std::size_t>(i)] & 1U) != 0);
    }
  }
  ::munmap(map, length);
}

std::int64_t PageResidency::PagesUpTo(std::int64_t end) const {
  return std::min<std::int64_t>((end + page_ - 1) / page_,
                                static_cast<std::int64_t>(resident_.size()));
}

bool PageResidency::AllOf(std::int64_t begin, std::int64_t end) const {
  if (resident_.empty()) return false;
  return std::all_of(resident_.begin() + begin / page_,
                     resident_.begin() + PagesUpTo(end),
                     [](bool resident) { return resident; });
}

void PageResidency::Restore(std::int64_t begin, std::int64_t end) const {
  if (resident_.empty()) return;
  const std::int64_t last = PagesUpTo(end);
  const auto was_resident = [this](std::int64_t page) {
    return resident_[static_cast<std::size_t>(page)];
  };
  for (std::int64_t page = begin / page_; page < last;) {
    if (was_resident(page)) {
      ++page;
      continue;
    }
    const std::int64_t run = page;
    while (page < last && !was_resident(page)) ++page;
    ::posix_fadvise(fd_, run * page_, (page - run) * page_,
                    POSIX_FADV_DONTNEED);
  }
}

}  // namespace assay
