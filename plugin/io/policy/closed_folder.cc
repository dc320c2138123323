#include "io/policy/closed_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

namespace assay {

Status CheckClosedFolder(const std::string& folder) {
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) return Ok();
  const bool owner = info.st_uid == 0 || info.st_uid == ::geteuid();
  const bool open = (info.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (owner && (!open || (info.st_mode & S_ISVTX) != 0)) return Ok();
  return Fail(Reason::kFileUnsafe,
              Printable(folder) + " may be written by others than root");
}

}  // namespace assay
