// tar-split's notes, read in parts of any size: the outcome is the same, and
// no file outside of the folder (which is empty) is ever opened.
#include <fcntl.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/unique_fd.h"
#include "io/archive/split_source.h"
#include "tests/support/memory_source.h"
#include "tests/support/temp_folder.h"

using namespace assay;

namespace {

std::string Outcome(const std::string& text, std::size_t part, int folder) {
  const auto source =
      SplitSource(std::make_unique<testing::MemorySource>(text, part), folder);
  std::string bytes;
  char buffer[700];
  for (;;) {
    const auto count = source->Read(buffer, part > 700 ? 700 : part);
    if (!count) return bytes + "!" + count.error().detail;
    if (*count == 0) return bytes;
    bytes.append(buffer, *count);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const testing::TempFolder kEmpty;
  static const UniqueFd kFolder(
      ::open(kEmpty.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string whole = Outcome(text, 1U << 20, kFolder.get());
  if (whole != Outcome(text, 7, kFolder.get())) std::abort();
  // Without files there is nothing but what the text itself says.
  if (whole.size() > text.size() + 1000) std::abort();
  return 0;
}
