// HashMapped: hashes a part of a file in place, which saves read()'s copy, a
// tenth of the time.
//
// A mapped file that somebody truncates raises SIGBUS, which would end the
// process. So the part is mapped only under a lease: while one is held, the
// kernel lets whoever would truncate the file, or open it for writing, wait;
// where somebody can write to it already, none is given.
#ifndef ASSAY_IO_LAYERS_MAPPED_WINDOW_H_
#define ASSAY_IO_LAYERS_MAPPED_WINDOW_H_

#include <cstdint>

#include "base/digest.h"

namespace assay {

// Adds the bytes [begin, begin + length) of `fd` to `hasher`, `begin` being a
// multiple of the page size; or false, and nothing is added: then it is to be
// read. For parts that are in memory: a disk that fails under a mapping raises
// the signal too. Whoever opens the file for writing waits meanwhile.
bool HashMapped(int fd, std::int64_t begin, std::int64_t length,
                Hasher& hasher);

}  // namespace assay

#endif  // ASSAY_IO_LAYERS_MAPPED_WINDOW_H_
