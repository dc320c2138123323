// Files, read with caps and written atomically. The one place that opens
// configuration, trust and state files by path.
#ifndef ASSAY_IO_FILES_FILES_H_
#define ASSAY_IO_FILES_FILES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace assay {

// Who may have written a file that is read.
enum class FileTrust {
  kAnyone,       // the content is hostile anyway
  kOwnerOrRoot,  // decides about trust: owned by root or by us, and neither
                 // group nor others may write it (kFileUnsafe)
};

// The whole regular file, following symbolic links. Errors: kNotFound,
// kFileUnreadable, kFileTooLarge, kFileUnsafe.
Result<std::string> ReadFile(const std::string& path, std::size_t most,
                             FileTrust trust = FileTrust::kAnyone);
// The same from an open descriptor; `path` is for messages.
Result<std::string> ReadDescriptor(int fd, const std::string& path,
                                   std::size_t most);

// Whether a file that was written must be there after a power failure.
enum class Durability {
  kSynced,       // it is: file and folder are on the disk when the call ends
  kReplaceable,  // it may be gone, empty or torn: only for what every reader
                 // checks and can have again
};

// Temporary file beside it, fsync, rename, fsync of the folder. Errors:
// kDiskFull, kWriteFailed; then the old content is untouched.
Status WriteFileAtomically(const std::string& path, std::string_view bytes,
                           unsigned mode = 0644,
                           Durability durability = Durability::kSynced);

// Writes a new file under its name at once, so that for a moment it is there in
// part: for what every reader checks and can have again. False, and nothing was
// done, where something of that name is there. Errors: kDiskFull, kWriteFailed;
// then the file is gone again.
Result<bool> WriteNewFile(const std::string& path, std::string_view bytes,
                          unsigned mode = 0644);

// Makes what was written without it durable. Error: kWriteFailed.
Status SyncFile(const std::string& path);

// Makes the folder and its parents. An existing folder is left as it is.
Status MakeFolders(const std::string& path, unsigned mode = 0755);

// Names in a folder, sorted, without "." and "..". Errors: kNotFound,
// kFileUnreadable.
Result<std::vector<std::string>> ListFolder(const std::string& path);

}  // namespace assay

#endif  // ASSAY_IO_FILES_FILES_H_
