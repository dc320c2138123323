// RevocationStore: what authorities said about certificates, one file a place,
// in a folder that only root writes to. Whoever reads it checks it again.
#ifndef ASSAY_IO_REVOCATION_REVOCATION_STORE_H_
#define ASSAY_IO_REVOCATION_REVOCATION_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/trust/revocation/revocation_source.h"
#include "io/layers/file_identity.h"

namespace assay {

// Thread-safe: it has no state but the folder.
class RevocationStore {
 public:
  struct Record {
    RevocationPlace place;
    Time fetched_at{};
    std::string bytes;  // DER
  };

  explicit RevocationStore(std::string folder) : folder_(std::move(folder)) {}

  // What a place is called here: every place has its own name.
  static std::string NameOf(const RevocationPlace& place);

  // Of every record, sorted; none where the folder cannot be read.
  std::vector<std::string> Names() const;
  // Equal ones mean one content; nullopt where there is no such record.
  std::optional<FileIdentity> IdentityOf(const std::string& name) const;
  // Errors: kNotFound, kFileUnreadable, kFileTooLarge, kFileUnsafe,
  // kRevocationMalformed (it is no record, or of another name).
  Result<Record> Read(const std::string& name) const;
  // Errors: kDiskFull, kWriteFailed; what was there stays.
  Status Write(const Record& record) const;
  void Drop(const std::string& name) const;

 private:
  std::string PathOf(const std::string& name) const;

  std::string folder_;
};

}  // namespace assay

#endif  // ASSAY_IO_REVOCATION_REVOCATION_STORE_H_
