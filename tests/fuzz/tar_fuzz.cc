// An archive of evidence: opening refuses for a known reason, and what can be
// read is never larger than asked for.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/unique_fd.h"
#include "io/evidence/tar.h"

using namespace assay;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  constexpr std::size_t kMost = 4096;
  const UniqueFd fd(::memfd_create("archive", MFD_CLOEXEC));
  if (!fd.valid() || ::write(fd.get(), data, size) < 0) return 0;
  const auto tar =
      TarReader::Open("/proc/self/fd/" + std::to_string(fd.get()), kMost);
  if (!tar) {
    const Reason reason = tar.error().reason;
    if (reason != Reason::kArchiveMalformed &&
        reason != Reason::kArchiveUnsafe) {
      std::abort();
    }
    return 0;
  }
  for (const char* name :
       {"oci-layout", "index.json", "../up", "/etc/passwd"}) {
    const auto bytes = tar->Read(name, kMost);
    if (bytes && (bytes->size() > kMost || name[0] == '.' || name[0] == '/')) {
      std::abort();
    }
  }
  return 0;
}
