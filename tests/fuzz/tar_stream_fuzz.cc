// A layer's archive, packed or not: reading it ends, for a known reason where
// it is bad, and gives out no more than its bytes hold, the same whether they
// come at once or one by one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "io/archive/tar_stream.h"
#include "tests/support/memory_source.h"

using namespace assay;
using namespace assay::testing;

namespace {

// Everything that was read, as one text; "refused" for a bad archive, since how
// far an unpacker comes before it sees that depends on the parts.
std::string ReadAll(const std::string& bytes, std::size_t part) {
  constexpr std::uint64_t kMost = 8U << 20;  // of a bomb
  TarStream stream(UnpackedSource(std::make_unique<MemorySource>(bytes, part)));
  std::string all;
  std::uint64_t bodies = 0;
  const auto refused = [&](const Error& error) {
    if (error.reason != Reason::kArchiveMalformed) std::abort();
    return std::string("refused");
  };
  while (bodies < kMost) {
    const auto entry = stream.Next();
    if (!entry) return refused(entry.error());
    if (!*entry) {
      const auto drained = stream.Drain();
      return drained ? all : refused(drained.error());
    }
    all += (*entry)->name + "\n" + (*entry)->link + "\n" +
           std::to_string((*entry)->size) + "\n";
    std::uint64_t body = 0;
    while (body < kMost) {
      const auto some = stream.Body();
      if (!some) return refused(some.error());
      if (some->empty()) break;
      body += some->size();
    }
    if (body > (*entry)->size) std::abort();
    if (body < kMost && body != (*entry)->size) std::abort();
    bodies += body + kTarBlock;
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (ReadAll(bytes, 1U << 20) != ReadAll(bytes, 7)) std::abort();
  return 0;
}
