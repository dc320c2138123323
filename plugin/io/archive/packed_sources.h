// The sources behind UnpackedSource, one library each.
#ifndef ASSAY_IO_ARCHIVE_PACKED_SOURCES_H_
#define ASSAY_IO_ARCHIVE_PACKED_SOURCES_H_

#include <memory>

#include "io/archive/input_buffer.h"

namespace assay {

std::unique_ptr<ByteSource> GzipSource(InputBuffer packed);
std::unique_ptr<ByteSource> ZstdSource(InputBuffer packed);

}  // namespace assay

#endif  // ASSAY_IO_ARCHIVE_PACKED_SOURCES_H_
