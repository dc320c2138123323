#include "daemon/startup_pages.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace assay {
namespace {

// Only segments that nobody can have written to: a written page is not in the
// file, and would be gone.
bool IsPureCode(const ElfW(Phdr) & segment) {
  return segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 &&
         (segment.p_flags & PF_W) == 0;
}

bool HasTextRelocations(const dl_phdr_info& object) {
  for (std::size_t i = 0; i < object.dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object.dlpi_phdr[i];
    if (segment.p_type != PT_DYNAMIC) continue;
    const auto* entry =
        reinterpret_cast<const ElfW(Dyn)*>(  // NOLINT: as ELF defines it
            object.dlpi_addr + segment.p_vaddr);
    for (; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_TEXTREL) return true;
      if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0) {
        return true;
      }
    }
  }
  return false;
}

int Release(dl_phdr_info* object, std::size_t, void* total) {
  if (HasTextRelocations(*object)) return 0;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (std::size_t i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (!IsPureCode(segment)) continue;
    const std::uintptr_t start = object->dlpi_addr + segment.p_vaddr;
    const std::uintptr_t from = start & ~(page - 1);
    const std::size_t size = start + segment.p_memsz - from;
    const int done = ::madvise(reinterpret_cast<void*>(from),  // NOLINT
                               size, MADV_DONTNEED);
    if (done == 0) *static_cast<std::size_t*>(total) += size;
  }
  return 0;
}

}  // namespace

std::size_t ReleaseStartupPages() {
  std::size_t total = 0;
  ::dl_iterate_phdr(&Release, &total);
  return total;
}

}  // namespace assay
