// TrustDataStore: what was proven of repositories, one file each, in a folder
// that only root writes to. Whoever reads it proves it again; what was in it
// once is what nothing older may come after.
#ifndef ASSAY_IO_TRUST_DATA_TRUST_DATA_STORE_H_
#define ASSAY_IO_TRUST_DATA_TRUST_DATA_STORE_H_

#include <string>

#include "core/schemes/trust_data.h"

namespace assay {

// Thread-safe: it has no state but the folder.
class TrustDataStore {
 public:
  explicit TrustDataStore(std::string folder) : folder_(std::move(folder)) {}

  // What a place is called here: every place, repository and judge together
  // have their own name.
  static std::string NameOf(const TrustDataPlace& place);

  // Where its record is, or would be.
  std::string PathOf(const TrustDataPlace& place) const;

  // Errors: kNotFound, kFileUnreadable, kFileTooLarge, kFileUnsafe,
  // kDctMalformed (it is no record of this place).
  Result<TrustData> Read(const TrustDataPlace& place) const;
  // Survives a power failure. For a new place the store at its bound drops what
  // was written longest ago. Errors: kDiskFull, kWriteFailed; what was there
  // stays.
  Status Write(const TrustDataPlace& place, const TrustData& data) const;

 private:
  void MakeRoom() const;

  std::string folder_;
};

}  // namespace assay

#endif  // ASSAY_IO_TRUST_DATA_TRUST_DATA_STORE_H_
