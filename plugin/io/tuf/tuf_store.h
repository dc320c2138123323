// TufStore: what is known of the TUF repository of [trust.tuf], on disk.
//
// The file is no more trusted than the mirror: at each load everything in it is
// proven anew from the root that the operator pinned, and what does not verify
// is dropped. One file holds it all, replaced whole, so that a reader beside
// the daemon never sees parts of two generations.
#ifndef ASSAY_IO_TUF_TUF_STORE_H_
#define ASSAY_IO_TUF_TUF_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/paths.h"
#include "core/trust/tuf/trusted_state.h"
#include "io/config/node_config.h"

namespace assay {

struct TufState {
  std::map<std::int64_t, std::string> roots;  // by version, after the pinned
  // The newest that is proven: nothing older is taken from a mirror.
  tuf::TrustedState trusted;
  // The last set of which all parts were there, and the files it vouches for:
  // what signers see. Perhaps older than `trusted`.
  tuf::TrustedState published;
  std::map<std::string, std::string> files;
  // What did not verify at the load, and why.
  std::vector<std::string> dropped;

  // Until when signers may rely on `files`; nullopt when there is no set.
  std::optional<Time> FreshUntil(const TufSettings& settings) const;
};

class TufStore {
 public:
  TufStore(const Paths& paths, const TufSettings& settings);

  // Nothing kept yet is no error. Errors, all about the pinned root:
  // kNotFound, kFileUnreadable, kFileTooLarge, kFileUnsafe, kTufMalformed,
  // kTufTooLarge, kTufSignature.
  Result<TufState> Load() const;
  // Errors: kTufTooLarge, kDiskFull, kWriteFailed.
  Status Save(const TufState& state) const;

  const std::string& pin() const { return pin_; }

  // The one text that stands for a state.
  static std::string Dump(const TufState& state);

 private:
  std::string pin_;   // path of the pinned root
  std::string file_;  // path of the state
};

}  // namespace assay

#endif  // ASSAY_IO_TUF_TUF_STORE_H_
