// PageResidency leaves the page cache as it was: it notes which pages of a
// file were resident before it is read, and afterwards drops the others only.
// Pages that somebody else brought in at the same time may be dropped too,
// which costs that reader a read from disk and nothing else.
#ifndef ASSAY_IO_LAYERS_PAGE_RESIDENCY_H_
#define ASSAY_IO_LAYERS_PAGE_RESIDENCY_H_

#include <cstdint>
#include <vector>

namespace assay {

class PageResidency {
 public:
  // Borrows `fd`. Where the kernel does not tell (no ownership of the file),
  // every page counts as resident and nothing will be dropped.
  PageResidency(int fd, std::int64_t size);

  // Whether all of the bytes [begin, end) were resident.
  bool AllOf(std::int64_t begin, std::int64_t end) const;

  // Drops what was not resident of the bytes [begin, end). `begin` must be a
  // multiple of the page size.
  void Restore(std::int64_t begin, std::int64_t end) const;

 private:
  std::int64_t PagesUpTo(std::int64_t end) const;

  int fd_;
  std::int64_t page_;
  std::vector<bool> resident_;  // empty: do not drop
};

}  // namespace assay

#endif  // ASSAY_IO_LAYERS_PAGE_RESIDENCY_H_
