// An archive that was taken apart by tar-split (github.com/vbatts/tar-split,
// storage format): one JSON object a line, either a segment, which holds bytes
// of the archive itself, or a file, whose bytes lie in the folder that it was
// unpacked to.
//
// None of it is believed: whoever reads it to its end compares the digest.
#ifndef ASSAY_IO_ARCHIVE_SPLIT_SOURCE_H_
#define ASSAY_IO_ARCHIVE_SPLIT_SOURCE_H_

#include <memory>

#include "io/archive/byte_source.h"

namespace assay {

// `split` yields the lines. Borrows the descriptor of the folder, of which no
// link leads outside. Errors: kArchiveMalformed; kRootfsFileMissing and
// kRootfsFileChanged (a file that is not there, or not of the size it had);
// kRootfsUnreadable; those of `split`.
std::unique_ptr<ByteSource> SplitSource(std::unique_ptr<ByteSource> split,
                                        int folder);

}  // namespace assay

#endif  // ASSAY_IO_ARCHIVE_SPLIT_SOURCE_H_
